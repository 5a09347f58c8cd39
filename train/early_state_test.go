package train

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// moded is a network that does something else in training than in use.
func moded(s *tensor.Session) *Network {
	l := dense(s, layers.MSE{}, 3, 4, 8, 3).Layers.Layers()
	return NewNetwork(layers.NewSequential("network", l[0], layers.NewBatchNorm(s, "norm", 8), l[1],
		layers.NewDropout("dropout", .5, 9), l[2]), layers.MSE{})
}

// The loss is that of the listed rows with the model as it is in use: no element
// is dropped, and no statistics are those of the batch. Training goes on after it.
func TestValidationLoss(t *testing.T) {
	d := smallRegression(40)
	rows := []int{3, 4, 9, 17, 30, 39}
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		m, y := moded(s), s.Constant(d.y, 16)
		for range 4 {
			m.Layers.Forward(in[0]) // moves the running statistics
		}
		e := EarlyStopping{X: in[0], Y: y, Rows: rows}
		require.NoError(t, e.start(s, m))
		e.look(s, m)
		require.True(t, m.Layers.Training())
		return []tensor.Secret{e.now, m.Predict(in[0], 7)}, nil
	}, d.x)
	for _, r := range []tensortest.Result{secure, inClear} {
		sum := 0.
		for _, i := range rows {
			for c := range 3 {
				sum += math.Pow(2./3*(r.Values[1].At(i, c)-d.y.At(i, c)), 2)
			}
		}
		require.InDelta(t, sum/float64(3*len(rows)), r.Values[0].At(0, 0), 1e-3)
	}
}

// What is kept of the best epoch is all of the model: the running statistics too.
func TestRestoreTakesStatisticsBack(t *testing.T) {
	d := smallRegression(40)
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		m := moded(s)
		look := func() {
			for _, p := range m.Layers.Buffers() {
				out = append(out, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
				out[len(out)-1].Assign(p.Value)
			}
		}
		e := EarlyStopping{X: in[0], Y: s.Constant(d.y, 16), Restore: true}
		require.NoError(t, e.start(s, m))
		m.Layers.Forward(in[0])
		e.keep(m)
		look()
		m.Layers.Forward(in[0])
		look()
		e.restore(m)
		look()
		return out, nil
	}, d.x)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.NotEqual(t, v[:2], v[2:4])
		require.Equal(t, v[:2], v[4:])
	}
}

// Predict takes the network as it is in use, and leaves every layer in the mode in
// which it was.
func TestPredictLeavesModes(t *testing.T) {
	d := smallRegression(16)
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		m := moded(s)
		m.Layers.Forward(in[0])
		y := m.Predict(in[0], 5)
		require.True(t, m.Layers.Training())
		norm, drop := m.Layers.Layers()[1].(layers.Moded), m.Layers.Layers()[3].(layers.Moded)
		norm.SetTraining(false) // as one does who fine-tunes
		m.Predict(in[0], 5)
		require.Equal(t, []bool{false, true}, []bool{norm.Training(), drop.Training()})
		drop.SetTraining(false)
		m.Predict(in[0], 5)
		require.False(t, m.Layers.Training())
		return []tensor.Secret{y, m.Layers.Forward(in[0])}, nil
	}, d.x)
	require.Equal(t, inClear.Values, secure.Values)
	require.Equal(t, secure.Values[1], secure.Values[0])
}
