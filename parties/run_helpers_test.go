package parties

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// people is a table in units of different sizes; the last column is the target.
type people [][]float64

const peopleHeader = "age,income,score,sick"

// somePeople draws n rows for which sickness depends on age and score.
func somePeople(seed uint64, n int) people {
	r := rand.New(rand.NewPCG(seed, 11))
	rows := make(people, n)
	for i := range rows {
		age, income, score := 20+60*r.Float64(), 1e5*r.Float64(), r.NormFloat64()
		rows[i] = []float64{math.Round(age), math.Round(income), math.Round(1000*score) / 1000, 0}
		if r.Float64() < 1/(1+math.Exp(-(age-50)/10-score)) {
			rows[i][3] = 1
		}
	}
	return rows
}

// csv writes the table to dir.
func (p people) csv(t *testing.T, dir, name string) {
	t.Helper()
	writeCSV(t, dir, name, peopleHeader, p)
}

func writeCSV(t *testing.T, dir, name, header string, rows [][]float64) {
	t.Helper()
	lines := []string{header}
	for _, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

var ownerNames = []string{"north", "south", "east", "west"}

// newTestJob returns a small job of owners with these rows, and writes their files.
func newTestJob(t *testing.T, owners ...people) *Job {
	t.Helper()
	j := NewJob()
	j.Name, j.Dir, j.Data.Target = "people", t.TempDir(), "sick"
	j.Train.Epochs, j.Train.Batch = 3, 16
	for i, rows := range owners {
		file := ownerNames[i] + ".csv"
		rows.csv(t, j.Dir, file)
		j.Data.Owners = append(j.Data.Owners, Owner{Name: ownerNames[i], File: file})
	}
	return j
}

// twoOwners is the job of most tests: 40 and 30 rows, and common test rows.
func twoOwners(t *testing.T) *Job {
	t.Helper()
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 30))
	somePeople(9, 50).csv(t, j.Dir, "test.csv")
	j.Data.Test = &TestFile{File: "test.csv"}
	return j
}

// runJob runs a job that must not fail.
func runJob(t *testing.T, j *Job, engine string) *Result {
	t.Helper()
	r, err := Local(t.Context(), j, Options{Engine: engine})
	require.NoError(t, err)
	return r
}

// insideRun runs a job that must not fail and returns the run, to look at what
// each side holds.
func insideRun(t *testing.T, j *Job, opt Options) *run {
	t.Helper()
	r, err := newRun(j, opt)
	require.NoError(t, err)
	require.NoError(t, r.load())
	ctx, cancel := contextWithCause(t)
	require.NoError(t, r.all(ctx, cancel))
	return r
}

// on runs a test on both engines.
func on(t *testing.T, test func(t *testing.T, engine string)) {
	for _, engine := range []string{EngineSecure, EngineClear} {
		t.Run(engine, func(t *testing.T) { test(t, engine) })
	}
}

// weights are the coefficients for standardised features and the intercept, as
// trained.
func (m *Model) weights() []float64 {
	return append(append([]float64{}, m.Standardised.Coefficients...), m.Standardised.Intercept)
}

func requireClose(t *testing.T, want, got []float64, within float64, format string, args ...any) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], within, "%d: %s", i, fmt.Sprintf(format, args...))
	}
}
