package mpc_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// oracle compares a program on shares with what it computes in the clear,
// element by element.
type oracle struct {
	name string
	opts mpc.Options
	bits int // |x|, |y| < 2^bits; 64: any ring elements
	run  func(p *mpc.Party, in operands) mpc.Arith
	ok   func(got, x, y, b, c uint64) bool
}

// is returns a check for the exact result f.
func is(f func(x, y, b, c uint64) uint64) func(got, x, y, b, c uint64) bool {
	return func(got, x, y, b, c uint64) bool { return got == f(x, y, b, c) }
}

func oracles() []oracle {
	return slices.Concat(functionOracles(), linearOracles(), productOracles(), bitOracles(), onceOracles(), signOracles(), leafOracles(), truncOracles(), narrowOracles())
}

// constant is a public vector of n times v.
func constant(n int, v uint64) []uint64 { return slices.Repeat([]uint64{v}, n) }

func linearOracles() []oracle {
	return []oracle{
		{"Input", mpc.Options{}, 64, func(_ *mpc.Party, in operands) mpc.Arith { return in.x }, is(func(x, _, _, _ uint64) uint64 { return x })},
		{"Public", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Public(constant(in.x.Len(), 7)) }, is(func(_, _, _, _ uint64) uint64 { return 7 })},
		{"Add", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Add(in.x, in.y) }, is(func(x, y, _, _ uint64) uint64 { return x + y })},
		{"Sub", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Sub(in.x, in.y) }, is(func(x, y, _, _ uint64) uint64 { return x - y })},
		{"Neg", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Neg(in.x) }, is(func(x, _, _, _ uint64) uint64 { return -x })},
		{"Scale", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Scale(in.x, 1<<63+5) }, is(func(x, _, _, _ uint64) uint64 { return x * (1<<63 + 5) })},
		{"ShiftLeft", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.ShiftLeft(in.x, 63) }, is(func(x, _, _, _ uint64) uint64 { return x << 63 })},
		{"AddPublic", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.AddPublic(in.x, constant(in.x.Len(), 1<<63)) }, is(func(x, _, _, _ uint64) uint64 { return x + 1<<63 })},
		{"AddConstants", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith {
			return p.Slice(p.AddConstants(in.x, []uint64{9, 1 << 63}), in.x.Len(), 2*in.x.Len())
		}, is(func(x, _, _, _ uint64) uint64 { return x + 1<<63 })},
		{"MulConstants", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith {
			return p.Slice(p.MulConstants(p.Concat(in.y, in.x), []uint64{9, 1<<40 + 3}), in.x.Len(), 2*in.x.Len())
		}, is(func(x, _, _, _ uint64) uint64 { return x * (1<<40 + 3) })},
		{"Assign", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith {
			z := p.Neg(in.y)
			p.Assign(z, in.x)
			return z
		}, is(func(x, _, _, _ uint64) uint64 { return x })},
		{"MulPublic", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.MulPublic(in.x, constant(in.x.Len(), 1<<40+3)) }, is(func(x, _, _, _ uint64) uint64 { return x * (1<<40 + 3) })},
	}
}

func productOracles() []oracle {
	reshared := func(f func(p *mpc.Party, in operands) mpc.Product) func(p *mpc.Party, in operands) mpc.Arith {
		return func(p *mpc.Party, in operands) mpc.Arith { return p.Reshare(f(p, in)) }
	}
	return []oracle{
		{"Mul", mpc.Options{}, 64, reshared(func(p *mpc.Party, in operands) mpc.Product { return p.Mul(in.x, in.y) }), is(func(x, y, _, _ uint64) uint64 { return x * y })},
		{"AsProduct", mpc.Options{}, 64, reshared(func(p *mpc.Party, in operands) mpc.Product { return p.AsProduct(in.x) }), is(func(x, _, _, _ uint64) uint64 { return x })},
		{"AddProducts", mpc.Options{}, 64, reshared(func(p *mpc.Party, in operands) mpc.Product {
			return p.AddProducts(p.Mul(in.x, in.y), p.AsProduct(in.y))
		}), is(func(x, y, _, _ uint64) uint64 { return x*y + y })},
		{"ScaleProduct", mpc.Options{}, 64, reshared(func(p *mpc.Party, in operands) mpc.Product { return p.ScaleProduct(p.Mul(in.x, in.y), 11) }), is(func(x, y, _, _ uint64) uint64 { return 11 * x * y })},
		{"MulPublicProduct", mpc.Options{}, 64, reshared(func(p *mpc.Party, in operands) mpc.Product {
			return p.MulPublicProduct(p.Mul(in.x, in.y), constant(in.x.Len(), 13))
		}), is(func(x, y, _, _ uint64) uint64 { return 13 * x * y })},
	}
}

func bitOracles() []oracle {
	ring := func(f func(p *mpc.Party, in operands) mpc.Bits) func(p *mpc.Party, in operands) mpc.Arith {
		return func(p *mpc.Party, in operands) mpc.Arith { return p.ToArith(f(p, in)) }
	}
	return []oracle{
		{"ToArith", mpc.Options{}, 64, ring(func(_ *mpc.Party, in operands) mpc.Bits { return in.b }), is(func(_, _, b, _ uint64) uint64 { return b })},
		{"Not", mpc.Options{}, 64, ring(func(p *mpc.Party, in operands) mpc.Bits { return p.Not(in.b) }), is(func(_, _, b, _ uint64) uint64 { return 1 - b })},
		{"Xor", mpc.Options{}, 64, ring(func(p *mpc.Party, in operands) mpc.Bits { return p.Xor(in.b, in.c) }), is(func(_, _, b, c uint64) uint64 { return b ^ c })},
		{"And", mpc.Options{}, 64, ring(func(p *mpc.Party, in operands) mpc.Bits { return p.And(in.b, in.c) }), is(func(_, _, b, c uint64) uint64 { return b & c })},
		{"Or", mpc.Options{}, 64, ring(func(p *mpc.Party, in operands) mpc.Bits { return p.Or(in.b, in.c) }), is(func(_, _, b, c uint64) uint64 { return b | c })},
		{"BitMul", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.BitMul(in.b, in.x) }, is(func(x, _, b, _ uint64) uint64 { return b * x })},
		{"BitDot", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith {
			return p.BitDot([]mpc.Bits{in.b, in.c, in.b}, []mpc.Arith{in.x, in.y, in.y})
		}, is(func(x, y, b, c uint64) uint64 { return b*x + c*y + b*y })},
		{"Select", mpc.Options{}, 64, func(p *mpc.Party, in operands) mpc.Arith { return p.Select(in.b, in.x, in.y) }, is(func(x, y, b, _ uint64) uint64 { return b*x + (1-b)*y })},
		{"Select own negative", mpc.Options{}, 63, func(p *mpc.Party, in operands) mpc.Arith {
			return p.Select(p.Negative(in.x, 64), p.Neg(in.x), in.x)
		}, is(func(x, _, _, _ uint64) uint64 { return uint64(max(int64(x), -int64(x))) })},
	}
}

func signOracles() []oracle {
	var rows []oracle
	for _, width := range []int{2, 3, 5, 8, 17, 31, 32, 33, 48, 63, 64} {
		rows = append(rows, oracle{
			fmt.Sprintf("Negative/%d", width),
			mpc.Options{},
			width - 1,
			func(p *mpc.Party, in operands) mpc.Arith { return p.ToArith(p.Negative(in.x, width)) },
			is(func(x, _, _, _ uint64) uint64 { return x >> 63 }),
		})
	}
	return rows
}

func truncOracles() []oracle {
	var rows []oracle
	for _, form := range truncForms {
		for _, t := range []uint{1, 2, 15, 16, 17, 31, 32, 33, 60, 61} {
			bits := 62
			if form.opts.Rounding == mpc.Exact {
				bits = 61 // always below 2^62 − 2^(t−1); the edge has a test of its own
			}
			rows = append(rows, oracle{
				fmt.Sprintf("Trunc/%s, %d bits", form.name, t), form.opts, bits,
				func(p *mpc.Party, in operands) mpc.Arith { return p.Trunc(in.x, t) },
				func(got, x, _, _, _ uint64) bool { return rounded(form.opts, got, x, t) },
			})
		}
		rows = append(rows, oracle{
			fmt.Sprintf("TruncProduct/%s", form.name), form.opts, 30,
			func(p *mpc.Party, in operands) mpc.Arith { return p.TruncProduct(p.Mul(in.x, in.y), 20) },
			func(got, x, y, _, _ uint64) bool { return rounded(form.opts, got, x*y, 20) },
		})
	}
	return rows
}

// rounded reports that y is a rounding of x/2^t: to the nearest, ties up, or to
// one of the two neighbours (to x/2^t itself if it is whole), so that the error
// is strictly below one unit.
func rounded(opts mpc.Options, y, x uint64, t uint) bool {
	if opts.Rounding == mpc.Exact {
		return int64(y) == (int64(x)+1<<(t-1))>>t
	}
	down := int64(x) >> t
	whole := down<<t == int64(x)
	return int64(y) == down || int64(y) == down+1 && !whole
}

// eval runs an oracle's program three times in one session, so that each server
// is the pivot once, and checks all results. For long vectors each run has a
// scope of its own, so that the later ones work in memory full of other things.
func (o oracle) eval(t mpctest.TB, n int, in plain) {
	t.Helper()
	s := secrets{n: n, x: share(in.x, sub), y: share(in.y, sub), b: share(in.b, xor), c: share(in.c, xor)}
	var out [3][]uint64
	mpctest.Run3(t, o.opts, func(p *mpc.Party) error {
		v := s.take(p)
		z := p.Public(make([]uint64, 3*n))
		for i := range 3 {
			into := p.Slice(z, i*n, (i+1)*n)
			if n < 100 { // the first scope of a session is dear
				p.Assign(into, o.run(p, v))
				continue
			}
			p.Begin()
			p.Assign(into, o.run(p, v))
			p.End()
		}
		out[p.Server()] = p.Reveal(z, mpctest.Permit())
		return nil
	})
	require.True(t, slices.Equal(out[0], out[1]) && slices.Equal(out[0], out[2]), "servers differ")
	require.Len(t, out[0], 3*n)
	for i, got := range out[0] {
		k := i % n
		x, y, b, c := in.x[k], in.y[k], in.b[k/64]>>(k%64)&1, in.c[k/64]>>(k%64)&1
		if !o.ok(got, x, y, b, c) {
			require.Fail(t, "wrong", "element %d of %d: got %#x for x = %#x, y = %#x, b = %d, c = %d", k, n, got, x, y, b, c)
		}
	}
}

// TestMatchesCleartext checks every operation on drawn vectors with edge
// values, of lengths around a word of bits.
func TestMatchesCleartext(t *testing.T) {
	for _, o := range oracles() {
		t.Run(o.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.SampledFrom([]int{1, 2, 3, 7, 8, 31, 63, 64, 65, 65, 66, 129}).Draw(t, "n")
				o.eval(t, n, drawPlain(t, n, o.bits))
			})
		})
	}
}

// TestMatchesCleartextInChunks checks vectors around and above the length of a
// chunk, each chunk of which runs on a lane and with a pivot of its own, and of whole
// blocks and a part of one.
func TestMatchesCleartextInChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	lengths := []int{577, 1087, mpc.Chunk, mpc.Chunk + 1, 2*mpc.Chunk + 65}
	if testing.Short() {
		lengths = lengths[4:]
	}
	for _, o := range oracles() {
		t.Run(o.name, func(t *testing.T) {
			for _, n := range lengths {
				o.eval(t, n, somePlain(r, n, o.bits))
			}
		})
	}
}
