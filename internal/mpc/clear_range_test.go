package mpc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

const edge = 1 << headroom

// rangeCase is an operation on the vectors x and y, and the elements of its result
// that are out of range.
type rangeCase struct {
	op   string
	x, y []uint64
	f    func(e Engine, x, y Arith) Arith
	out  []int
}

var rangeCases = []rangeCase{
	{"add", []uint64{edge - 1, edge / 2, edge / 2, neg(edge / 2), 1 << 63}, []uint64{0, edge/2 - 1, edge / 2, neg(edge / 2), 1 << 63}, Engine.Add, []int{2, 3, 4}},
	{"subtract", []uint64{edge / 2, edge / 2, 0}, []uint64{neg(edge/2 - 1), neg(edge / 2), 1 << 63}, Engine.Sub, []int{1, 2}},
	{"negate", []uint64{neg(edge - 1), neg(edge), edge}, nil, one(Engine.Neg), []int{1, 2}},
	{"scale", []uint64{edge/4 - 1, edge / 4, neg(edge / 4)}, nil, func(e Engine, x, _ Arith) Arith { return e.Scale(x, neg(4)) }, []int{1, 2}},
	{"scale product", []uint64{edge/4 - 1, edge / 4}, nil, func(e Engine, x, _ Arith) Arith { return e.Reshare(e.ScaleProduct(e.AsProduct(x), 4)) }, []int{1}},
	{"shift left", []uint64{0, 1<<22 - 1, 1 << 22, neg(1 << 22), neg(1)}, nil, func(e Engine, x, _ Arith) Arith { return e.ShiftLeft(x, 40) }, []int{2, 3}},
	{"shift left", []uint64{0, 1, neg(1)}, nil, func(e Engine, x, _ Arith) Arith { return e.ShiftLeft(x, 63) }, []int{1, 2}},
	{"multiply by public", []uint64{edge / 4, edge / 4}, nil, func(e Engine, x, _ Arith) Arith { return e.MulPublic(x, []uint64{neg(3), 4}) }, []int{1}},
	{"multiply product by public", []uint64{edge / 4, edge / 4}, nil, func(e Engine, x, _ Arith) Arith {
		return e.Reshare(e.MulPublicProduct(e.AsProduct(x), []uint64{neg(4), 3}))
	}, []int{0}},
	{"add public", []uint64{edge - 1, edge - 1}, nil, func(e Engine, x, _ Arith) Arith { return e.AddPublic(x, []uint64{0, 1}) }, []int{1}},
	{"add constants", []uint64{edge - 1, edge - 2}, nil, func(e Engine, x, _ Arith) Arith { return e.AddConstants(x, []uint64{0, 1, 2}) }, []int{2, 4, 5}},
	{"multiply by constants", []uint64{edge / 4, edge/4 - 1, edge / 4, 1}, nil, func(e Engine, x, _ Arith) Arith { return e.MulConstants(x, []uint64{3, neg(4)}) }, []int{2}},
	{"add products", []uint64{edge / 2, neg(edge / 2)}, []uint64{edge/2 - 1, neg(edge / 2)}, func(e Engine, x, y Arith) Arith {
		return e.Reshare(e.AddProducts(e.AsProduct(x), e.AsProduct(y)))
	}, []int{1}},
	{"multiply", []uint64{1 << 31, 1<<31 - 1, neg(1 << 31), 1 << 32, 1 << 63}, []uint64{1 << 31, 1 << 31, 1 << 31, 1 << 32, 1 << 63}, func(e Engine, x, y Arith) Arith {
		return e.Reshare(e.Mul(x, y))
	}, []int{0, 2, 3, 4}},
	{"sum of rows", []uint64{edge / 2, edge / 2, neg(edge), edge / 2, edge/2 - 1, edge}, nil, func(e Engine, x, _ Arith) Arith { return e.SumRows(x, 2, 3) }, []int{0}},
	{"truncation", []uint64{edge - 1, neg(edge - 1), edge, neg(edge), 1 << 63}, nil, func(e Engine, x, _ Arith) Arith { return e.Trunc(x, 16) }, []int{2, 3, 4}},
	{"truncation", []uint64{0, edge}, nil, func(e Engine, x, _ Arith) Arith { return e.TruncProduct(e.AsProduct(x), 16) }, []int{1}},
	{"comparison", []uint64{1<<31 - 1, neg(1<<31 - 1), 1 << 31, neg(1 << 31), 1 << 40}, nil, negative(32), []int{2, 3, 4}},
	{"comparison", []uint64{edge, neg(edge), 1<<63 - 1, 1 << 63}, nil, negative(64), []int{3}},
	{"bit times value", []uint64{neg(edge / 2), neg(edge / 2), edge / 2}, []uint64{neg(edge / 2), neg(edge/2 - 1), edge / 2}, func(e Engine, x, y Arith) Arith {
		b := e.Negative(x, 64)
		return e.BitDot([]Bits{b, b}, []Arith{x, y})
	}, []int{0}},
}

func one(f func(e Engine, x Arith) Arith) func(e Engine, x, y Arith) Arith {
	return func(e Engine, x, _ Arith) Arith { return f(e, x) }
}

func negative(width int) func(e Engine, x, y Arith) Arith {
	return one(func(e Engine, x Arith) Arith { return e.ToArith(e.Negative(x, width)) })
}

func TestRangeReports(t *testing.T) {
	for i, tc := range rangeCases {
		t.Run(fmt.Sprintf("%d %s", i, tc.op), func(t *testing.T) {
			_, r := evalClear(t, ClearOptions{}, func(e Engine, in []Arith) Arith { return tc.f(e, in[0], in[1]) }, tc.x, pad(tc.y, len(tc.x)))
			require.Len(t, r.Range, 1)
			require.Equal(t, tc.op, r.Range[0].Op)
			require.Equal(t, tc.out[0], r.Range[0].Index)
			require.Equal(t, len(tc.out), r.Range[0].Count)
		})
	}
}

func pad(y []uint64, n int) []uint64 { return append(y[:len(y):len(y)], make([]uint64, n-len(y))...) }

// Exact rounding adds half a unit before it cuts, so the room above is smaller.
func TestRangeOfExactTruncation(t *testing.T) {
	x := []uint64{edge - 1<<15 - 1, edge - 1<<15, edge - 1, neg(edge - 1), neg(edge)}
	trunc := func(e Engine, in []Arith) Arith { return e.Trunc(in[0], 16) }
	_, r := evalClear(t, ClearOptions{Rounding: Exact}, trunc, x)
	require.Len(t, r.Range, 1)
	require.Equal(t, 1, r.Range[0].Index)
	require.Equal(t, 3, r.Range[0].Count)
	_, r = evalClear(t, ClearOptions{}, trunc, x[:4])
	require.Empty(t, r.Range)
}
