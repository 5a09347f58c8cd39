package mpc

import (
	"crypto/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// twinOps has one program for each operation of Engine that computes. Its inputs are
// two vectors of 12 small values and one of signs.
var twinOps = map[string]func(e Engine, x, y Arith, b, c Bits) Arith{
	"Public":       func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Public(numbers(x.Len())) },
	"Add":          func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Add(x, y) },
	"Sub":          func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Sub(x, y) },
	"Neg":          func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Neg(x) },
	"Scale":        func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Scale(x, neg(7)) },
	"ShiftLeft":    func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.ShiftLeft(x, 5) },
	"AddPublic":    func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.AddPublic(x, numbers(x.Len())) },
	"MulPublic":    func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.MulPublic(x, numbers(x.Len())) },
	"AddConstants": func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.AddConstants(x, []uint64{5, neg(6), 0}) },
	"MulConstants": func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.MulConstants(x, []uint64{5, neg(6), 0}) },
	"Assign":       func(e Engine, x, y Arith, _, _ Bits) Arith { return assigned(e, x, y) },
	"Keep": func(e Engine, x, y Arith, _, _ Bits) Arith {
		e.Begin()
		kept := e.Keep(e.Add(x, y))
		e.End()
		return kept
	},
	"KeepBits": func(e Engine, _, _ Arith, b, c Bits) Arith {
		e.Begin()
		kept := e.KeepBits(e.Xor(b, c))
		e.End()
		return e.ToArith(kept)
	},
	"AsProduct":   func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Reshare(e.AsProduct(x)) },
	"AddProducts": func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Reshare(e.AddProducts(e.Mul(x, y), e.Mul(x, x))) },
	"ScaleProduct": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.ScaleProduct(e.Mul(x, y), 9))
	},
	"MulPublicProduct": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.MulPublicProduct(e.Mul(x, y), numbers(x.Len())))
	},
	"Slice":        func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Slice(x, 3, 11) },
	"SliceProduct": func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Reshare(e.SliceProduct(e.Mul(x, y), 2, 12)) },
	"SliceBits":    func(e Engine, _, _ Arith, b, _ Bits) Arith { return e.ToArith(e.SliceBits(b, 3, 10)) },
	"Concat":       func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Concat(x, y, x) },
	"ConcatProducts": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.ConcatProducts(e.Mul(x, y), e.AsProduct(y)))
	},
	"ConcatBits": func(e Engine, _, _ Arith, b, c Bits) Arith { return e.ToArith(e.ConcatBits(b, c, c, b, c, b, c)) },
	"Gather":     func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Gather(x, 4, []int{2, 0, 2}) },
	"Transpose":  func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Transpose(x, 4, 3) },
	"Repeat":     func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Repeat(x, 3) },
	"SumRows":    func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.SumRows(x, 4, 3) },
	"Mul":        func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Reshare(e.Mul(x, y)) },
	"Reshare":    func(e Engine, x, y Arith, _, _ Bits) Arith { return e.Reshare(e.Mul(y, x)) },
	"MatMul": func(e Engine, x, y Arith, _, _ Bits) Arith {
		o := Operand{Rows: 4, Cols: 3}
		return e.Reshare(e.ConcatProducts(e.MatMul(x, o, y, o.T()), e.MatMul(x, o.T(), y, o)))
	},
	"Affine": func(e Engine, x, y Arith, _, _ Bits) Arith {
		o := Operand{Rows: 4, Cols: 3}
		return e.Reshare(e.Affine(x, o, y, o.T(), e.Slice(y, 0, 4)))
	},
	"Conv": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.Conv(x, y, e.Slice(x, 0, 3), smallConv))
	},
	"ConvKernels": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.ConvKernels(x, e.Slice(y, 0, 6), smallConv))
	},
	"ConvImages": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.Reshare(e.ConvImages(x, e.Slice(y, 0, 6), smallConv))
	},
	"Windows":      func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Windows(x, smallConv) },
	"FromWindows":  func(e Engine, x, y Arith, _, _ Bits) Arith { return e.FromWindows(e.Concat(x, y), smallConv) },
	"Spread":       func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Spread(e.Slice(x, 1, 4), 2, 3) },
	"SumChannels":  func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.SumChannels(x, 2, 3) },
	"Trunc":        func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Trunc(x, 6) },
	"TruncProduct": func(e Engine, x, y Arith, _, _ Bits) Arith { return e.TruncProduct(e.Mul(x, y), 16) },
	"Descend":      func(e Engine, x, y Arith, _, _ Bits) Arith { return descended(e, x, y) },
	"Widen":        func(e Engine, x, _ Arith, _, _ Bits) Arith { return e.Widen(x) },
	"BitDotNarrow": func(e Engine, x, y Arith, b, c Bits) Arith {
		return e.Widen(e.BitDotNarrow([]Bits{b, c}, []Arith{x, y}))
	},
	"ReLUNarrow": func(e Engine, x, y Arith, _, _ Bits) Arith {
		z, b, o := e.ReLUNarrow(e.Sub(x, y), 23, 9)
		return e.Concat(e.Widen(z), e.ToArith(e.ConcatBits(b, o)))
	},
	"ReLU": func(e Engine, x, y Arith, _, _ Bits) Arith {
		z, b, o := e.ReLU(e.Sub(x, y), 23, 9)
		return e.Concat(z, e.ToArith(e.ConcatBits(b, o)))
	},
	"ExactReLU": func(e Engine, x, y Arith, _, _ Bits) Arith {
		z, o := e.ExactReLU(e.Sub(x, y), 23, 9)
		return e.Concat(z, e.ToArith(o))
	},
	"TopBit": func(e Engine, x, _ Arith, _, _ Bits) Arith {
		at, negative := e.TopBit(x, 27)
		return e.ToArith(e.ConcatBits(append(at, negative)...))
	},
	"BitSums": func(e Engine, _, _ Arith, b, c Bits) Arith {
		return e.Concat(e.BitSums([]Bits{b, c}, [][]uint64{{3, neg(5)}, {0, 1 << 63}})...)
	},
	"Negative": func(e Engine, x, y Arith, _, _ Bits) Arith {
		return e.ToArith(e.ConcatBits(e.Negative(x, 64), e.Negative(y, 32)))
	},
	"NegativeWatch": func(e Engine, x, _ Arith, _, _ Bits) Arith {
		negative, outside := e.NegativeWatch(x, 21, 9)
		return e.ToArith(e.ConcatBits(negative, outside))
	},
	"Not": func(e Engine, _, _ Arith, b, _ Bits) Arith { return e.ToArith(e.Not(b)) },
	"Xor": func(e Engine, _, _ Arith, b, c Bits) Arith { return e.ToArith(e.Xor(b, c)) },
	"And": func(e Engine, _, _ Arith, b, c Bits) Arith { return e.ToArith(e.And(b, c)) },
	"Or":  func(e Engine, _, _ Arith, b, c Bits) Arith { return e.ToArith(e.Or(b, c)) },
	"Any": func(e Engine, _, _ Arith, b, c Bits) Arith {
		none := e.And(b, e.Not(b))
		return e.ToArith(e.ConcatBits(e.Any(b), e.Any(none), e.Any(e.ConcatBits(none, none, none, none, none, b, c))))
	},
	"ToArith": func(e Engine, _, _ Arith, b, _ Bits) Arith { return e.ToArith(b) },
	"BitMul":  func(e Engine, x, _ Arith, b, _ Bits) Arith { return e.BitMul(b, x) },
	"BitDot":  func(e Engine, x, y Arith, b, c Bits) Arith { return e.BitDot([]Bits{b, c, b}, []Arith{x, y, y}) },
	"Select":  func(e Engine, x, y Arith, b, _ Bits) Arith { return e.Select(b, x, y) },
}

// smallConv takes 12 numbers, a channel of 2×2 in each of three groups, and 12
// weights to 6.
var smallConv = Conv{Batch: 1, Channels: 3, Height: 2, Width: 2, Kernels: 3, Groups: 3, KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 1, PadH: 1}

// notOps are the other methods of Engine: those that compute nothing, wide sums,
// whose shares are of another ring, and Narrow and Exp, which always round at
// random. They have tests of their own.
var notOps = []string{"Narrow", "Exp", "InputAll", "AddWide", "Begin", "End", "Enter", "Leave", "Step", "Fail", "Cost", "Server", "Rounding", "Input", "InputWide", "Reveal", "Deliver", "DeliverWide"}

// assigned shows which vectors change with one that is assigned to.
func assigned(e Engine, x, y Arith) Arith {
	z := e.Mul(x, y)
	kept, part := e.Add(x, y), e.Slice(x, 2, 7)
	w := e.AsProduct(kept)
	again := e.Reshare(z)
	e.Begin()
	e.Assign(kept, e.Scale(y, 3))
	e.Assign(again, x)
	e.Assign(x, e.Neg(y))
	e.End()
	return e.Concat(kept, again, x, part, e.Reshare(w), e.Reshare(z))
}

func numbers(n int) []uint64 {
	v := make([]uint64, n)
	for i := range v {
		v[i] = uint64(i - n/2)
	}
	return v
}

func TestTwinOpsAreComplete(t *testing.T) {
	engine := reflect.TypeFor[Engine]()
	for method := range engine.Methods() {
		name := method.Name
		_, compared := twinOps[name]
		require.True(t, compared != slices.Contains(notOps, name), "%s must be in twinOps or in notOps", name)
	}
}

func TestClearEqualsSecure(t *testing.T) {
	x, y, z := randWords(12, 20), randWords(12, 20), randWords(12, 10)
	x[3], y[4], z[5] = 0, 0, 0
	for name, op := range twinOps {
		t.Run(name, func(t *testing.T) {
			f := func(e Engine, in []Arith) Arith {
				return op(e, in[0], in[1], e.Negative(in[0], 64), e.Negative(in[2], 64))
			}
			secure := eval3(t, Options{Rounding: Exact}, func(p *Party, in []Arith) Arith { return f(p, in) }, x, y, z)
			got, report := evalClear(t, ClearOptions{Rounding: Exact}, f, x, y, z)
			require.Equal(t, secure, got)
			require.Empty(t, report.Range)
		})
	}
}

func TestClearWideEqualsSecure(t *testing.T) {
	x, y := []uint64{^uint64(0), ^uint64(0), 0, 5, 1 << 63, 7}, []uint64{1, 0, 0, 6, 1 << 63, 8}
	px, err := SplitWide(x, rand.Reader)
	require.NoError(t, err)
	py, err := SplitWide(y, rand.Reader)
	require.NoError(t, err)
	sum := func(e Engine, x, y Part) Delivery {
		return e.DeliverWide(e.AddWide(e.InputWide(x), e.InputWide(y)), permitFor(t, "owner"))
	}
	var from [3]Delivery
	run3(t, Options{}, func(p *Party) error { from[p.Server()] = sum(p, px[p.Server()], py[p.Server()]); return nil })
	secure, err := CombineWide(from[:]...)
	require.NoError(t, err)
	var twin Delivery
	report := runClear(t, ClearOptions{}, func(c *Clear) error { twin = sum(c, Plain(x), Plain(y)); return nil })
	got, err := CombineWide(twin)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 0, 1, 11, 0, 16}, got)
	require.Equal(t, secure, got)
	require.Empty(t, report.Range)
}
