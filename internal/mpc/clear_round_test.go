package mpc

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClearStochasticIsWithinOneUnitOfSecure(t *testing.T) {
	x := randWords(500, 61)
	x[0], x[1], x[2], x[3] = 0, 1<<40, neg(1<<40), neg(1)
	for _, shift := range []uint{1, 16, 40, 61} {
		f := func(e Engine, in []Arith) Arith {
			return e.Concat(e.Trunc(in[0], shift), e.TruncProduct(e.AsProduct(in[0]), shift))
		}
		secure := eval3(t, Options{}, func(p *Party, in []Arith) Arith { return f(p, in) }, x)
		got, report := evalClear(t, ClearOptions{Seed: 1}, f, x)
		require.Empty(t, report.Range)
		for i, v := range got {
			v0 := x[i%len(x)]
			down := uint64(int64(v0) >> shift)
			require.Contains(t, []uint64{0, 1}, v-down)
			require.Contains(t, []uint64{0, 1}, secure[i]-down)
			if v0<<(64-shift) == 0 {
				require.Equal(t, []uint64{down, down}, []uint64{v, secure[i]}, "a multiple of 2^%d is not rounded", shift)
			}
		}
	}
}

func TestClearStochasticIsUnbiased(t *testing.T) {
	const n, shift = 1 << 16, 8
	x := make([]uint64, n)
	for _, fraction := range []uint64{1, 64, 128, 255} {
		for i := range x {
			x[i] = fraction - 3<<shift
		}
		got, _ := evalClear(t, ClearOptions{Seed: 7}, func(e Engine, in []Arith) Arith { return e.Trunc(in[0], shift) }, x)
		ups := 0
		for _, v := range got {
			ups += int(v + 3)
		}
		p := float64(fraction) / (1 << shift)
		require.InDelta(t, p*n, ups, 5*math.Sqrt(n*p*(1-p)), "rounded up, of %d", n)
	}
}

func TestClearDrawsAreThoseOfTheSeed(t *testing.T) {
	x := randWords(200, 30)
	f := func(e Engine, in []Arith) Arith { return e.Concat(e.Trunc(in[0], 20), e.Trunc(in[0], 20)) }
	first, _ := evalClear(t, ClearOptions{Seed: 1}, f, x)
	again, _ := evalClear(t, ClearOptions{Seed: 1}, f, x)
	other, _ := evalClear(t, ClearOptions{Seed: 2}, f, x)
	require.Equal(t, first, again)
	require.NotEqual(t, first, other)
	require.NotEqual(t, first[:200], first[200:], "every truncation has draws of its own")
}

func TestRoundNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, shift := word().Draw(t, "x"), rapid.UintRange(1, headroom-1).Draw(t, "shift")
		y := []uint64{0}
		roundNearest(y, []uint64{x}, shift)
		var half total
		half.add(x)
		half.add(1 << (shift - 1))
		want := half[1]<<(64-shift) | half[0]>>shift
		require.Equal(t, want, y[0])
	})
}
