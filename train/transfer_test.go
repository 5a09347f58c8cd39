package train

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// transferred is a network of 4-6-5-3 with two layers from another, public or on
// shares, of which the first is frozen; it is trained for two epochs.
func transferred(d table, weights []tensor.Dense, secret bool) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		m := dense(s, layers.MSE{}, 3, 4, 6, 5, 3)
		public, hidden := map[string]tensor.Dense{}, map[string]tensor.Secret{}
		for i, p := range m.Params()[:4] {
			public[p.Name] = weights[i]
			hidden[p.Name] = in[1+i]
		}
		if secret {
			err = SetSecretWeights(m.Params(), hidden)
		} else {
			err = SetWeights(m.Params(), public)
		}
		if err != nil {
			return nil, err
		}
		if err := Freeze(m.Params(), "linear 1"); err != nil {
			return nil, err
		}
		for _, p := range m.Params() {
			out = append(out, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
			out[len(out)-1].Assign(p.Value)
		}
		c := Config{Epochs: 2, BatchSize: 8, Optimizer: &SGD{LearningRate: .09375, Momentum: .9}, Alarm: tensortest.Permit()}
		c.AfterStep = func(int, int) { out = append(out, allWeights(m)) }
		return out, Fit(s, m, in[0], s.Constant(d.y, 16), c)
	}
}

// A network starts from weights of another one, public or secret, and trains all
// layers but the frozen one as float64 does.
func TestTransfer(t *testing.T) {
	d := smallRegression(32)
	weights := []tensor.Dense{noise(4, 6).x, noise(1, 6).x, noise(6, 5).x, noise(1, 5).x}
	for _, secret := range []bool{false, true} {
		inputs := append([]tensor.Dense{d.x}, weights...)
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, transferred(d, weights, secret), inputs...)
		require.Equal(t, inClear.Values, secure.Values)
		require.Equal(t, weights, secure.Values[:4])
		sgd := torchSGD(SGD{LearningRate: .09375, Momentum: .9}, func(int) bool { return false }, func(int) float64 { return 1 })
		want := newFloatNet(false, secure.Values[:6]).fit(d, Config{Epochs: 2, BatchSize: 8}, func(i, t int, p, g *mat.Dense) {
			if i >= 2 {
				sgd(i, t, p, g)
			}
		})
		compareHistories(t, want, secure.Values[6:])
	}
}

func TestTransferRefuses(t *testing.T) {
	run := func(body func(m *Network) error) error {
		return tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			return nil, body(dense(s, layers.MSE{}, 3, 4, 6, 3))
		}).Err
	}
	require.EqualError(t, run(func(m *Network) error {
		return SetWeights(m.Params(), map[string]tensor.Dense{"linear 3.weight": tensor.Zeros(4, 6)})
	}), `train: got weights "linear 3.weight", which the model does not have; it has "linear 1.weight", "linear 1.bias", "linear 2.weight", "linear 2.bias"`)
	require.EqualError(t, run(func(m *Network) error {
		return SetWeights(m.Params(), map[string]tensor.Dense{"linear 1.weight": tensor.Zeros(6, 4)})
	}), `train: got weights "linear 1.weight" of shape 6×4, want 4×6`)
	require.ErrorContains(t, run(func(m *Network) error { return Freeze(m.Params(), "linear") }), `train: got layer "linear" to freeze, which has no parameters`)
	require.EqualError(t, run(func(m *Network) error {
		if err := Freeze(m.Params(), "linear 1", "linear 2"); err != nil {
			return err
		}
		s := m.Params()[0].Value.Session()
		return Fit(s, m, s.Zeros(16, 4, 4), s.Zeros(0, 4, 3), Config{Epochs: 1, BatchSize: 4, Optimizer: &SGD{LearningRate: .1}})
	}), "train: all parameters are frozen, so there is nothing to train")
}

// Predict gives the outputs of the network, in batches of any size, and Classes
// the number of the largest, the first of equal ones; nothing is opened.
func TestPredict(t *testing.T) {
	d := smallRegression(23)
	for _, batch := range []int{1, 7, 23, 100} {
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			m := dense(s, layers.MSE{}, 3, 4, 6, 3)
			y := m.Predict(in[0], batch)
			tied := s.Constant(tensor.NewDense([]float64{1, 2, 2, 3, 0, 3, -1, -1, -1}, 3, 3), 16)
			out := []tensor.Secret{y, Classes(y), Classes(tied)}
			for _, p := range m.Params() {
				out = append(out, p.Value)
			}
			return out, nil
		}, d.x)
		require.Equal(t, inClear.Values, secure.Values)
		require.Equal(t, []float64{1, 0, 0}, secure.Values[2].Data())
		n := newFloatNet(false, secure.Values[3:])
		h := n.forward(matrixOf(d.x))
		out := h[len(h)-1]
		for i := range 23 {
			best := 0
			for j := range 3 {
				require.InDelta(t, out.At(i, j), secure.Values[0].At(i, j), 1e-4)
				if out.At(i, j) > out.At(i, best) {
					best = j
				}
			}
			require.Equal(t, float64(best), secure.Values[1].At(i, 0))
		}
	}
}
