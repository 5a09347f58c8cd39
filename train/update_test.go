package train

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// Where prepare takes a rate, no update leaves the range of a truncation, whatever
// the signs of gradients and weights within their bounds. The clear engine says so.
func TestLargestUpdatesFit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 200 {
		o := SGD{Momentum: []float64{0, .5, .9, .99}[i%4], Nesterov: i%2 == 1 != (i%8 > 3), L2: []float64{0, .01}[i/8%2]}
		p := problem{fractionBits: []int{8, 16, 20}[i%3], batch: 1, gradient: float64(int(1) << r.IntN(11)), slowest: 1}
		o.LearningRate = (1 - o.Momentum) * maxRate
		for o.prepare(p) != nil {
			o.LearningRate *= .9 + .1*r.Float64()
			require.Greater(t, o.LearningRate, 1e-3)
		}
		result := tensortest.Clear(t, tensortest.Options{FractionBits: p.fractionBits}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			w := &layers.Param{Name: "w", Value: s.Zeros(s.WeightBits(), 4, 1), Decay: true}
			o.start(s, []*layers.Param{w})
			for step := range 40 + int(5/(1-o.Momentum)) {
				g, at := tensor.Zeros(4, 1), tensor.Zeros(4, 1)
				for j, sign := range []float64{1, -1, float64(1 - 2*(step%2)), float64(1 - 2*r.IntN(2))} {
					g.Data()[j], at.Data()[j] = sign*p.gradient, .99*sign*MaxWeight
				}
				s.Temporary(func() {
					w.Value.Assign(s.Constant(at, s.WeightBits()))
					w.Grad = s.Constant(g, 2*s.FractionBits())
					o.step(1, 1)
				})
			}
			return nil, nil
		})
		require.NoError(t, result.Err)
		require.Empty(t, result.Range, "%+v of %+v", o, p)
	}
}

// A network without activations watches its output, which the squared error does
// not: nothing else looks at a number that is far out.
func TestSquaredErrorWatchesTheOutput(t *testing.T) {
	for out, want := range map[float64]bool{1000: false, -1000: false, 17000: true, -17000: true, 30000: true} {
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			m := NewNetwork(layers.NewSequential("network", layers.NewLinear(s, "linear", 1, 1)), layers.MSE{})
			p := m.Params()[0]
			p.Value.Assign(s.Constant(tensor.NewDense([]float64{out / 100}, 1, 1), p.Value.Scale()))
			m.Step(in[0], s.Zeros(16, 2, 1))
			bit := 0.
			if s.Alarm(tensortest.Permit()) {
				bit = 1
			}
			return []tensor.Secret{s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
		}, tensor.NewDense([]float64{100, 1}, 2, 1))
		require.Equal(t, want, secure.Values[0].At(0) == 1, "%v", out)
		require.Equal(t, secure.Values, inClear.Values)
	}
}
