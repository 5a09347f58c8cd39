package metrics_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// golden is one run of float64 SGD in testdata/golden_sgd.json: weights in
// standardised features, the intercept last, and the metrics of the exact
// sigmoid on the test rows.
type golden struct {
	Set     string             `json:"set"`
	Act     string             `json:"act"`
	Columns []string           `json:"columns"`
	Final   []float64          `json:"w_final"`
	Logits  []float64          `json:"test_logits_first5"`
	Test    map[string]float64 `json:"test"`
}

// TestGoldenRuns recomputes the logits and metrics of runs of another program
// on three sets of real data.
func TestGoldenRuns(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_sgd.json")
	require.NoError(t, err)
	var runs []golden
	require.NoError(t, json.Unmarshal(text, &runs))
	require.Len(t, runs, 6)
	for _, run := range runs {
		t.Run(run.Set+" "+run.Act, func(t *testing.T) {
			train, test := set(t, run.Set)
			logits := run.logits(t, train, test)
			require.InDeltaSlice(t, run.Logits, logits[:5], 1e-6)
			y := concat(test, func(t *datasets.Table) tensor.Dense { return t.Y })
			checkExact(t, run.Test, logits, y)
			checkCounted(t, run.Test, logits, y)
		})
	}
}

func checkExact(t *testing.T, want map[string]float64, logits, y []float64) {
	p := make([]float64, len(logits))
	for i, z := range logits {
		p[i] = metrics.Sigmoid(z)
	}
	m := metrics.Evaluate(p, y)
	require.InDelta(t, want["acc"], m.Accuracy, 1e-6)
	require.InDelta(t, want["auc"], *m.AUC, 1e-6)
	require.InDelta(t, want["ll"], m.LogLoss, 1e-6)
	require.InDelta(t, want["brier"], *m.Brier, 1e-6)
}

func checkCounted(t *testing.T, want map[string]float64, logits, y []float64) {
	c := metrics.NewCounts(logits, y)
	m, err := c.Binary()
	require.NoError(t, err)
	require.InDelta(t, want["acc"], m.Accuracy, 1e-6)
	require.InDelta(t, want["auc"], *m.AUC, tiedShare(c)+1e-6)
	require.InDelta(t, want["auc"], *m.AUC, 5e-4)
	require.InDelta(t, want["ll"], m.LogLoss, 2e-6)
}

// logits returns the linear model on the test rows, standardised with the
// joint statistics of the training tables.
func (run golden) logits(t *testing.T, train, test []*datasets.Table) []float64 {
	d := len(run.Columns) - 1
	require.Equal(t, run.Columns[:d], train[0].Features)
	var total datasets.Sums
	for i, part := range train {
		s := datasets.SumsOf(part)
		if i == 0 {
			total = s
			continue
		}
		total.Rows += s.Rows
		datasets.AddSums(total.Words, s.Words)
	}
	st, err := datasets.FromSums(train[0].Features, total)
	require.NoError(t, err)
	var logits []float64
	for _, part := range test {
		x := st.Apply(part.X)
		for i := range part.Rows() {
			z := run.Final[d]
			for j, v := range x.Row(i).Data() {
				z += run.Final[j] * v
			}
			logits = append(logits, z)
		}
	}
	return logits
}

func set(t *testing.T, name string) (train, test []*datasets.Table) {
	if name == "heart4" {
		for _, hospital := range datasets.Heart() {
			train, test = append(train, hospital.Train), append(test, hospital.Test)
		}
		return train, test
	}
	open := func(file string) *datasets.Table {
		table, err := datasets.OpenCSV("../../examples/"+name+"/"+file, "target")
		require.NoError(t, err)
		return table
	}
	return []*datasets.Table{open("north.csv"), open("south.csv")}, []*datasets.Table{open("test.csv")}
}

func concat(tables []*datasets.Table, part func(*datasets.Table) tensor.Dense) []float64 {
	var all []float64
	for _, table := range tables {
		all = slices.Concat(all, part(table).Data())
	}
	return all
}
