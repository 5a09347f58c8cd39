package parties

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// scoreOf judges logits in the clear.
func scoreOf(z []float64, t *datasets.Table) Score { return *NewJob().score(z, t.Y.Data()) }

// requireSamePooled compares pooled metrics, whose AUC has bins and whose log-loss
// is rounded, with those of all rows in one place.
func requireSamePooled(t *testing.T, want Score, got *Score) {
	t.Helper()
	require.NotNil(t, got)
	require.Equal(t, want.Rows, got.Rows)
	require.InDelta(t, want.Accuracy, got.Accuracy, 1e-12)
	require.InDelta(t, *want.AUC, *got.AUC, .01)
	require.InDelta(t, want.LogLoss, got.LogLoss, 1e-5)
}

// Common test rows are judged once, whoever has the model.
func TestCommonTestRows(t *testing.T) {
	j := twoOwners(t)
	test, err := datasets.OpenCSV(j.Path("test.csv"), "sick")
	require.NoError(t, err)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Empty(t, r.Warnings)
		want := scoreOf(r.Model.Logits(test.X, ""), test)
		requireSamePooled(t, want, r.Metrics.Test)
		for _, o := range j.OwnerNames() {
			require.Equal(t, want, *r.Metrics.Owners[o].Joint, o)
			require.NotEqual(t, want, *r.Metrics.Owners[o].Alone, o)
		}
	})
}

// Own test rows, as a file or as a fraction, are judged by their owner, with its
// site's intercept; pooled metrics are those of all of them together.
func TestOwnTestRows(t *testing.T) {
	j := newTestJob(t, somePeople(1, 60), somePeople(2, 30), somePeople(3, 20))
	somePeople(8, 33).csv(t, j.Dir, "southtest.csv")
	j.Data.Owners[0].TestFraction, j.Data.Owners[1].Test = .4, "southtest.csv"
	j.Data.SiteIntercepts = true
	north, err := datasets.OpenCSV(j.Path("north.csv"), "sick")
	require.NoError(t, err)
	_, northTest, err := north.Split("north", .4)
	require.NoError(t, err)
	southTest, err := datasets.OpenCSV(j.Path("southtest.csv"), "sick")
	require.NoError(t, err)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		zNorth, zSouth := r.Model.Logits(northTest.X, "north"), r.Model.Logits(southTest.X, "south")
		require.Equal(t, scoreOf(zNorth, northTest), *r.Metrics.Owners["north"].Joint)
		require.Equal(t, scoreOf(zSouth, southTest), *r.Metrics.Owners["south"].Joint)
		require.Equal(t, OwnerMetrics{}, r.Metrics.Owners["east"], "has no test rows")
		counts := metrics.NewCounts(zNorth, northTest.Y.Data())
		counts.Add(metrics.NewCounts(zSouth, southTest.Y.Data()))
		want, err := counts.Binary()
		require.NoError(t, err)
		require.Equal(t, binaryScore(want), r.Metrics.Test)
	})
}

// What an owner could do alone is a run of the job with that owner only.
// Site intercepts need sites to differ between, so it has none.
func TestAloneIsARunOfOneOwner(t *testing.T) {
	j := twoOwners(t)
	j.Data.SiteIntercepts = true
	j.Number.Rounding, j.Train.Batch = ExactRounding, 35 // more than south has
	r := runJob(t, j, EngineSecure)
	for i, o := range j.Data.Owners {
		one := *j
		one.Reveal, one.Data.Owners, one.Data.SiteIntercepts = nil, j.Data.Owners[i:i+1], false
		one.Train.Batch = min(one.Train.Batch, []int{40, 30}[i])
		require.Equal(t, r.Metrics.Owners[o.Name].Alone, runJob(t, &one, EngineSecure).Metrics.Owners[o.Name].Joint)
	}
}

// Without test rows a run works, has no metrics and says why.
func TestNoTestRows(t *testing.T) {
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 30))
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.NotNil(t, r.Model)
		require.Nil(t, r.Metrics.Test)
		require.Equal(t, map[string]OwnerMetrics{"north": {}, "south": {}}, r.Metrics.Owners)
		require.Equal(t, []string{"metrics/test is left out: there are no test rows"}, r.Warnings)
	})
}

// A fraction that takes no row is told.
func TestFractionOfNoRow(t *testing.T) {
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 3))
	j.Data.Owners[0].TestFraction, j.Data.Owners[1].TestFraction = .25, .001
	r := runJob(t, j, EngineClear)
	require.Contains(t, r.Warnings, "owner south: a test fraction of 0.001 of 3 rows is no row at all")
	require.Nil(t, r.Metrics.Owners["south"].Joint)
	require.NotNil(t, r.Metrics.Test)
}

// A model that is worse than the share of positives is told of.
func TestUselessModelIsTold(t *testing.T) {
	j := twoOwners(t)
	j.Train.LearningRate, j.Train.Momentum, j.Train.Epochs = 200, 0, 1
	r := runJob(t, j, EngineClear)
	require.Len(t, r.Warnings, 1)
	require.Contains(t, r.Warnings[0], "the model predicts worse (log-loss ")
	require.Contains(t, r.Warnings[0], "train.learning_rate (now 200) may be too large")
}
