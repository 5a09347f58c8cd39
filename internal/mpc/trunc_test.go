package mpc_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// truncate returns x/2^t by one of the forms, through Trunc and TruncProduct,
// with each server as the pivot.
func truncate(t testing.TB, opts mpc.Options, x []uint64, by uint) []uint64 {
	t.Helper()
	return mpctest.Eval3(t, opts, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
		var ys []mpc.Arith
		for range 3 {
			ys = append(ys, p.Trunc(xs[0], by), p.TruncProduct(p.AsProduct(xs[0]), by))
		}
		return p.Concat(ys...)
	}, x)
}

// TestTruncationIsUnbiased rounds many copies of one value and counts how often
// it goes up: with the probability of the fraction that is cut off.
//
// Of N independent roundings, the count is off by 6√N with a probability below
// 2·exp(−72) < 10⁻³¹ (Hoeffding). What must be seen is a bias of half a unit, as
// that of a plain floor; the margin is 0.033 of a unit.
func TestTruncationIsUnbiased(t *testing.T) {
	const n, by = 1 << 15, 8
	for _, form := range truncForms[:2] {
		bases := []int64{0, -3, 1<<53 - 1, -1 << 53}
		if testing.Short() {
			bases = bases[2:3]
		}
		for _, base := range bases {
			for _, fraction := range []int64{0, 1, 64, 128, 200, 255} {
				x := constant(n, uint64(base<<by+fraction))
				got := truncate(t, form.opts, x, by)
				for i := range 6 {
					ups := 0
					for _, y := range got[i*n : (i+1)*n] {
						ups += int(int64(y) - base)
					}
					want := float64(fraction) / (1 << by) * n
					if fraction == 0 {
						require.Zero(t, ups, "%s: a whole number was rounded", form.name)
					}
					require.InDelta(t, want, ups, 6*math.Sqrt(n), "%s, %d + %d/256: rounded up, of %d", form.name, base, fraction, n)
				}
			}
		}
	}
}

// TestTruncationMeanError does the same for values of all fractions: the mean
// error of N is off 0 by 6/√N units with a probability below 10⁻³¹.
func TestTruncationMeanError(t *testing.T) {
	const n, by = 1 << 16, 16
	x := randomWords(n)
	for i := range x {
		x[i] = uint64(int64(x[i]) >> 2)
	}
	for _, form := range truncForms[:2] {
		sum := 0.0
		got := truncate(t, form.opts, x, by)[:n]
		for i, y := range got {
			sum += float64(int64(y<<by-x[i])) / (1 << by) // |error| < 1, so the difference does not wrap
		}
		require.InDelta(t, 0, sum/n, 6/math.Sqrt(n), "%s: mean error in units", form.name)
	}
}

// TestTruncationAtTheLimits looks for gross errors where |x| is near 2^62. A
// truncation of the shares themselves would be wrong in a quarter of all cases
// there.
func TestTruncationAtTheLimits(t *testing.T) {
	const limit, n = 1 << 62, 1000
	for _, form := range truncForms {
		for by := uint(1); by <= 61; by += 6 {
			t.Run(fmt.Sprintf("%s, %d bits", form.name, by), func(t *testing.T) {
				top := uint64(limit - 1)
				bottom := -top
				if form.opts.Rounding == mpc.Exact {
					top -= 1 << (by - 1) // x + 2^(t−1) < 2^62
					bottom--
				}
				x := make([]uint64, 2*n)
				for i := range uint64(n) {
					x[i], x[n+i] = top-i, bottom+i
				}
				for i, y := range truncate(t, form.opts, x, by) {
					if !rounded(form.opts, y, x[i%len(x)], by) {
						require.Fail(t, "gross error", "%d/2^%d: got %d", int64(x[i%len(x)]), by, int64(y))
					}
				}
			})
		}
	}
}

// TestTruncationOfFixedShares truncates sharings whose components are not
// random. The error stays below one unit; it need not be unbiased.
func TestTruncationOfFixedShares(t *testing.T) {
	x := slices.Concat(edges(61), edges(20))
	for _, form := range truncForms {
		got := mpctest.Eval3(t, form.opts, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
			return p.Concat(p.Trunc(p.Public(x), 16), p.Trunc(p.Public(x), 16), p.Trunc(p.Public(x), 16))
		})
		for i, y := range got {
			require.True(t, rounded(form.opts, y, x[i%len(x)], 16), "%s: %d became %d", form.name, int64(x[i%len(x)]), int64(y))
		}
	}
}

// TestChoiceOfTruncation names some choices of one or two rounds, and
// checks that they are what is quickest over a link.
func TestChoiceOfTruncation(t *testing.T) {
	wan, lan := mpc.Link{Delay: 20e-3, Bandwidth: 1e8 / 8}, mpc.Link{Delay: 1e-4, Bandwidth: 1e9 / 8}
	for _, c := range []struct {
		link mpc.Link
		n    int
		once bool
	}{
		{mpc.Link{}, 128 * 30, true},
		{mpc.Link{}, mpc.LongWrap - 1, true},
		{mpc.Link{}, mpc.LongWrap, false},
		{wan, 128 * 30, true},
		{wan, 100_000, true},
		{wan, 1 << 20, false},
		{lan, 128 * 30, true},
		{lan, 100_000, false},
		{mpc.Link{Delay: 20e-3}, 1 << 20, true},
		{mpc.Link{Bandwidth: 1e8 / 8}, 1, false},
	} {
		o := mpc.Options{Link: c.link}
		require.Equal(t, c.once, o.WrapOnce(c.n, 16), "%+v", c)
		if c.link == (mpc.Link{}) {
			continue
		}
		took := func(o mpc.Options) float64 {
			cost := mpc.Costs{Options: o}.Trunc(c.n, 16)
			perByte := 1e-9
			if c.link.Bandwidth > 0 {
				perByte += 1 / c.link.Bandwidth
			}
			return float64(cost.Rounds)*c.link.Delay + float64(cost.Bytes)/3*perByte
		}
		for _, form := range truncForms[:2] {
			require.LessOrEqual(t, took(o), took(form.opts), "%+v: %s", c, form.name)
		}
	}
}
