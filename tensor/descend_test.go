package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// Descend is the sum that its comment says, rounded once, and changes weights and
// velocity in place; of a tensor as of a product that is still lazy.
func TestDescend(t *testing.T) {
	w := tensor.NewDense([]float64{1, -2, .5, 4, .25, -8}, 2, 3)
	b := tensor.NewDense([]float64{-1, 3}, 1, 2)
	const rate, decay, momentum = .375, .125, .75
	for _, exact := range []bool{false, true} {
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			u := s.Zeros(s.WeightBits(), 8, 1)
			weights, offsets := s.Zeros(s.WeightBits(), 2, 3), s.Zeros(s.WeightBits(), 1, 2)
			weights.Assign(in[0].Lift(s.WeightBits()))
			offsets.Assign(in[1].Lift(s.WeightBits()))
			for range 2 {
				s.Temporary(func() {
					tensor.Descend([]tensor.Descent{
						{Weights: weights, Gradient: in[0].Mul(in[0]), Rate: rate, Decay: decay},
						{Weights: offsets, Gradient: in[1].Lift(2 * s.FractionBits()), Rate: rate},
					}, u, momentum, 20)
				})
			}
			return []tensor.Secret{weights, offsets, u}, nil
		}, w, b)
		var want, velocity []float64
		for i, v := range append(append([]float64{}, w.Data()...), b.Data()...) {
			x, u, g, d := v, 0., v*v, decay
			if i >= w.Len() {
				g, d = v, 0
			}
			for range 2 {
				u = rate*g + d*x + momentum*u
				x -= u
			}
			want, velocity = append(want, x), append(velocity, u)
		}
		for _, r := range []tensortest.Result{secure, inClear} {
			got := append(append([]float64{}, r.Values[0].Data()...), r.Values[1].Data()...)
			require.InDeltaSlice(t, want, got, math.Ldexp(8, -32))
			require.InDeltaSlice(t, velocity, r.Values[2].Data(), math.Ldexp(8, -32))
		}
	}
}

func TestDescendRefuses(t *testing.T) {
	r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		w, u := s.Zeros(32, 2, 2), s.Zeros(30, 4, 1)
		tensor.Descend([]tensor.Descent{{Weights: w, Gradient: s.Zeros(32, 2, 2), Rate: 1}}, u, .5, 20)
		return nil, nil
	})
	require.ErrorContains(t, r.Err, "descend: got weights at scale 32, a gradient at 32 and a velocity at 30")
}
