package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// startingFrom trains a logistic regression from w times 2^bits, on shares, where the
// first feature is 0 in every row: its weight stays, and shows in no activation.
func startingFrom(d table, bits int, started bool) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		m := NewLogisticRegression(s, 2, layers.Minimax5())
		w := in[1]
		for range bits {
			w = w.Times(2, 0)
		}
		if err := SetSecretWeights(m.Params(), map[string]tensor.Secret{"linear.weight": w}); err != nil {
			return nil, err
		}
		c := plain(1, 8)
		c.Started, c.Alarm, c.Optimizer = started, tensortest.Permit(), &SGD{LearningRate: .1, Momentum: .9}
		return nil, Fit(s, m, in[0], s.Constant(d.y, 0), c)
	}
}

// A start that a party chose far out of range is told, also where its square is 0
// mod 2^64 and nothing of it shows.
func TestStartOutOfRange(t *testing.T) {
	d := noise(16, 2)
	for i := range 16 {
		d.x.Data()[2*i], d.y.Data()[i] = 0, float64(i%2)
	}
	start := tensor.NewDense([]float64{1, 0}, 2, 1)
	run := func(bits int, started bool) error {
		return tensortest.Secure(t, tensortest.Options{}, startingFrom(d, bits, started), d.x, start).Err
	}
	require.NoError(t, run(0, true))
	require.NoError(t, run(30, false), "which nothing else sees")
	for _, bits := range []int{15, 24, 30, 31} {
		require.ErrorIs(t, run(bits, true), ErrDiverged, "2^%d", bits)
	}
}
