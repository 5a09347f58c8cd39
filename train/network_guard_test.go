package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// A network whose rate is far too large ends with an error at the end of the
// epoch, on both engines, and no weights come out.
func TestNetworkTellsDivergence(t *testing.T) {
	d := smallRegression(64)
	for _, rate := range []float64{2, 10, 60} {
		program := fittingNetwork(d.y, 16, func() Config {
			return Config{Epochs: 20, BatchSize: 8, Optimizer: &SGD{LearningRate: rate, Momentum: .9}}
		}, func(s *tensor.Session) *Network { return dense(s, layers.MSE{}, 7, 4, 16, 16, 3) })
		for engine, r := range map[string]tensortest.Result{
			"rss3": tensortest.Secure(t, tensortest.Options{}, program, d.x), "clear": tensortest.Clear(t, tensortest.Options{}, program, d.x),
		} {
			require.ErrorIs(t, r.Err, ErrDiverged, "%s, rate %g", engine, rate)
			require.Empty(t, r.Values, engine)
		}
	}
}

// TestNoNetworkOfNumbersThatWrapped trains with rates from moderate to absurd.
// Where Fit returns a model, the clear engine saw no number leave its range.
func TestNoNetworkOfNumbersThatWrapped(t *testing.T) {
	noneWrapped(t, 150, 20, func(s *tensor.Session, seed uint64) *Network { return dense(s, layers.MSE{}, seed, 4, 16, 16, 3) })
}

// The same with normalised batches, whose squares leave the ring long before a
// number does.
func TestNoNormalisedNetworkOfNumbersThatWrapped(t *testing.T) {
	noneWrapped(t, 150, 20, func(s *tensor.Session, seed uint64) *Network { return normalised(s, seed, 4, 16, 3) })
}

// normalised is a network with dense layers of these sizes, each but the last with
// its batches normalised.
func normalised(s *tensor.Session, seed uint64, sizes ...int) *Network {
	var ls []layers.Layer
	for _, l := range dense(s, layers.MSE{}, seed, sizes...).Layers.Layers() {
		if l.Name()[:4] == "relu" {
			ls = append(ls, layers.NewBatchNorm(s, "norm"+l.Name()[4:], sizes[len(ls)/3+1]))
		}
		ls = append(ls, l)
	}
	return NewNetwork(layers.NewSequential("network", ls...), layers.MSE{})
}

// noneWrapped trains with many rates; at least so many runs give a model, and as
// many none.
func noneWrapped(t *testing.T, runs, least int, build func(s *tensor.Session, seed uint64) *Network) {
	t.Helper()
	d := smallRegression(64)
	models, diverged := 0, 0
	for i := range runs {
		rate := .01
		for range i % 40 {
			rate *= 1.3
		}
		momentum := []float64{0, .5, .9}[i/40%3]
		r := tensortest.Clear(t, tensortest.Options{Seed: uint64(i)}, fittingNetwork(d.y, 16, func() Config {
			return Config{Epochs: 1 + i%7, BatchSize: 8, Seed: uint64(i), Shuffle: true, Optimizer: &SGD{LearningRate: rate, Momentum: momentum}}
		}, func(s *tensor.Session) *Network { return build(s, uint64(i)) }), d.x)
		if r.Err != nil {
			require.ErrorIs(t, r.Err, ErrDiverged)
			diverged++
			continue
		}
		models++
		require.Empty(t, r.Range, "rate %g, momentum %g, epochs %d", rate, momentum, 1+i%7)
	}
	t.Logf("%d models, %d diverged", models, diverged)
	require.Greater(t, min(models, diverged), least)
}

// The weights of a network are watched when a check is made.
func TestWeightGuard(t *testing.T) {
	for _, tc := range []struct {
		weight, step float64
		want         bool
	}{
		{0, 0, false},
		{1023, 0, false},
		{-1023, 0, false},
		{1025, 0, true},
		{-1025, 0, true},
		{1 << 17, 0, true},
		{0, 15, false},
		{0, -15, false},
		{0, 17, true},
		{0, -17, true},
	} {
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			m := dense(s, layers.MSE{}, 3, 4, 6, 3)
			w := tensor.Zeros(6, 3)
			w.Data()[7] = tc.weight
			p := m.Params()[2]
			p.Value.Assign(s.Constant(w, p.Value.Scale()))
			o := &SGD{}
			o.start(s, m.Params())
			o.velocity.Slice(5, 6).Assign(s.Constant(tensor.NewDense([]float64{tc.step}, 1, 1), s.WeightBits()))
			g := weightGuard{m.Params(), o}
			g.keep(m.Params())
			g.watch()
			bit := 0.
			if s.Alarm(tensortest.Permit()) {
				bit = 1
			}
			return []tensor.Secret{s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
		})
		require.Equal(t, tc.want, secure.Values[0].At(0) == 1, "%+v", tc)
		require.Equal(t, secure.Values, inClear.Values)
	}
}
