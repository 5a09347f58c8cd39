package parties

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

func contextWithCause(t *testing.T) (context.Context, context.CancelCauseFunc) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	return ctx, cancel
}

// jobs are jobs of every kind, and how far the weights may be from float64.
func jobs(t *testing.T) map[string]struct {
	job    *Job
	within float64
} {
	two := func(change func(j *Job)) *Job {
		j := twoOwners(t)
		change(j)
		return j
	}
	four := newTestJob(t, somePeople(1, 12), somePeople(2, 30), somePeople(3, 5), somePeople(4, 25))
	withSites := newTestJob(t, somePeople(1, 12), somePeople(2, 30), somePeople(3, 5))
	withSites.Data.SiteIntercepts = true
	return map[string]struct {
		job    *Job
		within float64
	}{
		"defaults":         {two(func(*Job) {}), 2e-4},
		"four owners":      {four, 2e-4},
		"one owner":        {newTestJob(t, somePeople(1, 40)), 2e-4},
		"site intercepts":  {withSites, 2e-4},
		"no test rows":     {two(func(j *Job) { j.Data.Test = nil }), 2e-4},
		"test fraction":    {two(func(j *Job) { j.Data.Test = nil; j.Data.Owners[1].TestFraction = .3 }), 2e-4},
		"in order":         {two(func(j *Job) { j.Train.Shuffle = false }), 2e-4},
		"another seed":     {two(func(j *Job) { j.Train.Seed = 77 }), 2e-4},
		"one batch":        {two(func(j *Job) { j.Train.Batch, j.Train.Epochs = 70, 10 }), 2e-4},
		"batches of one":   {two(func(j *Job) { j.Train.Batch, j.Train.Epochs, j.Train.LearningRate = 1, 1, .01 }), 5e-4},
		"no momentum":      {two(func(j *Job) { j.Train.Momentum = 0 }), 2e-4},
		"no decay":         {two(func(j *Job) { j.Train.L2 = 0 }), 2e-4},
		"exact rounding":   {two(func(j *Job) { j.Number.Rounding = ExactRounding }), 2e-4},
		"8 fraction bits":  {two(func(j *Job) { j.Number.FractionBits = 8 }), .1},
		"18 fraction bits": {two(func(j *Job) { j.Number.FractionBits = 18 }), 5e-4},
		"minimax3":         {two(func(j *Job) { j.Train.Sigmoid = Minimax3 }), 2e-4},
		"minimax7":         {two(func(j *Job) { j.Train.Sigmoid = Minimax7 }), 2e-4},
		"exact sigmoid":    {two(func(j *Job) { j.Train.Sigmoid = ExactSigmoid }), 2e-4},
		"ranges": {two(func(j *Job) {
			j.Data.Standardise = StandardiseRanges
			j.Data.Ranges = map[string][2]float64{"age": {0, 120}, "income": {0, 1e5}, "score": {-5, 5}}
		}), 2e-4},
	}
}

// The model of a run is that of float64 on all rows in one place, on both engines,
// for jobs of every kind; its coefficients in original units say the same of a row.
func TestRunTrainsWhatFloat64Would(t *testing.T) {
	for name, tc := range jobs(t) {
		t.Run(name, func(t *testing.T) {
			w, mean, scale := float64Model(t, tc.job)
			d := len(mean)
			on(t, func(t *testing.T, engine string) {
				m := runJob(t, tc.job, engine).Model
				requireClose(t, append(append([]float64{}, w[:d]...), w[len(w)-1]), m.weights(), tc.within, "weights")
				requireClose(t, mean, m.Standardiser.Mean, 1e-9*1e5, "mean")
				requireClose(t, scale, m.Standardiser.Scale, 1e-9*1e5, "scale")
				require.Len(t, m.SiteIntercepts, len(w)-d-1)
				for i, o := range tc.job.Data.Owners[:len(w)-d-1] {
					require.InDelta(t, w[d+i], m.SiteIntercepts[o.Name], tc.within)
				}
				requireSameLogits(t, tc.job, m)
			})
		})
	}
}

// requireSameLogits compares the model in original units with the one for
// standardised features, on the rows of every owner.
func requireSameLogits(t *testing.T, j *Job, m *Model) {
	t.Helper()
	require.Equal(t, []string{"age", "income", "score"}, m.Features)
	require.Equal(t, "sick", m.Target)
	require.Equal(t, LogisticRegression, m.Kind)
	for _, o := range j.Data.Owners {
		table, err := datasets.OpenCSV(j.Path(o.File), j.Data.Target)
		require.NoError(t, err)
		got := m.Logits(table.X, o.Name)
		for i := range got {
			z := m.Standardised.Intercept + m.SiteIntercepts[o.Name]
			for k, v := range table.X.Row(i).Data() {
				z += m.Standardised.Coefficients[k] * (v - m.Standardiser.Mean[k]) / m.Standardiser.Scale[k]
			}
			require.InDelta(t, z, got[i], 1e-9)
		}
	}
}

// Without standardising, features of any size up to the limit are taken as they
// are.
func TestRunWithoutStandardising(t *testing.T) {
	rows := somePeople(1, 60)
	for _, row := range rows {
		row[0], row[1] = row[0]/40, row[1]/1e5
	}
	j := newTestJob(t, rows[:35], rows[35:])
	j.Data.Standardise = StandardiseNone
	require.Zero(t, j.training(3, 9).MeanSquare, "nothing is known of the features")
	w, _, _ := float64Model(t, j)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		requireClose(t, w, r.Model.weights(), 2e-4, "weights")
		require.Equal(t, r.Model.Standardised.Coefficients, r.Model.Coefficients)
		require.Equal(t, []float64{1, 1, 1}, r.Model.Standardiser.Scale)
		for _, a := range r.Audit {
			require.NotEqual(t, RevealStandardiser, a.What)
		}
	})
}

// With exact rounding the engines agree to the last bit of the model.
func TestEnginesAgreeToTheBit(t *testing.T) {
	for _, sigmoid := range []Sigmoid{Minimax3, Minimax5, Minimax7, ExactSigmoid} {
		j := twoOwners(t)
		j.Number.Rounding, j.Train.Sigmoid, j.Data.SiteIntercepts = ExactRounding, sigmoid, true
		secure, inClear := runJob(t, j, EngineSecure), runJob(t, j, EngineClear)
		require.Equal(t, inClear.Model, secure.Model)
		require.Equal(t, inClear.Metrics, secure.Metrics)
		require.Equal(t, inClear.JobHash, secure.JobHash)
	}
}

// A column with one value is told of, stays 0 and hurts nobody.
func TestConstantColumn(t *testing.T) {
	north, south := somePeople(1, 40), somePeople(2, 30)
	for _, row := range append(append(people{}, north...), south...) {
		row[1] = 1234.5
	}
	j := newTestJob(t, north, south)
	w, _, _ := float64Model(t, j)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Contains(t, r.Warnings, `feature "income" has the same value in all training rows: its coefficient stays 0`)
		require.Zero(t, r.Model.Coefficients[1])
		require.Zero(t, r.Model.Standardised.Coefficients[1])
		requireClose(t, w, r.Model.weights(), 2e-4, "weights")
	})
}

// A column that is constant at one owner only is an ordinary column.
func TestColumnConstantAtOneOwner(t *testing.T) {
	north := somePeople(1, 40)
	for _, row := range north {
		row[1] = 1234.5
	}
	j := newTestJob(t, north, somePeople(2, 30))
	j.Data.Owners[0].TestFraction, j.Data.Owners[1].TestFraction = .2, .2
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.NotZero(t, r.Model.Coefficients[1])
		require.NotContains(t, strings.Join(r.Warnings, "\n"), "the same value")
		require.NotNil(t, r.Metrics.Owners["north"].Alone)
	})
}

// Owners who have one class only take part; alone, such an owner learns a constant.
func TestOwnersWithOneClass(t *testing.T) {
	healthy, sick := somePeople(1, 40), somePeople(2, 30)
	for _, row := range healthy {
		row[3] = 0
	}
	for _, row := range sick {
		row[3] = 1
	}
	j := newTestJob(t, healthy, sick)
	j.Data.Owners[0].TestFraction, j.Data.Owners[1].TestFraction = .25, .25
	w, _, _ := float64Model(t, j)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		requireClose(t, w, r.Model.weights(), 2e-4, "weights")
		require.Nil(t, r.Metrics.Owners["north"].Joint.AUC, "one class has no AUC")
		require.NotNil(t, r.Metrics.Test.AUC, "the rows of both have")
		require.Equal(t, 1., r.Metrics.Owners["south"].Alone.Accuracy)
	})
}
