package parties

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// startOf trains the job in the clear and writes its model.json.
func startOf(t *testing.T, j *Job) *Start {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, WriteOutput(out, j, runJob(t, j, EngineClear)))
	return &Start{File: filepath.Join(out, FileModel)}
}

// A model that does not fit the rows or the layers of the job is refused, unless
// the layers in question are not taken.
func TestStartOfAnotherTraining(t *testing.T) {
	base := networkOfPeople(t)
	base.Train.Epochs = 1
	file := startOf(t, base).File
	for name, c := range map[string]struct {
		change func(t *testing.T, j *Job)
		want   string
		only   []string // with which it fits
	}{
		"as it is": {func(*testing.T, *Job) {}, "", nil},
		"feature renamed": {
			func(t *testing.T, j *Job) { columns(t, j, "age", "wages", "score", "sick") },
			`model.json is "income", and that of the rows is "wages"`,
			[]string{"linear2"},
		},
		"features swapped": {
			func(t *testing.T, j *Job) { columns(t, j, "income", "age", "score", "sick") },
			`feature 1 of`,
			[]string{"linear2"},
		},
		"features of the job": {
			func(t *testing.T, j *Job) {
				columns(t, j, "a", "b", "c", "sick")
				j.Data.Features = []string{"a", "b", "c"}
			}, `is "age", and that of the rows is "a"`, []string{"linear2"},
		},
		"another target": {
			func(t *testing.T, j *Job) {
				columns(t, j, "age", "income", "score", "ill")
				j.Data.Target = "ill"
			}, `data.target is "ill", and `, []string{"linear1"},
		},
		"not scaled": {
			func(t *testing.T, j *Job) {
				j.Data.Standardise, j.Reveal = StandardiseNone, nil
				rewrite(t, j, func(rows [][]string) {
					for _, row := range rows[1:] {
						row[0], row[1] = "0."+row[0], "0."+row[1] // small enough as they are
					}
				})
			}, "data.standardise is none, and ", []string{"linear2"},
		},
		"another activation": {
			func(t *testing.T, j *Job) { j.Layers[1] = layerOf(t, "tanh") },
			"tanh1 stands where " + file + " has relu1",
			[]string{"linear1"},
		},
		"another option": {
			func(t *testing.T, j *Job) { j.Layers[1] = layerOf(t, "leaky_relu") },
			"leaky_relu1 stands where " + file + " has relu1",
			[]string{"linear1"},
		},
		"a layer more": {
			func(t *testing.T, j *Job) {
				j.Layers = append(Layers{j.Layers[0], layerOf(t, "sigmoid")}, j.Layers[1:]...)
			},
			"sigmoid1 stands where " + file + " has relu1",
			[]string{"linear1"},
		},
		"dropout and init may differ": {
			func(t *testing.T, j *Job) {
				j.Layers = Layers{layerOf(t, "linear", "out", 6, "init", 2), layerOf(t, "dropout"), j.Layers[1], j.Layers[2]}
			}, "", nil,
		},
		"sites": {
			func(_ *testing.T, j *Job) { j.Data.SiteIntercepts = true }, "data.site_intercepts is true, and " + file + " was trained with false", []string{"linear2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := networkOfPeople(t)
			j.Train.Epochs = 1
			c.change(t, j)
			j.Start = &Start{File: file}
			_, err := Local(t.Context(), j, Options{Engine: EngineClear})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			j.Start.Only = c.only
			runJob(t, j, EngineClear)
		})
	}
}

// The options of a layer are compared, too, and the names of sites.
func TestStartComparesOptionsAndSites(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.Epochs, j.Data.SiteIntercepts = 1, true
	j.Layers[1] = layerOf(t, "leaky_relu")
	j.Start = startOf(t, j)
	runJob(t, j, EngineClear)
	j.Layers[1].Options["slope"] = .5
	require.ErrorContains(t, second(t, j), "leaky_relu1 has slope: 0.5, and in "+j.Start.File+" 0.01")
	j.Layers[1].Options["slope"] = .01
	j.Data.Owners[0].Name = "west"
	j.Reveal = nil
	require.ErrorContains(t, second(t, j), `has the sites ["north" "south"], and the job ["west" "south"], want the same in the same order`)
}

func second(t *testing.T, j *Job) error {
	_, err := Local(t.Context(), j, Options{Engine: EngineClear})
	return err
}

// Images of another scale are not what a network was trained on.
func TestStartOnOtherImages(t *testing.T) {
	j := loadExample(t, "mnist/small.yaml", 1)
	j.Start = startOf(t, j)
	runJob(t, j, EngineClear)
	j.Data.Standardise = StandardisePixels
	require.ErrorContains(t, second(t, j), fmt.Sprintf("data.standardise is pixels, and %s was trained on pixels of mean 0 and deviation 1", j.Start.File))
	j.Start.Only = []string{"linear2"}
	runJob(t, j, EngineClear)
}

// Softmax regression goes on from itself, and is a layer that a network can go on
// from.
func TestStartOfSoftmaxRegression(t *testing.T) {
	j := networkOfPeople(t)
	j.Model, j.Loss, j.Layers, j.Data.Classes = SoftmaxRegression, "", nil, 2
	first := runJob(t, j, EngineClear).Model.Network.Params[0].Data
	require.Greater(t, math.Abs(first[0]), .1, "not where it begins without a file")
	j.Start = startOf(t, j)
	j.Train.Epochs, j.Train.LearningRate = 1, .001
	requireClose(t, first, runJob(t, j, EngineSecure).Model.Network.Params[0].Data, .01, "weights that hardly move")

	next := networkOfPeople(t)
	next.Start, next.Layers, next.Loss, next.Data.Classes = j.Start, Layers{layerOf(t, "linear", "out", 2)}, SoftmaxCrossEntropy, 2
	runJob(t, next, EngineClear)
}

// columns gives the columns of all files of a job other names.
func columns(t *testing.T, j *Job, names ...string) {
	t.Helper()
	rewrite(t, j, func(rows [][]string) { rows[0] = names })
}

func rewrite(t *testing.T, j *Job, change func(rows [][]string)) {
	t.Helper()
	files := []string{j.Data.Test.File}
	for _, o := range j.Data.Owners {
		files = append(files, o.File)
	}
	for _, name := range files {
		f, err := os.Open(j.Path(name))
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		change(rows)
		f, err = os.Create(j.Path(name))
		require.NoError(t, err)
		require.NoError(t, csv.NewWriter(f).WriteAll(rows))
		require.NoError(t, f.Close())
	}
}
