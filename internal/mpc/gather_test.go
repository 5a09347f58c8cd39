package mpc_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

const gatherCols = 5

// gatherUses are ways to need gathered rows, all of which return twice the product of
// the two rows with the matrix of 5×3: without a copy, and with one before or after.
var gatherUses = map[string]func(p *mpc.Party, g, m mpc.Arith) mpc.Arith{
	"product": gatherProduct,
	"copied, then product": func(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
		p.Add(g, g)
		return gatherProduct(p, g, m)
	},
	"product, then part": func(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
		gatherProduct(p, g, m)
		return gatherProduct(p, p.Slice(g, 0, g.Len()), m)
	},
	"transposed": func(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
		y := p.Reshare(p.MatMul(m, mpc.Operand{Rows: gatherCols, Cols: 3}.T(), g, mpc.Operand{Rows: 2, Cols: gatherCols}.T()))
		return p.Transpose(y, 3, 2)
	},
	"column by column": func(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
		columns := p.Transpose(m, gatherCols, 3)
		var ys []mpc.Arith
		for c := range 3 {
			column := p.Slice(columns, c*gatherCols, (c+1)*gatherCols)
			y := p.Reshare(p.MatMul(g, mpc.Operand{Rows: 2, Cols: gatherCols}, column, mpc.Operand{Rows: gatherCols, Cols: 1}))
			ys = append(ys, p.ShiftLeft(y, 1))
		}
		return p.Transpose(p.Concat(ys...), 3, 2)
	},
	"convolution": func(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
		c := mpc.Conv{Batch: 2, Channels: gatherCols, Height: 1, Width: 1, Kernels: 3, Groups: 1, KernelH: 1, KernelW: 1, StrideH: 1, StrideW: 1}
		return p.Reshare(p.Conv(g, p.Transpose(m, gatherCols, 3), mpc.Arith{}, c))
	},
}

func gatherProduct(p *mpc.Party, g, m mpc.Arith) mpc.Arith {
	return p.Reshare(p.MatMul(g, mpc.Operand{Rows: 2, Cols: gatherCols}, m, mpc.Operand{Rows: gatherCols, Cols: 3}))
}

// gatherChanges are ways to change the vector that rows were gathered of, between
// gathering and use.
var gatherChanges = map[string]func(p *mpc.Party, x mpc.Arith){
	"none":   func(*mpc.Party, mpc.Arith) {},
	"assign": func(p *mpc.Party, x mpc.Arith) { p.Assign(x, p.Add(x, x)) },
	"assign to a part": func(p *mpc.Party, x mpc.Arith) {
		part := p.Slice(p.Slice(x, 2, x.Len()), 1, 20)
		p.Assign(part, p.Neg(part))
	},
	"descend": func(p *mpc.Party, x mpc.Arith) {
		p.Descend([]mpc.Descent{{W: x, Gradient: p.AsProduct(p.ShiftLeft(x, 20)), Rate: 1}}, p.Public(make([]uint64, x.Len())), 0, 16)
	},
	"descend as velocity": func(p *mpc.Party, x mpc.Arith) {
		p.Descend([]mpc.Descent{{W: p.Add(x, x), Gradient: p.AsProduct(p.ShiftLeft(x, 20)), Rate: 1}}, x, 0, 16)
	},
	"assign on another lane": func(p *mpc.Party, x mpc.Arith) {
		p.Par(func(*mpc.Party) {}, func(p *mpc.Party) { p.Assign(x, p.Neg(x)) })
	},
}

// TestGatheredRowsAreThoseOfTheirTime compares with the product in the clear.
func TestGatheredRowsAreThoseOfTheirTime(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x, m := small(r, 6*gatherCols), small(r, 3*gatherCols)
	rows := []int{4, 1}
	want := make([]uint64, 6)
	for i, row := range rows {
		for k := range gatherCols {
			for j := range 3 {
				want[3*i+j] += 2 * x[row*gatherCols+k] * m[3*k+j]
			}
		}
	}
	for changed, change := range gatherChanges {
		for used, use := range gatherUses {
			got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
				g := p.Gather(in[0], gatherCols, rows)
				change(p, in[0])
				return use(p, g, in[1])
			}, x, m)
			require.Equal(t, want, got, "%s, %s", changed, used)
		}
	}
}

// TestFactorsAreThoseOfTheirTime multiplies a vector before and after it changes: by
// itself, through a part of it, or as a part of another.
func TestFactorsAreThoseOfTheirTime(t *testing.T) {
	square := mpc.Operand{Rows: 2, Cols: 2}
	changes := map[string]func(p *mpc.Party, whole, x mpc.Arith){
		"itself":           func(p *mpc.Party, _, x mpc.Arith) { p.Assign(x, p.Neg(x)) },
		"a part":           func(p *mpc.Party, _, x mpc.Arith) { part := p.Slice(x, 1, 3); p.Assign(part, p.Neg(part)) },
		"what it is of":    func(p *mpc.Party, whole, _ mpc.Arith) { p.Assign(whole, p.Neg(whole)) },
		"another's weight": func(p *mpc.Party, whole, _ mpc.Arith) { gatherChanges["descend"](p, whole) },
	}
	r := rand.New(rand.NewPCG(9, 10))
	for name, change := range changes {
		x, y := small(r, 8), small(r, 4)
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
			part := p.Slice(in[0], 2, 6)
			product := func(x mpc.Arith) mpc.Arith { return p.Reshare(p.MatMul(x, square, in[1], square)) }
			before := product(part)
			change(p, in[0], part)
			return p.Concat(before, product(part), product(p.Neg(p.Neg(part))))
		}, x, y)
		require.Equal(t, got[4:8], got[8:], name)
		require.False(t, slices.Equal(got[:4], got[4:8]), "%s: nothing has changed", name)
	}
}

// TestProductsOfOneVectorTwice has both factors of a product with those that are kept,
// on all servers.
func TestProductsOfOneVectorTwice(t *testing.T) {
	square := mpc.Operand{Rows: 2, Cols: 2}
	got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
		x := p.Add(in[0], in[0])
		var ys []mpc.Arith
		for range 3 {
			ys = append(ys, p.Reshare(p.MatMul(x, square, x, square.T())))
		}
		return p.Concat(ys...)
	}, []uint64{1, 2, 3, 4})
	once := []uint64{40, 88, 88, 200} // 2·(2X)·(2X)ᵀ
	require.Equal(t, slices.Concat(once, once, once), got)
}

// TestGatheredRowsAreCopiedForLanes looks whether rows still have to be copied when lanes
// begin, of which one may change what another has rows of.
func TestGatheredRowsAreCopiedForLanes(t *testing.T) {
	mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
		g := p.Gather(in[0], gatherCols, []int{1})
		if !p.Pending(g) {
			t.Error("the rows were copied at once")
		}
		p.Par(func(p *mpc.Party) {
			if p.Pending(g) {
				t.Error("the rows were not copied")
			}
		})
		return g
	}, constant(2*gatherCols, 1))
}
