package mpc

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inRange reports |v| < 2^limit.
func inRange(v *big.Int, limit int) bool { return v.BitLen() <= limit }

// trueOps are operations on one-element vectors, and their results over the
// integers.
var trueOps = map[string]struct {
	engine  func(e Engine, x, y Arith, k uint64) Arith
	integer func(z, x, y, k *big.Int)
}{
	"add":                {func(e Engine, x, y Arith, _ uint64) Arith { return e.Add(x, y) }, func(z, x, y, _ *big.Int) { z.Add(x, y) }},
	"subtract":           {func(e Engine, x, y Arith, _ uint64) Arith { return e.Sub(x, y) }, func(z, x, y, _ *big.Int) { z.Sub(x, y) }},
	"negate":             {func(e Engine, x, _ Arith, _ uint64) Arith { return e.Neg(x) }, func(z, x, _, _ *big.Int) { z.Neg(x) }},
	"scale":              {func(e Engine, x, _ Arith, k uint64) Arith { return e.Scale(x, k) }, func(z, x, _, k *big.Int) { z.Mul(x, k) }},
	"multiply by public": {func(e Engine, x, _ Arith, k uint64) Arith { return e.MulPublic(x, []uint64{k}) }, func(z, x, _, k *big.Int) { z.Mul(x, k) }},
	"add public":         {func(e Engine, x, _ Arith, k uint64) Arith { return e.AddPublic(x, []uint64{k}) }, func(z, x, _, k *big.Int) { z.Add(x, k) }},
	"multiply":           {func(e Engine, x, y Arith, _ uint64) Arith { return e.Reshare(e.Mul(x, y)) }, func(z, x, y, _ *big.Int) { z.Mul(x, y) }},
	"truncation":         {func(e Engine, x, _ Arith, _ uint64) Arith { return e.Trunc(x, 1) }, func(z, x, _, _ *big.Int) { z.Set(x) }},
	"sum of rows":        {func(e Engine, x, y Arith, _ uint64) Arith { return e.SumRows(e.Concat(x, y, y), 3, 1) }, func(z, x, y, _ *big.Int) { z.Add(x, y).Add(z, y) }},
}

func TestRangeReportsAreExact(t *testing.T) {
	for op, f := range trueOps {
		t.Run(op, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x, y, k := word().Draw(t, "x"), word().Draw(t, "y"), word().Draw(t, "k")
				_, r := evalClear(t, ClearOptions{}, func(e Engine, in []Arith) Arith { return f.engine(e, in[0], in[1], k) }, []uint64{x}, []uint64{y})
				want := new(big.Int)
				f.integer(want, signed(x), signed(y), signed(k))
				requireReport(t, r, op, want, headroom)
			})
		})
	}
}

// requireReport checks the one report that a true value of want calls for.
func requireReport(t require.TestingT, r *Report, op string, want *big.Int, limit int) {
	if inRange(want, limit) {
		require.Empty(t, r.Range, "%v", want)
		return
	}
	require.Len(t, r.Range, 1, "%v", want)
	got := r.Range[0]
	require.InDelta(t, float64(want.BitLen()), got.Bits+.5, .5+1e-9)
	got.Bits = 0
	require.Equal(t, RangeReport{Op: op, Count: 1, Limit: limit}, got)
}

func TestRangeOfComparisonsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, width := word().Draw(t, "x"), rapid.IntRange(2, 64).Draw(t, "width")
		got, r := evalClear(t, ClearOptions{}, func(e Engine, in []Arith) Arith { return e.ToArith(e.Negative(in[0], width)) }, []uint64{x})
		requireReport(t, r, "comparison", signed(x), width-1)
		require.Equal(t, x>>(width-1)&1, got[0])
		if len(r.Range) == 0 {
			require.Equal(t, x>>63, got[0])
		}
	})
}

func TestRangeOfMatrixProductsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, k, n := rapid.IntRange(1, 3).Draw(t, "m"), rapid.IntRange(1, 4).Draw(t, "k"), rapid.IntRange(1, 3).Draw(t, "n")
		x := rapid.SliceOfN(word(), m*k, m*k).Draw(t, "x")
		y := rapid.SliceOfN(word(), k*n, k*n).Draw(t, "y")
		xs := Operand{Rows: k, Cols: m, Transposed: true} // x is stored k×m
		got, r := evalClear(t, ClearOptions{}, func(e Engine, in []Arith) Arith {
			return e.Reshare(e.MatMul(in[0], xs, in[1], Operand{Rows: k, Cols: n}))
		}, x, y)
		count := 0
		for i := range m {
			for j := range n {
				z := new(big.Int)
				for l := range k {
					z.Add(z, new(big.Int).Mul(signed(x[l*m+i]), signed(y[l*n+j])))
				}
				if z.Lsh(z, uint(ProductBits(m, n))); !inRange(z, headroom) {
					count++
				}
				require.Equal(t, new(big.Int).And(z, new(big.Int).SetUint64(^uint64(0))).Uint64(), got[i*n+j])
			}
		}
		require.Equal(t, count, counted(r))
	})
}

func counted(r *Report) (n int) {
	for _, e := range r.Range {
		n += e.Count
	}
	return n
}
