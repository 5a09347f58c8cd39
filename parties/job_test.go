package parties

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const smallest = `name: wdbc
data:
  target: target
  owners:
    - {name: north, file: north.csv}
    - {name: south, file: south.csv}
  test: {file: test.csv}
model: logistic_regression
train: {epochs: 10, batch: 128, learning_rate: 0.1, momentum: 0.9, l2: 0.001}
`

func parseJob(t *testing.T, text string) *Job {
	j, err := ParseJob("dir/job.yaml", []byte(text))
	require.NoError(t, err)
	return j
}

func TestSmallestJobHasTheDocumentedDefaults(t *testing.T) {
	j := parseJob(t, smallest)
	both := Audience{"north", "south"}
	want := &Job{
		Version: 1, Name: "wdbc", Model: "logistic_regression", Security: "semi-honest",
		Data: Data{
			Target:      "target",
			Owners:      []Owner{{Name: "north", File: "north.csv"}, {Name: "south", File: "south.csv"}},
			Test:        &TestFile{"test.csv"},
			Standardise: "joint",
		},
		Train: Train{
			Epochs: 10, Batch: 128, LearningRate: 0.1, Momentum: 0.9, L2: 0.001,
			Seed: 1, Shuffle: true, Sigmoid: "minimax5",
		},
		Number: Number{FractionBits: 16, Rounding: "stochastic"},
		Reveal: []Reveal{
			{"model/final", both},
			{"metrics/test", Audience{"all"}},
			{"data/standardiser", both},
			{"train/overflow", Audience{"all"}},
		},
		Dir: "dir", src: j.src,
	}
	require.Equal(t, want, j)
}

func TestDefaultsWhenKeysAreLeftOut(t *testing.T) {
	text, _, _ := strings.Cut(smallest, "model:")
	require.Equal(t, parseJob(t, smallest).Canonical(), parseJob(t, text).Canonical())
}

func TestEveryKeyIsRead(t *testing.T) {
	j := parseJob(t, `
version: 1
name: 2024 Heart.study_a-b
data:
  target: 12
  owners:
    - {name: Zürich, file: a.csv, test: b.csv}
    - name: 7
      file: c.csv
      test_fraction: 0.25
  standardise: ranges
  ranges: {age: [0, 1.1e2], "a.b[0]": [-1, 1]}
  site_intercepts: true
train: {epochs: 3, batch: 8, learning_rate: 1, momentum: 0, l2: 0, seed: 18446744073709551615, shuffle: false, sigmoid: exact}
number: {fraction_bits: 18, rounding: exact}
reveal:
  - {what: model/final, to: Zürich}
`)
	require.Equal(t, Data{
		Target: "12", Standardise: StandardiseRanges, SiteIntercepts: true,
		Owners: []Owner{{Name: "Zürich", File: "a.csv", Test: "b.csv"}, {Name: "7", File: "c.csv", TestFraction: 0.25}},
		Ranges: map[string][2]float64{"age": {0, 110}, "a.b[0]": {-1, 1}},
	}, j.Data)
	require.Equal(t, Train{Epochs: 3, Batch: 8, LearningRate: 1, Seed: 1<<64 - 1, Sigmoid: ExactSigmoid}, j.Train)
	require.Equal(t, Number{18, ExactRounding, 0}, j.Number)
	require.Equal(t, []Reveal{{RevealModel, Audience{"Zürich"}}, {RevealOverflow, Everyone()}}, j.Reveal)
	require.Nil(t, j.Audience(RevealMetrics), "the user's list replaces the defaults")
}

// The canonical bytes are a job file that loads to the same bytes, so the file
// that a run leaves behind is enough to check its hash.
func TestCanonicalIsAFixedPoint(t *testing.T) {
	for _, extra := range []string{"", "number: {rounding: exact}\n", "reveal: [{what: model/final, to: [south]}]\n"} {
		canonical := parseJob(t, smallest+extra).Canonical()
		require.Equal(t, string(canonical), string(parseJob(t, string(canonical)).Canonical()))
	}
}

func TestNumbersInEveryNotation(t *testing.T) {
	for text, want := range map[string]float64{
		"1e-9": 1e-9, "2E+1": 20, "2.5e-7": 2.5e-7, "1": 1, "0.5": 0.5, ".5": 0.5, "5.": 5, "1000000000000000000000000": 1e24,
	} {
		j := parseJob(t, strings.Replace(strings.Replace(smallest, "0.001", "0", 1), "0.1", text, 1))
		require.Equal(t, want, j.Train.LearningRate, text)
		require.Equal(t, string(j.Canonical()), string(parseJob(t, string(j.Canonical())).Canonical()))
	}
}

func TestHashIsKnown(t *testing.T) {
	hash := parseJob(t, smallest).Hash()
	// A new value here means that servers of the last version refuse this job.
	require.Equal(t, "2325a0baeeea80f6163b49bbe3ba0d4a4ebabbb7ff29e22be363b91419979e7d", hex.EncodeToString(hash[:]))
}

func TestHashIgnoresSpellingOnly(t *testing.T) {
	base := parseJob(t, smallest+"reveal:\n- {what: metrics/test, to: all}\n- {what: model/final, to: [north, south]}\n")
	same := parseJob(t, "\ufeff# a comment\r\n"+strings.ReplaceAll(smallest, "\n", "\r\n")+
		"reveal:\r\n- {to: [south, north], what: model/final}\r\n- {what: metrics/test, to: all}\r\n")
	require.Equal(t, base.Hash(), same.Hash())
	for _, change := range [][2]string{
		{"epochs: 10", "epochs: 11"},
		{"north.csv", "nort.csv"},
		{"0.001", "0.0010000000000000002"},
		{"target: target", "target: Target"},
		{"train: {", "train: {seed: 2, "},
		{"name: south", "name: east"},
	} {
		require.Contains(t, smallest, change[0])
		other := parseJob(t, strings.Replace(smallest, change[0], change[1], 1))
		require.NotEqual(t, parseJob(t, smallest).Hash(), other.Hash(), "%v", change)
	}
}

func TestNewJobIsTheSameAsAFile(t *testing.T) {
	j := NewJob()
	j.Name = "wdbc"
	j.Data.Target = "target"
	j.Data.Owners = []Owner{{Name: "north", File: "north.csv"}, {Name: "south", File: "south.csv"}}
	j.Data.Test = &TestFile{"test.csv"}
	require.NoError(t, j.Check())
	require.Equal(t, parseJob(t, smallest).Hash(), j.Hash())
	require.NoError(t, j.Check(), "a checked job can be checked again")
	require.Equal(t, parseJob(t, smallest).Hash(), j.Hash())
	j.Train.Epochs = 0
	require.EqualError(t, j.Check(), "train.epochs is 0, want 1 or more")
}

func TestCheckRows(t *testing.T) {
	require.NoError(t, parseJob(t, smallest).CheckRows(1))
	j := parseJob(t, strings.Replace(smallest, "epochs: 10", "early_stop: {fraction: 0.01}", 1))
	require.NoError(t, j.CheckRows(1000))
	require.EqualError(t, j.CheckRows(2),
		"dir/job.yaml:9:21: train.early_stop.fraction of 2 rows is 0, want at least one on either side\n"+
			"    9 | train: {early_stop: {fraction: 0.01}, batch: 128, learning_rate: 0.1, momentum: 0.9, l2: 0.001}\n"+
			"      |                     ^")
}

func TestErrorAtFindsTheNearestPlace(t *testing.T) {
	j := parseJob(t, smallest)
	for path, want := range map[string]string{
		"data.owners[1].file": "6:27", "$.data.owners[1].file": "6:27", "data.owners[1].test": "6:7",
		"data.owners[7]": "5:5", "train.seed": "9:8", "nothing": "1:1", "": "1:1",
	} {
		e := j.ErrorAt(path, "x is %d", 3)
		require.Equal(t, want, fmt.Sprintf("%d:%d", e.Line, e.Column), path)
		require.Equal(t, "x is 3", e.Msg)
	}
	require.EqualError(t, NewJob().ErrorAt("train", "no file"), "no file")
}

func TestLoadJobThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	_, err := LoadJob(filepath.Join(dir, "job.yaml"))
	require.ErrorContains(t, err, "job.yaml: cannot read the job file: ")
	_, err = LoadJob(dir)
	require.ErrorContains(t, err, "is a folder, want a job file")
	big := filepath.Join(dir, "big")
	require.NoError(t, os.WriteFile(big, make([]byte, maxJobFile+1), 0o600))
	_, err = LoadJob(big)
	require.ErrorContains(t, err, "larger than 256 KiB")
	_, err = ParseJob("job.yaml", []byte("name: \xff"))
	require.EqualError(t, err, "job.yaml: is not UTF-8 text, so it is no job file")
}

func TestFilesAreRelativeToTheJobFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("job.yaml", smallest)
	write("north.csv", "")
	write("south.csv", "")
	j, err := LoadJob(filepath.Join(dir, "job.yaml"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "north.csv"), j.Path("north.csv"))
	require.Equal(t, filepath.Join(dir, "north.csv"), j.Path(filepath.Join(dir, "north.csv")))
	require.ErrorContains(t, j.CheckFiles(), ":7:16: no such file: "+filepath.Join(dir, "test.csv"))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "test.csv"), 0o700))
	require.ErrorContains(t, j.CheckFiles(), "is a folder, want a CSV file")
	require.NoError(t, os.Remove(filepath.Join(dir, "test.csv")))
	write("test.csv", "")
	require.NoError(t, j.CheckFiles())
}

func TestExplainAndWarnings(t *testing.T) {
	j := parseJob(t, smallest)
	require.Equal(t, []string{
		"model/final: coefficients and intercept of the joint model, to every owner",
		"metrics/test: accuracy, AUC, log-loss, rows and positives of the joint model on test rows, to all, servers too",
		"data/standardiser: mean and standard deviation of each feature, to every owner",
		"with two owners, each can work out the other's mean and deviation from it",
		"train/overflow: at most a bit per epoch, did a value leave its range, to all, servers too",
		"nothing else is opened: rows, and all that is computed from them, stay secret-shared",
		"known to all beforehand: this job, the column names, how many rows each owner has",
	}, j.Explain())
	require.Empty(t, j.Warnings())
	odd := parseJob(t, strings.Replace(smallest, "south.csv", "north.csv", 1))
	require.Equal(t, []string{
		"owners north and south have the same file north.csv",
	}, odd.Warnings())
	one := parseJob(t, "name: x\ndata: {target: y, owners: [{name: a, file: b}]}")
	require.Equal(t, []string{"only one owner: there is nobody to keep its rows secret from"}, one.Warnings())
}

// Whatever the bytes, a job is either loaded or refused, never both or neither.
func FuzzParseJob(f *testing.F) {
	f.Add(smallest)
	f.Add("---\na: |\n  x\n...\n&a [*a, !!str x, ? k : v]\n")
	f.Add("name: 'x'\ndata: {target: y, standardise: ranges, ranges: {a: [1, 2]}}\nreveal: [{to: all}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		j, err := ParseJob("job.yaml", []byte(text))
		if (j == nil) == (err == nil) {
			t.Fatalf("job %v and error %v", j, err)
		}
		if j != nil {
			require.Equal(t, j.Canonical(), parseJob(t, string(j.Canonical())).Canonical())
		}
	})
}
