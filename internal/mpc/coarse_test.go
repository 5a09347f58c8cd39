package mpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// coarse runs ReLU with coarse signs on three servers, or on the clear engine.
// Width is that of the ring; the results are y, the bit and the watched bit.
func coarse(t *testing.T, secure bool, x []uint64, width, cut int) (y, positive, outside []uint64) {
	t.Helper()
	program := func(e mpc.Engine, in mpc.Arith) mpc.Arith {
		y, b, o := e.ReLU(in, width, in.Len())
		return e.Concat(y, e.ToArith(b), e.ToArith(o))
	}
	var out []uint64
	if secure {
		out = mpctest.Eval3(t, mpc.Options{CoarseSigns: cut}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith { return program(p, in[0]) }, x)
	} else {
		_, err := mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{CoarseSigns: cut}, func(c *mpc.Clear) error {
			out = c.Reveal(program(c, c.Input(mpc.Plain(x))), mpctest.Permit())
			return nil
		})
		require.NoError(t, err)
	}
	n := len(x)
	return out[:n], out[n : 2*n], out[2*n:]
}

// TestCoarseSigns looks at numbers around all that matters, on both engines: signs
// are right from 2^cut on, the watched bit from 2^cut on away from its bounds,
// and y is x or 0.
func TestCoarseSigns(t *testing.T) {
	for _, secure := range []bool{true, false} {
		for _, c := range []struct{ width, cut int }{{32, 0}, {32, 1}, {32, 8}, {64, 8}, {24, 12}, {12, 8}, {5, 8}} {
			t.Run(fmt.Sprint(secure, c), func(t *testing.T) {
				cut := min(c.cut, c.width-2)
				unit, bound := int64(1)<<cut, int64(1)<<(c.width-2)
				var x []uint64
				for _, near := range []int64{0, unit, -unit, 3 * unit, bound / 2, -bound / 2, bound, -bound, bound - 2*unit, 2*unit - bound} {
					for d := -2 * unit; d <= 2*unit; d += max(1, unit/16) {
						if v := near + d; v > unit-2*bound && v < 2*bound-unit {
							x = append(x, uint64(v))
						}
					}
				}
				y, positive, outside := coarse(t, secure, x, c.width, c.cut)
				for i := range x {
					v := int64(x[i])
					require.Equal(t, positive[i]*x[i], y[i], "%d", v)
					if v >= unit || v <= -unit || cut == 0 {
						require.Equal(t, v >= 0, positive[i] == 1, "%d", v)
					}
					if off := min(abs(v-bound), abs(v+bound)); off >= unit {
						require.Equal(t, v >= bound || v < -bound, outside[i] == 1, "%d outside", v)
					}
				}
			})
		}
	}
}

// TestCoarseSignsOfSmallNumbers counts how often x below 2^cut is taken for
// negative: on both engines as often as l_s + l_r > x + 2^cut − 1 for two sums of low
// bits. Half of the differences between 0 and the largest number would be
// seen: see TestTruncationIsUnbiased for the bound.
func TestCoarseSignsOfSmallNumbers(t *testing.T) {
	const n, cut = 1 << 14, 4
	for _, secure := range []bool{true, false} {
		for x := -15; x <= 15; x += 5 {
			_, positive, _ := coarse(t, secure, constant(n, uint64(x)), 32, cut)
			got, want := 0.0, 0.0
			for _, b := range positive {
				got += float64(b) / n
			}
			for r := range 1 << cut { // the low bits of r are uniform, those of s follow
				if x+1<<cut-1-r >= 0 {
					want += 1. / (1 << cut)
				}
			}
			require.InDelta(t, want, got, .05, "secure %v, x = %d", secure, x)
		}
	}
}

func abs(x int64) int64 { return max(x, -x) }
