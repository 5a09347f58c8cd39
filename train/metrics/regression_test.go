package metrics_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/train/metrics"
)

// Equal targets have no R², even where their mean is rounded to another number.
func TestEqualNumbersHaveNoR2(t *testing.T) {
	for y, n := range map[float64]int{7.1: 13, 0.3: 7, -1e9 / 3: 11} {
		same, off := slices.Repeat([]float64{y}, n), slices.Repeat([]float64{y + 2}, n)
		require.Nil(t, metrics.EvaluateNumbers(same, same).R2, "%d times %v", n, y)
		m := metrics.EvaluateNumbers(off, same)
		require.Nil(t, m.R2, "%d times %v", n, y)
		require.InDelta(t, 2, m.RMSE, 1e-6)
	}
}
