package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// asNumbers returns 1 where a bit is set, else 0.
func asNumbers(s *tensor.Session, b tensor.SecretBits) tensor.Secret {
	return b.Mul(s.Constant(ones(b.Shape()...), 0))
}

// At every number of fraction bits, comparisons are exact up to 2^14 and beyond,
// and equality counts as "at least".
func TestThresholdsAreExact(t *testing.T) {
	for bits := 8; bits <= 20; bits++ {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			ulp := math.Ldexp(1, -bits)
			x := []float64{0, ulp, -ulp, 1, 1 - ulp, 1 + ulp, -1, -1 - ulp, -1 + ulp, 16000, -16000, 1<<14 - ulp, -1 << 14, 1<<15 - 2}
			thresholds := []float64{-1, 0, 1, 16000}
			program := func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
				for _, b := range in[0].AtLeast(thresholds...) {
					out = append(out, asNumbers(s, b))
				}
				return append(out, asNumbers(s, in[0].Negative())), nil
			}
			secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: bits}, program, tensor.NewDense(x, len(x)))
			for j, c := range append(thresholds, 0) {
				for i, v := range x {
					want := when(v >= c, 1, 0)
					if j == len(thresholds) {
						want = when(v < 0, 1, 0)
					}
					require.Equal(t, want, secure.Values[j].At(i), "%v against %v", v, c)
					require.Equal(t, want, inClear.Values[j].At(i), "%v against %v", v, c)
				}
			}
		})
	}
}

// alarm says on both engines whether watching a column of numbers at one scale
// fires, with the number of interest at place at of n.
func alarm(t *testing.T, watch func(x tensor.Secret), v float64, at, n, bits int) bool {
	t.Helper()
	x := tensor.Zeros(n, 1)
	x.Data()[at] = v
	secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: bits}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		watch(in[0])
		bit := when(s.Alarm(tensortest.Permit()), 1, 0)
		return []tensor.Secret{s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
	}, x)
	require.Equal(t, secure.Values, inClear.Values)
	return secure.Values[0].At(0) == 1
}

// The alarm of a comparison fires iff the number, less the first threshold, is
// outside −2^14 ≤ x < 2^14, as far as the sub-ring of 2^16 can tell.
func TestAlarmOfComparisons(t *testing.T) {
	for _, bits := range []int{8, 16, 18} {
		ulp, edge := math.Ldexp(1, -bits), 16384.
		for v, want := range map[float64]bool{
			0: false, edge - ulp: false, edge: true, -edge: false, -edge - ulp: true, 20000: true, -20000: true, 2 * edge: true, -2 * edge: true,
			3*edge - ulp: true, 3 * edge: false, // wraps around
		} {
			require.Equal(t, want, alarm(t, func(x tensor.Secret) { x.AtLeast(0, 7) }, v, 0, 1, bits), "%v at %d bits", v, bits)
			moved := func(x tensor.Secret) { x.AtLeast(-4, 4) }
			require.Equal(t, want, alarm(t, moved, v-4, 0, 1, bits), "%v − 4 at %d bits", v, bits)
		}
	}
}

// The alarm of Watch fires iff |x| > 2^14, in the full ring.
func TestAlarmOfWatch(t *testing.T) {
	ulp, edge := math.Ldexp(1, -f), 16384.
	for v, want := range map[float64]bool{
		0: false, edge: false, edge + ulp: true, -edge: false, -edge - ulp: true, 3 * edge: true, 4 * edge: true, -1e6: true, 1 << 29: true,
	} {
		require.Equal(t, want, alarm(t, tensor.Secret.Watch, v, 0, 1, f), "%v", v)
	}
}

// No bit gets lost, whatever the size of a batch and whatever else is watched.
func TestAlarmSeesEveryElement(t *testing.T) {
	small := func(x tensor.Secret) { x.Slice(0, 1).AtLeast(0) }
	for _, n := range []int{1, 3, 63, 64, 65, 70, 130} {
		for _, at := range []int{0, n / 2, n - 1} {
			for name, watch := range map[string]func(x tensor.Secret){
				"compare":        func(x tensor.Secret) { x.AtLeast(-1, 1) },
				"hinges":         func(x tensor.Secret) { x.Hinges([]float64{0}, []float64{1}, 0) },
				"watch":          tensor.Secret.Watch,
				"between others": func(x tensor.Secret) { x.Lift(17).Shift(2).Watch(); x.AtLeast(1, 2, 3); x.Slice(0, n).Watch() },
				"in single steps": func(x tensor.Secret) {
					for i := range n {
						x.Slice(i, i+1).AtLeast(0)
					}
				},
			} {
				require.True(t, alarm(t, watch, 16390, at, n, f), "%s: %d of %d", name, at, n)
				require.False(t, alarm(t, watch, 16380, at, n, f), "%s: %d of %d", name, at, n)
			}
			if at > 0 {
				require.False(t, alarm(t, small, 20000, at, n, f), "not watched")
			}
		}
	}
}
