package parties

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/train"
)

// TestRunRefuses runs jobs that cannot work: each gets an error that says what,
// where and how to mend it, and no result.
func TestRunRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(t *testing.T, j *Job)
		want   []string
	}{
		"missing file": {func(_ *testing.T, j *Job) { j.Data.Owners[1].File = "west.csv" }, []string{"no such file", "west.csv"}},
		"other name": {func(t *testing.T, j *Job) {
			writeCSV(t, j.Dir, "south.csv", "age,wage,score,sick", somePeople(2, 30))
		}, []string{"north.csv and ", "south.csv have different columns", `"wage"`, `"income"`}},
		"other order": {func(t *testing.T, j *Job) {
			writeCSV(t, j.Dir, "south.csv", "income,age,score,sick", somePeople(2, 30))
		}, []string{"different columns", `"income"`}},
		"one more column": {func(t *testing.T, j *Job) {
			writeCSV(t, j.Dir, "south.csv", "age,income,score,more,sick", [][]float64{{1, 2, 3, 4, 1}})
		}, []string{"different columns", `"more"`}},
		"test file with other columns": {func(t *testing.T, j *Job) {
			writeCSV(t, j.Dir, "test.csv", "age,income,score2,sick", somePeople(2, 30))
		}, []string{"test.csv have different columns", `"score2"`}},
		"no target": {func(_ *testing.T, j *Job) { j.Data.Target = "ill" }, []string{"north.csv", `"ill"`}},
		"too few rows to keep some out": {func(_ *testing.T, j *Job) { j.Train.EarlyStop = &EarlyStop{Fraction: 1e-9} }, []string{
			"train.early_stop.fraction of 70 rows is 0, want at least one on either side",
		}},
		"absurd rate": {func(_ *testing.T, j *Job) { j.Train.LearningRate = 30 }, []string{"learning rate 30", "use at most 25.5"}},
		"batch too large for the rate": {func(_ *testing.T, j *Job) {
			j.Train.Batch, j.Train.LearningRate, j.Data.Standardise = 70, 2e-7, StandardiseNone
		}, []string{"too small"}},
		"metrics of a model that nobody gets": {func(_ *testing.T, j *Job) {
			j.Reveal = []Reveal{{RevealMetrics, Everyone()}}
		}, []string{"reveal does not name model/final"}},
		"fraction of all rows": {func(_ *testing.T, j *Job) { j.Data.Test, j.Data.Owners[1].TestFraction = nil, .9999 }, []string{"owner south", "leaves no training rows"}},
		"range of another feature": {func(_ *testing.T, j *Job) {
			j.Data.Standardise, j.Data.Ranges = StandardiseRanges, map[string][2]float64{"age": {0, 120}, "incomes": {0, 1}, "score": {-5, 5}}
		}, []string{`no range for feature "income"`}},
		"cell out of its range": {func(_ *testing.T, j *Job) {
			j.Data.Standardise, j.Data.Ranges = StandardiseRanges, map[string][2]float64{"age": {0, 40}, "income": {0, 1e5}, "score": {-5, 5}}
		}, []string{"north.csv:", `column 1 "age"`, "want 0 to 40 as agreed"}},
		"cell out of the fixed-point range": {func(_ *testing.T, j *Job) { j.Data.Standardise = StandardiseNone }, []string{
			`csv:2: column 2 "income"`, "outside the fixed-point range (its norm is not below 256)", "data.standardise: joint",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, engine string) {
				j := twoOwners(t)
				tc.change(t, j)
				r, err := Local(t.Context(), j, Options{Engine: engine})
				require.Nil(t, r)
				for _, want := range tc.want {
					require.ErrorContains(t, err, want)
				}
			})
		})
	}
}

func TestUnknownEngineIsRefused(t *testing.T) {
	_, err := Local(t.Context(), twoOwners(t), Options{Engine: "aby3"})
	require.EqualError(t, err, `got engine "aby3", want rss3 or clear`)
}

// Bad cells are refused with their place before anything is shared.
func TestBadCellsAreRefused(t *testing.T) {
	for cell, want := range map[string]string{
		"":         `south.csv:3: column 2 "income": missing cell`,
		"much":     `south.csv:3: column 2 "income": got "much", want a number`,
		"NaN":      `want a finite number`,
		"-inf":     `want a finite number`,
		"1,2":      `south.csv:3: 5 cells, want 4`,
		"1e300":    `want a magnitude of at most`,
		"1 \n2,,,": `south.csv`,
	} {
		j := twoOwners(t)
		text := "age,income,score,sick\n1,2,3,1\n1," + cell + ",3,1\n"
		require.NoError(t, os.WriteFile(filepath.Join(j.Dir, "south.csv"), []byte(text), 0o600))
		_, err := Local(t.Context(), j, Options{})
		require.ErrorContains(t, err, want)
		_, isParse := err.(*datasets.ParseError)
		require.True(t, isParse, "%T", err)
	}
}

// diverging is a job whose numbers leave the range.
func diverging(t *testing.T) *Job {
	t.Helper()
	j := twoOwners(t)
	j.Data.Standardise = StandardiseNone
	for _, file := range []string{"north.csv", "south.csv", "test.csv"} {
		rows := somePeople(uint64(len(file)), 40)
		for _, row := range rows {
			row[1] /= 1000
		}
		rows.csv(t, j.Dir, file)
	}
	j.Train.LearningRate, j.Train.Momentum, j.Train.Epochs = 200, 0, 20
	return j
}

// Divergence is an error that says what to change, on both engines; there is no
// result to write. The clear engine tells where it began, in few words.
func TestDivergence(t *testing.T) {
	on(t, func(t *testing.T, engine string) {
		var warnings []string
		r, err := Local(t.Context(), diverging(t), Options{Engine: engine, OnEvent: func(e Event) {
			if e.Kind == EventWarning {
				warnings = append(warnings, e.Message)
			}
		}})
		require.Nil(t, r)
		require.ErrorIs(t, err, train.ErrDiverged)
		require.ErrorContains(t, err, "no model was written: lower train.learning_rate (now 200)")
		if engine == EngineClear {
			require.Len(t, warnings, rangeWarnings+1)
			require.Regexp(t, `^fixed-point range: epoch 1/step \d+/linear: matrix product: \d+ numbers up to 2\^\d+\.\d, want below 2\^62$`, warnings[0])
			require.Regexp(t, `^fixed-point range: and \d+ operations more$`, warnings[rangeWarnings])
		}
	})
}

// An owner whose own rows alone diverge is told so; the joint run goes on.
func TestDivergenceAlone(t *testing.T) {
	north := somePeople(1, 4)
	for i, row := range north {
		row[0], row[1], row[2], row[3] = float64(250*(i%2)), 0, 0, float64(i/2)
	}
	south := somePeople(2, 600)
	for _, row := range south {
		row[0], row[1] = row[0]/100, row[1]/1e5
	}
	j := newTestJob(t, north, south)
	somePeople(9, 20).csv(t, j.Dir, "test.csv")
	j.Data.Test = &TestFile{File: "test.csv"}
	j.Data.Standardise, j.Train.Batch, j.Train.LearningRate, j.Train.Momentum, j.Train.Epochs = StandardiseNone, 604, 2, 0, 5
	r := runJob(t, j, EngineSecure)
	require.Nil(t, r.Metrics.Owners["north"].Alone)
	require.NotNil(t, r.Metrics.Owners["south"].Alone)
	require.True(t, strings.Contains(strings.Join(r.Warnings, "\n"), "owner north: training on its own rows alone diverges"), r.Warnings)
}
