package metrics_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/train/metrics"
)

func TestCountsByHand(t *testing.T) {
	c := metrics.NewCounts([]float64{0, 2, -20, 1}, []float64{1, 1, 0, 0})
	require.Len(t, c, 4+2*metrics.Bins)
	require.Equal(t, []uint64{4, 3, 2}, []uint64(c[:3]))
	loss := math.Ln2 + math.Log1p(math.Exp(-2)) + math.Log1p(math.Exp(-20)) + math.Log1p(math.Exp(1))
	require.Equal(t, uint64(math.RoundToEven(loss*(1<<20))), c[3])
	require.Equal(t, uint64(1), c.Positives()[2048])
	require.Equal(t, uint64(1), c.Positives()[2048+256])
	require.Equal(t, uint64(1), c.Negatives()[0])
	require.Equal(t, uint64(1), c.Negatives()[2048+128])
	require.Equal(t, uint64(6), c.AUCNumerator()) // three of four pairs, twice
}

func TestBinsAtTheEdges(t *testing.T) {
	for logit, bin := range map[float64]int{
		math.Inf(-1): 0, -16: 0, -16 + 1.0/256: 0, -16 + 1.0/128: 1, -1e-9: 2047, 0: 2048,
		16 - 1.0/128: 4095, 16: 4095, 1e300: 4095, math.Inf(1): 4095,
	} {
		require.Equal(t, uint64(1), metrics.NewCounts([]float64{logit}, []float64{1}).Positives()[bin], "logit %v", logit)
	}
}

func TestLossOfCertaintyIsClamped(t *testing.T) {
	c := metrics.NewCounts([]float64{-1e9, math.Inf(1)}, []float64{1, 0})
	require.InDelta(t, -2*math.Log(metrics.Clamp)*(1<<20), float64(c[3]), 0.5)
}

// TestCountsAgreeWithEvaluate counts owners one by one and compares the sum
// with the metrics of all rows, within the bounds that Counts states.
func TestCountsAgreeWithEvaluate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := metrics.NewCounts(nil, nil)
		var p, y []float64
		owners := rapid.IntRange(1, 4).Draw(t, "owners")
		for range owners {
			logits, outcomes := rows(t, gridLogits())
			total.Add(metrics.NewCounts(logits, outcomes))
			y = append(y, outcomes...)
			for _, z := range logits {
				p = append(p, metrics.Sigmoid(z))
			}
		}
		got, err := total.Binary()
		require.NoError(t, err)
		want := metrics.Evaluate(p, y)
		require.Equal(t, want.Rows, got.Rows)
		require.InDelta(t, want.Accuracy, got.Accuracy, 1e-12)
		require.InDelta(t, want.LogLoss, got.LogLoss, float64(owners)/(1<<21)/float64(len(y))+1e-7) // Evaluate loses digits of 1 − p
		require.Equal(t, want.AUC == nil, got.AUC == nil)
		if want.AUC != nil {
			require.InDelta(t, *want.AUC, *got.AUC, tiedShare(total)+1e-12)
		}
	})
}

// gridLogits are multiples of 1/1000: closer to each other, logits differ while
// their probabilities round to the same float64.
func gridLogits() *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(-20_000, 20_000), func(i int) float64 { return float64(i) / 1000 })
}

// tiedShare returns the bound of the AUC error: half the share of pairs in a
// common bin.
func tiedShare(c metrics.Counts) float64 {
	var tied uint64
	for b, n := range c.Negatives() {
		tied += n * c.Positives()[b]
	}
	return float64(tied) / float64(2*c[2]*(c[0]-c[2]))
}

func TestFromTotalsRefuses(t *testing.T) {
	for name, totals := range map[string][5]uint64{
		"no rows":            {},
		"too many rows":      {1<<32 + 1, 0, 0, 0, 0},
		"more correct":       {3, 4, 1, 0, 0},
		"more positives":     {3, 1, 4, 0, 0},
		"a wrapped one":      {3, 1, math.MaxUint64, 0, 0},
		"more pairs than 4":  {3, 1, 1, 0, 5},
		"pairs of one class": {3, 1, 3, 0, 1},
	} {
		_, err := metrics.FromTotals(totals[0], totals[1], totals[2], totals[3], totals[4])
		require.ErrorContains(t, err, "metrics: got", name)
	}
}

func TestSigmoid(t *testing.T) {
	require.Equal(t, 0.5, metrics.Sigmoid(0))
	require.Equal(t, 0.0, metrics.Sigmoid(math.Inf(-1)))
	require.Equal(t, 1.0, metrics.Sigmoid(math.Inf(1)))
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Float64Range(-700, 700).Draw(t, "z")
		require.InEpsilon(t, math.Exp(z), metrics.Sigmoid(z)*(1+math.Exp(z)), 1e-14)
		require.InDelta(t, 1, metrics.Sigmoid(z)+metrics.Sigmoid(-z), 1e-15)
	})
}
