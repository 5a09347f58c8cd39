package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// Numbers with few bits, so that nothing is rounded and the weights can be
// worked out by hand: x = (1, 2), y = (1, 0), p = z.
func TestStepsByHand(t *testing.T) {
	d := table{tensor.NewDense([]float64{1, 2}, 2, 1), tensor.NewDense([]float64{1, 0}, 2, 1)}
	for name, tc := range map[string]struct {
		o     SGD
		batch int
		want  [][]float64 // w, b after each step
	}{
		// g = −1 and −1, u = lr·g/2, then z = .5, .75, d = −.5, .75, g = 1 and .25
		"plain": {SGD{LearningRate: .5}, 2, [][]float64{{.25, .25}, {0, .1875}}},
		// the second u is lr·.5 + m·(−.25) = .125, and lr·.125 − .125 = −.0625
		"momentum": {SGD{LearningRate: .5, Momentum: .5}, 2, [][]float64{{.25, .25}, {.125, .3125}}},
		// lr·l2·w = .03125 more for w, nothing for b
		"decay": {SGD{LearningRate: .5, Momentum: .5, L2: .25}, 2, [][]float64{{.25, .25}, {.09375, .3125}}},
		// one row at a time: d = −1, then z = 1.5·.5 = 1.5: u = .5·1.5·(2, 1)
		"batches of one": {SGD{LearningRate: .5}, 1, [][]float64{{.5, .5}, {-1, -.25}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Epochs: tc.batch, BatchSize: tc.batch, Optimizer: &tc.o} // two steps
			for _, exact := range []bool{false, true} {
				secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, fitting(d, identity{}, c), d.x)
				for step, want := range tc.want {
					require.Equal(t, want, secure.Values[step].Data(), "step %d", step)
					require.Equal(t, want, inClear.Values[step].Data(), "step %d", step)
				}
			}
		})
	}
}

// A short last batch is kept, and divided by its own size: the second step, on
// the third row alone, is that of a batch of one.
func TestShortLastBatch(t *testing.T) {
	d := table{tensor.NewDense([]float64{1, 2, 4}, 3, 1), tensor.NewDense([]float64{1, 0, 1}, 3, 1)}
	c := Config{Epochs: 1, BatchSize: 2, Optimizer: &SGD{LearningRate: .5}}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, fitting(d, identity{}, c), d.x)
	// after the first: .25, .25; then z = 1.25, d = .25, u = .5·.25·(4, 1)
	want := [][]float64{{.25, .25}, {-.25, .125}}
	for step, w := range want {
		require.Equal(t, w, secure.Values[step].Data())
		require.Equal(t, w, inClear.Values[step].Data())
	}
	require.Len(t, secure.Values, 2)
}

// An optimiser that has been used starts anew with the next Fit.
func TestFitStartsWithoutVelocity(t *testing.T) {
	d := noise(8, 2)
	o := &SGD{LearningRate: .5, Momentum: .5}
	c := Config{Epochs: 1, BatchSize: 4, Optimizer: o, Alarm: tensortest.Permit()}
	r := tensortest.Clear(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		for range 2 {
			m := NewLogisticRegression(s, 2, layers.Minimax5())
			if err := Fit(s, m, in[0], s.Constant(d.y, 0), c); err != nil {
				return nil, err
			}
			out = append(out, m.Linear.W.Value)
		}
		return out, nil
	}, d.x)
	require.NoError(t, r.Err)
	require.Equal(t, r.Values[0], r.Values[1])
}
