package metrics_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/train/metrics"
)

func TestClassesByHand(t *testing.T) {
	m := metrics.EvaluateClasses([]float64{0, 0, 0, 5, 1, 1, -1, 2, 0}, []float64{0, 1, 1}, 3)
	require.Equal(t, [][]int{{1, 0, 0}, {1, 1, 0}, {0, 0, 0}}, m.Confusion)
	require.InDelta(t, 2./3, m.Accuracy, 1e-15)
	e := math.Exp
	want := math.Log(3) - math.Log(e(1)/(e(5)+2*e(1))) - math.Log(e(2)/(e(-1)+e(2)+1))
	require.InDelta(t, want/3, m.LogLoss, 1e-14)
}

// TestTwoClassesAreBinary: two logits (0, z) say what one logit z does.
func TestTwoClassesAreBinary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logits, y := rows(t, gridLogits())
		var pairs, p []float64
		for _, z := range logits {
			pairs, p = append(pairs, 0, z), append(p, metrics.Sigmoid(z))
		}
		got, want := metrics.EvaluateClasses(pairs, y, 2), metrics.Evaluate(p, y)
		ties := 0
		for i, z := range logits {
			if z == 0 && y[i] == 1 {
				ties++ // the first class wins, not the second
			} else if z == 0 {
				ties--
			}
		}
		require.InDelta(t, want.LogLoss, got.LogLoss, 1e-6)
		require.InDelta(t, want.Accuracy*float64(len(y)), got.Accuracy*float64(len(y))+float64(ties), 1e-9)
	})
}

// TestExtremeLogits: certainty, right and wrong, and infinities.
func TestExtremeLogits(t *testing.T) {
	inf := math.Inf(1)
	for _, logits := range [][]float64{{1e300, -1e300}, {inf, 0}, {0, -inf}} {
		require.Zero(t, metrics.EvaluateClasses(logits, []float64{0}, 2).LogLoss)
		wrong := metrics.EvaluateClasses(logits, []float64{1}, 2)
		require.InDelta(t, -math.Log(metrics.Clamp), wrong.LogLoss, 1e-9)
		require.Zero(t, wrong.Accuracy)
	}
	require.InDelta(t, 1000+math.Log(2), metrics.LogSumExp([]float64{1000, 1000}), 1e-12)
}

func drawClasses(t *rapid.T, k int) (logits, y []float64) {
	n := rapid.IntRange(0, 30).Draw(t, "n")
	for range n {
		y = append(y, float64(rapid.IntRange(0, k-1).Draw(t, "y")))
		for range k {
			logits = append(logits, rapid.Float64Range(-40, 40).Draw(t, "logit"))
		}
	}
	return logits, y
}

// TestClassCountsAddUp: the sum of the owners' counts gives the metrics of all
// rows, the log-loss within the bound that ClassCounts states.
func TestClassCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 5).Draw(t, "k")
		total, owners := metrics.NewClassCounts(nil, nil, k), rapid.IntRange(1, 4).Draw(t, "owners")
		var logits, y []float64
		for range owners {
			z, classes := drawClasses(t, k)
			total.Add(metrics.NewClassCounts(z, classes, k))
			logits, y = append(logits, z...), append(y, classes...)
		}
		got, err := metrics.FromClassTotals(total, k)
		if len(y) == 0 {
			require.EqualError(t, err, "metrics: got 0 rows, want 1 to 4294967296")
			return
		}
		require.NoError(t, err)
		want := metrics.EvaluateClasses(logits, y, k)
		require.Equal(t, want.Confusion, got.Confusion)
		require.Equal(t, want.Rows, got.Rows)
		require.InDelta(t, want.Accuracy, got.Accuracy, 1e-15)
		require.InDelta(t, want.LogLoss, got.LogLoss, float64(owners)/(1<<21)/float64(len(y))+1e-12)
	})
}

func TestFromClassTotalsRefuses(t *testing.T) {
	for name, totals := range map[string][]uint64{
		"too few":        {0, 1, 2, 3},
		"wrapped":        {0, 1, math.MaxUint64, 0, 0},
		"many":           {0, 1 << 32, 1 << 32, 0, 0},
		"too large loss": {100 << 20, 1, 1, 0, 0},
	} {
		_, err := metrics.FromClassTotals(totals, 2)
		require.ErrorContains(t, err, "metrics: got", name)
	}
}

func TestClassesRefuse(t *testing.T) {
	for want, f := range map[string]func(){
		"a logit of row 1 is not a number":           func() { metrics.EvaluateClasses([]float64{0, 0, 0, math.NaN()}, []float64{0, 1}, 2) },
		"the outcome of row 0 is no class from 0":    func() { metrics.EvaluateClasses([]float64{0, 0}, []float64{2}, 2) },
		"the outcome of row 0 is no class from 0 to": func() { metrics.EvaluateClasses([]float64{0, 0}, []float64{0.5}, 2) },
		"got 3 logits for 2 rows of 2 classes":       func() { metrics.EvaluateClasses([]float64{0, 0, 0}, []float64{0, 1}, 2) },
	} {
		require.PanicsWithError(t, "", func() {
			defer func() {
				require.Contains(t, recover(), want)
				panic(empty{})
			}()
			f()
		})
	}
}

type empty struct{}

func (empty) Error() string { return "" }

// TestNumbersAgainstRationals computes R², RMSE and MAE of small integers exactly.
func TestNumbersAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		v, y := make([]float64, n), make([]float64, n)
		errors, absolute, sum, squares := int64(0), int64(0), int64(0), int64(0)
		for i := range n {
			a, b := int64(rapid.IntRange(-1000, 1000).Draw(t, "v")), int64(rapid.IntRange(-1000, 1000).Draw(t, "y"))
			v[i], y[i] = float64(a), float64(b)
			errors += (a - b) * (a - b)
			absolute += max(a-b, b-a)
			sum += b
			squares += b * b
		}
		m := metrics.EvaluateNumbers(v, y)
		spread := big.NewRat(int64(n)*squares-sum*sum, int64(n))
		if spread.Sign() == 0 {
			require.Nil(t, m.R2)
		} else {
			want, _ := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Quo(big.NewRat(errors, 1), spread)).Float64()
			require.InEpsilon(t, 1-want+1, 1-*m.R2+1, 1e-9)
		}
		require.InDelta(t, math.Sqrt(float64(errors)/float64(n)), m.RMSE, 1e-9)
		require.InDelta(t, float64(absolute)/float64(n), m.MAE, 1e-9)
	})
}

// TestNumberTotalsAddUp: the sum of the owners' totals gives the metrics of all
// rows, within the rounding that NumberTotals states.
func TestNumberTotalsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := metrics.Unit{Center: rapid.Float64Range(-5, 5).Draw(t, "center"), Scale: rapid.Float64Range(1, 20).Draw(t, "scale")}
		total, err := metrics.NewNumberTotals(nil, nil, unit)
		require.NoError(t, err)
		var v, y []float64
		owners := rapid.IntRange(1, 4).Draw(t, "owners")
		for range owners {
			n := rapid.IntRange(1, 20).Draw(t, "n")
			some := func(name string) []float64 {
				return rapid.SliceOfN(rapid.Float64Range(-50, 50), n, n).Draw(t, name)
			}
			a, b := some("v"), some("y")
			part, err := metrics.NewNumberTotals(a, b, unit)
			require.NoError(t, err)
			total.Add(part)
			v, y = append(v, a...), append(y, b...)
		}
		got, err := metrics.FromNumberTotals(total, unit)
		require.NoError(t, err)
		want, n := metrics.EvaluateNumbers(v, y), float64(len(y))
		rounding := float64(owners) / (1 << 21) / n
		require.Equal(t, want.Rows, got.Rows)
		require.InDelta(t, want.MAE, got.MAE, unit.Scale*rounding+1e-9)
		require.InDelta(t, want.RMSE*want.RMSE, got.RMSE*got.RMSE, unit.Scale*unit.Scale*rounding+1e-9)
		checkR2(t, y, unit, want.R2, got.R2, rounding)
	})
}

// checkR2 compares both R², with the deviation of y in units: the smaller it is,
// the more the rounding of the sums shows.
func checkR2(t *rapid.T, y []float64, unit metrics.Unit, want, got *float64, rounding float64) {
	mean := 0.0
	for _, t := range y {
		mean += (t - unit.Center) / unit.Scale / float64(len(y))
	}
	spread := 0.0
	for _, t := range y {
		u := (t-unit.Center)/unit.Scale - mean
		spread += u * u / float64(len(y))
	}
	slack := rounding * (2 + 2*math.Abs(mean))
	if got == nil {
		require.Less(t, spread, (1+2*math.Abs(mean))/(1<<20)+slack)
		return
	}
	require.NotNil(t, want)
	if spread > 10*slack {
		require.InDelta(t, *want, *got, 2*slack*(2+math.Abs(1-*want))/spread+1e-9)
	}
}

func TestNumbersRefuse(t *testing.T) {
	unit := metrics.Unit{Scale: 1e-6}
	_, err := metrics.NewNumberTotals([]float64{1}, []float64{2}, unit)
	require.ErrorContains(t, err, "too far off to be added up")
	_, err = metrics.FromNumberTotals([]uint64{1, 0, math.MaxUint64, 0, 0}, unit)
	require.EqualError(t, err, "metrics: total 2 is negative")
	_, err = metrics.FromNumberTotals([]uint64{0, 0, 0, 0, 0}, unit)
	require.EqualError(t, err, "metrics: got 5 totals for 0 rows, want 5 for 1 to 4294967296")
	require.Panics(t, func() { metrics.EvaluateNumbers([]float64{math.Inf(1)}, []float64{0}) })
	flat, err := metrics.NewNumberTotals([]float64{3, 5}, []float64{4, 4}, metrics.Unit{Center: 1, Scale: 2})
	require.NoError(t, err)
	m, err := metrics.FromNumberTotals(flat, metrics.Unit{Center: 1, Scale: 2})
	require.NoError(t, err)
	require.Equal(t, metrics.Regression{Rows: 2, RMSE: 1, MAE: 1}, m)
}
