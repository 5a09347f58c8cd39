package metrics_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/train/metrics"
)

func TestEvaluateByHand(t *testing.T) {
	m := metrics.Evaluate([]float64{0.9, 0.4, 0.5, 0.1}, []float64{1, 1, 0, 0})
	require.Equal(t, 4, m.Rows)
	require.Equal(t, 0.5, m.Accuracy) // 0.5 is read as 1
	require.InDelta(t, 0.75, *m.AUC, 1e-15)
	require.InDelta(t, -(math.Log(0.9)+math.Log(0.4)+math.Log(0.5)+math.Log(0.9))/4, m.LogLoss, 1e-15)
	require.InDelta(t, (0.01+0.36+0.25+0.01)/4, *m.Brier, 1e-15)
}

func TestTiesCountHalf(t *testing.T) {
	m := metrics.Evaluate([]float64{0.5, 0.5, 0.5}, []float64{1, 0, 0})
	require.Equal(t, 0.5, *m.AUC)
}

func TestOneClassHasNoAUC(t *testing.T) {
	m := metrics.Evaluate([]float64{0.7, 0.2}, []float64{1, 1})
	require.Nil(t, m.AUC)
	text, err := json.Marshal(m)
	require.NoError(t, err)
	require.Contains(t, string(text), `"rows":2,"accuracy":0.5,"auc":null,"log_loss":`)
}

func TestCertaintyIsClamped(t *testing.T) {
	m := metrics.Evaluate([]float64{0, 1}, []float64{1, 1})
	require.InDelta(t, -math.Log(metrics.Clamp)/2, m.LogLoss, 1e-12)
}

func TestEvaluateRefuses(t *testing.T) {
	require.PanicsWithValue(t, "metrics: got 1 probabilities for 2 outcomes, want as many and at least one",
		func() { metrics.Evaluate([]float64{1}, []float64{1, 0}) })
	require.PanicsWithValue(t, "metrics: got 0 probabilities for 0 outcomes, want as many and at least one",
		func() { metrics.Evaluate(nil, nil) })
	require.PanicsWithValue(t, "metrics: row 1 of the probabilities is not a number",
		func() { metrics.Evaluate([]float64{1, math.NaN()}, []float64{1, 0}) })
	require.PanicsWithValue(t, "metrics: the outcome of row 1 is neither 0 nor 1",
		func() { metrics.Evaluate([]float64{1, 0}, []float64{1, 2}) })
}

// TestAUCCountsPairs checks the rank statistic against its definition.
func TestAUCCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, y := rows(t, rapid.Float64Range(0, 1))
		require.Equal(t, pairs(p, y) == nil, metrics.Evaluate(p, y).AUC == nil)
		if want := pairs(p, y); want != nil {
			require.InDelta(t, *want, *metrics.Evaluate(p, y).AUC, 1e-12)
		}
	})
}

// rows draws predictions, many of them tied, and outcomes.
func rows(t *rapid.T, fresh *rapid.Generator[float64]) (p, y []float64) {
	n := rapid.IntRange(1, 60).Draw(t, "n")
	for range n {
		v := fresh.Draw(t, "prediction")
		if len(p) > 0 && rapid.Bool().Draw(t, "tied") {
			v = rapid.SampledFrom(p).Draw(t, "with")
		}
		p = append(p, v)
		y = append(y, float64(rapid.IntRange(0, 1).Draw(t, "y")))
	}
	return p, y
}

// pairs returns the AUC by looking at every pair, nil with one class only.
func pairs(p, y []float64) *float64 {
	var right, all float64
	for i := range p {
		for j := range p {
			if y[i] != 1 || y[j] != 0 {
				continue
			}
			all++
			switch {
			case p[i] > p[j]:
				right++
			case p[i] == p[j]:
				right += 0.5
			}
		}
	}
	if all == 0 {
		return nil
	}
	right /= all
	return &right
}
