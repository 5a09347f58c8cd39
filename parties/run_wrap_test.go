package parties

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/train"
)

// Rows that differ in one column only let all logits leap together, so that none
// of them is left in the zone that the comparisons watch. Whatever the learning
// rate, a run either says that it diverged or gives the weights of real
// arithmetic: it never gives a model from numbers that wrapped around.
func TestNoModelFromWrappedNumbers(t *testing.T) {
	rows := somePeople(1, 30)
	for i, row := range rows {
		row[0], row[1], row[2], row[3] = float64(250*(i%2)), 0, 0, float64(i%2)
	}
	j := newTestJob(t, rows)
	j.Data.Standardise, j.Data.Test = StandardiseNone, nil
	j.Train = Train{Epochs: 2, Batch: 30, Seed: 1, Sigmoid: Minimax5}
	diverged, trained := 0, 0
	for rate := .01; rate < 40; rate *= 1.02 {
		j.Train.LearningRate = rate
		want, _, _ := float64Model(t, j)
		r, err := Local(context.Background(), j, Options{})
		if err != nil {
			require.ErrorIs(t, err, train.ErrDiverged, "rate %g", rate)
			diverged++
			continue
		}
		trained++
		require.InEpsilon(t, want[0], r.Model.Standardised.Coefficients[0], .01+1/math.Abs(want[0]*1e4), "rate %g", rate)
	}
	require.Positive(t, diverged)
	require.Positive(t, trained)
}
