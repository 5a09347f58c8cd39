package parties

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// loadExample loads an example job, with other numbers of epochs if they are not 0.
func loadExample(t *testing.T, file string, epochs int) *Job {
	t.Helper()
	j, err := LoadJob(filepath.FromSlash("../examples/" + file))
	require.NoError(t, err)
	if epochs > 0 {
		j.Train.Epochs = epochs
	}
	return j
}

// The hashes of jobs that were agreed before there were networks.
func TestHashesOfEarlierJobsStay(t *testing.T) {
	for name, want := range map[string]string{
		"heart": "b539fea367546b69ec722462442c510cde7a631e2cf692851d2e97ca55185e2e",
		"wdbc":  "2325a0baeeea80f6163b49bbe3ba0d4a4ebabbb7ff29e22be363b91419979e7d",
		"pima":  "7aad7b2267f847b1927d64bbb62ddb44b8b2e3aefb9da83c06cd117daf323819",
	} {
		hash := loadExample(t, name+"/job.yaml", 0).Hash()
		require.Equal(t, want, hex.EncodeToString(hash[:]), name)
	}
}

// Every example is a job whose canonical bytes load to the same bytes.
func TestExamplesAreFixedPoints(t *testing.T) {
	files, err := filepath.Glob("../examples/*/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(files), 8)
	for _, file := range files {
		j, err := LoadJob(file)
		require.NoError(t, err)
		again, err := ParseJob(file+".json", j.Canonical())
		require.NoError(t, err, file)
		require.Equal(t, string(j.Canonical()), string(again.Canonical()), file)
	}
}

// Softmax regression of three species: pooled metrics are those of the model that
// came out, and both engines agree.
func TestSoftmaxRegression(t *testing.T) {
	j := loadExample(t, "iris/job.yaml", 0)
	test, err := datasets.OpenCSV(j.Path("test.csv"), "species", datasets.Classes(3))
	require.NoError(t, err)
	outputs := map[string][]float64{}
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Empty(t, r.Warnings)
		outputs[engine] = r.Model.Outputs(test.X, "")
		want := metrics.EvaluateClasses(outputs[engine], test.Y.Data(), 3)
		require.Equal(t, classScore(want), r.Metrics.Owners["north"].Joint)
		require.Equal(t, want.Confusion, r.Metrics.Test.Confusion)
		require.InDelta(t, want.LogLoss, r.Metrics.Test.LogLoss, 1e-6)
		require.GreaterOrEqual(t, want.Accuracy, 31./32)
		require.NotNil(t, r.Metrics.Owners["south"].Alone)
	})
	requireClose(t, outputs[EngineClear], outputs[EngineSecure], 2e-3, "logits")
}

// Ridge regression comes close to the solution of its normal equations, in the
// original units, with an intercept for each site.
func TestLinearRegression(t *testing.T) {
	j := loadExample(t, "regression/job.yaml", 300)
	j.Train.LearningRate, j.Train.Batch, j.Data.SiteIntercepts = .1, 673, false // all rows: no noise of batches
	want := ridge(t, j)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		got := append(append([]float64{}, r.Model.Standardised.Coefficients...), r.Model.Standardised.Intercept)
		requireClose(t, want, got, 1e-3, "standardised coefficients")
		var v, y []float64
		for _, o := range j.Data.Owners {
			test, err := datasets.OpenCSV(j.Path(o.Test), "thalach", datasets.RealTarget())
			require.NoError(t, err)
			out := r.Model.Outputs(test.X, o.Name)
			require.Equal(t, numberScore(metrics.EvaluateNumbers(out, test.Y.Data())), r.Metrics.Owners[o.Name].Joint)
			v, y = append(v, out...), append(y, test.Y.Data()...)
		}
		pooled := metrics.EvaluateNumbers(v, y)
		require.InDelta(t, *pooled.R2, *r.Metrics.Test.Numbers.R2, 1e-6)
		require.InDelta(t, pooled.RMSE, r.Metrics.Test.Numbers.RMSE, 1e-4)
		require.InDelta(t, pooled.MAE, r.Metrics.Test.Numbers.MAE, 1e-4)
		require.Greater(t, *pooled.R2, .25)
	})
}

// ridge solves (ZᵀZ/n + l2/2)·w = Zᵀu/n for standardised rows Z and targets u, whose
// means are 0, by elimination: half the gradient of the mean of (Z·w − u)², with
// l2·w added to the whole. The intercept, last, is 0.
func ridge(t *testing.T, j *Job) []float64 {
	var total datasets.Sums
	var tables []*datasets.Table
	for i, o := range j.Data.Owners {
		table, err := datasets.OpenCSV(j.Path(o.File), "thalach", datasets.RealTarget())
		require.NoError(t, err)
		tables = append(tables, table.WithTarget())
		s := datasets.SumsOf(tables[i])
		if i == 0 {
			total = s
			continue
		}
		total.Rows += s.Rows
		datasets.AddSums(total.Words, s.Words)
	}
	st, err := datasets.FromSums(tables[0].Features, total)
	require.NoError(t, err)
	d := len(st.Features) - 1
	m := make([][]float64, d) // normal equations, the right side last
	for i := range m {
		m[i] = make([]float64, d+1)
		m[i][i] = j.Train.L2 / 2
	}
	for _, table := range tables {
		z := st.Apply(table.X)
		for r := range table.Rows() {
			row := z.Row(r).Data()
			for i := range d {
				for k := range d + 1 {
					m[i][k] += row[i] * row[k] / float64(total.Rows)
				}
			}
		}
	}
	return append(eliminate(m), 0)
}

func eliminate(m [][]float64) []float64 {
	for i := range m {
		for k := range m {
			if k == i {
				continue
			}
			f := m[k][i] / m[i][i]
			for c := range m[k] {
				m[k][c] -= f * m[i][c]
			}
		}
	}
	w := make([]float64, len(m))
	for i := range m {
		w[i] = m[i][len(m)] / m[i][i]
	}
	return w
}

// A network on the embedded images: it learns, both engines agree, and the model
// in JSON holds all that is needed to use it.
func TestNetworkOnImages(t *testing.T) {
	j := loadExample(t, "mnist/small.yaml", 3)
	j.Train.LearningRate, j.Number.Rounding = .02, ExactRounding // small steps keep roundings small
	set, err := j.loadSet("")
	require.NoError(t, err)
	outputs := map[string][]float64{}
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Len(t, r.Warnings, 1)
		require.Contains(t, r.Warnings[0], "pixels of value 1 are 0")
		require.Greater(t, r.Metrics.Test.Accuracy, .75)
		require.Equal(t, 200, r.Metrics.Test.Rows)
		outputs[engine] = r.Model.imageOutputs(set.Test)
		require.Equal(t, *classScore(metrics.EvaluateClasses(outputs[engine], set.Test.Targets().Data(), 10)), *r.Metrics.Owners["south"].Joint)
		requireClose(t, outputs[engine], fromJSON(t, r, set.Test), 1e-9, "outputs of the model in JSON")
	})
	requireClose(t, outputs[EngineClear], outputs[EngineSecure], 2e-3, "logits")
}

// fromJSON applies a model of two dense layers as its JSON form tells it.
func fromJSON(t *testing.T, r *Result, images *datasets.Images) []float64 {
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var file struct {
		Model struct {
			Kind, Target string
			Pixel        struct{ Mean, Deviation float64 }
			Input        []int
			Layers       []any
			Parameters   []struct {
				Name  string
				Shape []int
				Data  []byte
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &file))
	m := file.Model
	require.Equal(t, "network", m.Kind)
	require.Equal(t, []int{1, 28, 28}, m.Input)
	require.Equal(t, "relu", m.Layers[1])
	names := []string{"linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"}
	w := make([][]float64, len(names))
	for i, p := range m.Parameters {
		require.Equal(t, names[i], p.Name)
		for at := 0; at < len(p.Data); at += 8 {
			w[i] = append(w[i], math.Float64frombits(binary.LittleEndian.Uint64(p.Data[at:])))
		}
	}
	var out []float64
	for i := range images.Len() {
		x := images.Rows(i, i+1).Dense(datasets.Pixel{}).Data()
		for k, v := range x {
			x[k] = (v - m.Pixel.Mean) / m.Pixel.Deviation
		}
		h := dense(x, w[0], w[1])
		for k := range h {
			h[k] = math.Max(h[k], 0)
		}
		out = append(out, dense(h, w[2], w[3])...)
	}
	return out
}

func dense(x, w, b []float64) []float64 {
	y := append([]float64{}, b...)
	for i, v := range x {
		for k := range y {
			y[k] += v * w[i*len(y)+k]
		}
	}
	return y
}

// A network for 0 and 1 on tables, with sites, and several evaluators.
func TestNetworkOnTables(t *testing.T) {
	j := newTestJob(t, somePeople(1, 200), somePeople(2, 150))
	j.Model, j.Loss, j.Train.Epochs, j.Train.L2 = NeuralNetwork, BinaryCrossEntropy, 20, 0
	j.Layers = Layers{layerOf(t, "linear", "out", 8), layerOf(t, "tanh"), layerOf(t, "linear", "out", 1)}
	j.Data.SiteIntercepts = true
	for i := range j.Data.Owners {
		j.Data.Owners[i].TestFraction = .3
	}
	outputs := map[string][]float64{}
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Empty(t, r.Warnings)
		var z, y []float64
		for _, o := range j.Data.Owners {
			table, err := j.OpenTable(o.File)
			require.NoError(t, err)
			_, test, err := table.Split(o.Name, .3)
			require.NoError(t, err)
			out := r.Model.Outputs(test.X, o.Name)
			require.Equal(t, *j.score(out, test.Y.Data()), *r.Metrics.Owners[o.Name].Joint)
			z, y = append(z, out...), append(y, test.Y.Data()...)
		}
		requireSamePooled(t, *j.score(z, y), r.Metrics.Test)
		require.Greater(t, r.Metrics.Test.Accuracy, .65)
		outputs[engine] = z
	})
	requireClose(t, outputs[EngineClear], outputs[EngineSecure], .05, "logits")
}

func layerOf(t *testing.T, kind string, options ...any) blueprint.Layer {
	t.Helper()
	values := map[string]float64{}
	for i := 0; i < len(options); i += 2 {
		values[options[i].(string)] = float64(options[i+1].(int))
	}
	l, err := blueprint.New(kind, values)
	require.NoError(t, err)
	return l
}

// A network that predicts a number: its outputs are in the unit of the target.
func TestNetworkOfNumbers(t *testing.T) {
	j := loadExample(t, "regression/job.yaml", 20)
	j.Model, j.Loss = NeuralNetwork, MeanSquaredError
	j.Layers = Layers{layerOf(t, "linear", "out", 6), layerOf(t, "relu"), layerOf(t, "linear", "out", 1)}
	r := runJob(t, j, EngineSecure)
	require.NotNil(t, r.Model.Unit)
	require.InDelta(t, 140, r.Model.Unit.Mean, 10)
	require.Greater(t, *r.Metrics.Test.Numbers.R2, .2)
}

// Images of two owners, each with a folder of its own, and a convolution.
func TestOwnImages(t *testing.T) {
	j := NewJob()
	j.Name, j.Dir, j.Model, j.Loss = "stripes", t.TempDir(), NeuralNetwork, SoftmaxCrossEntropy
	j.Data.Dataset, j.Data.Shape, j.Data.Classes = datasets.OwnIDX, []int{1, 6, 6}, 2
	j.Data.Owners = []Owner{{Name: "north", File: "n"}, {Name: "south", File: "s"}}
	j.Layers = Layers{
		layerOf(t, "conv2d", "out", 4, "kernel", 3), layerOf(t, "max_pool2d", "kernel", 2), layerOf(t, "relu"),
		layerOf(t, "flatten"), layerOf(t, "linear", "out", 2),
	}
	j.Train.Epochs, j.Train.Batch, j.Train.L2 = 4, 16, 0
	stripes(t, filepath.Join(j.Dir, "n"), 1, 60, 20)
	stripes(t, filepath.Join(j.Dir, "s"), 2, 40, 10)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Empty(t, r.Warnings)
		require.Equal(t, 30, r.Metrics.Test.Rows, "both have test images of their own")
		require.Equal(t, 20, r.Metrics.Owners["north"].Joint.Rows)
		require.Greater(t, r.Metrics.Test.Accuracy, .9)
	})

	j.Data.Shape = []int{1, 6, 5}
	require.NoError(t, j.Check())
	_, err := Local(t.Context(), j, Options{Engine: EngineClear})
	require.ErrorContains(t, err, "data.shape is 1×6×5, but the images in")
}

// stripes writes images of 6×6 with lines across (0) or down (1).
func stripes(t *testing.T, dir string, seed, n, test int) {
	t.Helper()
	require.NoError(t, os.Mkdir(dir, 0o700))
	for part, count := range map[string]int{"train": n, "t10k": test} {
		pixels, labels := header(3, count, 6, 6), header(1, count)
		for i := range count {
			label := (i*7 + seed + len(part)) % 2
			labels = append(labels, byte(label))
			for p := range 36 {
				on := p / 6 % 2
				if label == 1 {
					on = p % 2
				}
				pixels = append(pixels, byte(255*((on+i/2)%2)-(i*31+p*17)%40*(2*((on+i/2)%2)-1)))
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, part+"-images-idx3-ubyte"), pixels, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, part+"-labels-idx1-ubyte"), labels, 0o600))
	}
}

func header(axes byte, dims ...int) []byte {
	b := []byte{0, 0, 8, axes}
	for _, n := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// A consortium trains on images: owners and servers know their own side only.
func TestImagesAsAConsortium(t *testing.T) {
	j, _ := networkedJob(t)
	j.Model, j.Data = SoftmaxRegression, Data{Dataset: "mnist-small", Owners: []Owner{{Name: "north", Key: j.Data.Owners[0].Key}, {Name: "south", Key: j.Data.Owners[1].Key}}}
	j.Data.Standardise, j.Train.Sigmoid, j.Train.Epochs, j.Reveal = StandardisePixels, "", 1, nil
	require.NoError(t, j.Check())
	var owners []*OwnerSide
	for _, o := range j.Data.Owners {
		side, err := NewOwnerSide(j, o.Name, OwnerFiles{}, func(string) {})
		require.NoError(t, err)
		require.Equal(t, 400, side.trainRows())
		owners = append(owners, side)
	}
	reports := runPhases(t, j, owners)
	for _, o := range owners {
		require.Greater(t, o.Result(reports).Metrics.Test.Accuracy, .7, o.name)
	}
}

// What is wrong with the data is told before anything is shared.
func TestDataThatDoesNotFitTheModel(t *testing.T) {
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 30))
	j.Model, j.Data.Target, j.Data.Classes = SoftmaxRegression, "age", 3
	_, err := Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, "want a class number from 0 to 2 (recode the target column)")

	j.Model, j.Data.Classes, j.Data.Target, j.Data.Standardise = LinearRegression, 0, "income", StandardiseNone
	j.Reveal, j.Train.L2 = nil, 0
	_, err = Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, `column 2 "income": after scaling, this target is not within ±32; correct or remove the row, or scale the target (data.standardise: joint)`)

	j = newTestJob(t, somePeople(1, 40))
	j.Model, j.Loss, j.Layers = NeuralNetwork, BinaryCrossEntropy, Layers{layerOf(t, "conv2d", "out", 1, "kernel", 3)}
	_, err = Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, "conv2d1: got rows of shape 3, want images")

	j = loadExample(t, "mnist/small.yaml", 1)
	j.Data.Folder = filepath.Join(t.TempDir(), "none")
	_, err = Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, fmt.Sprintf("%s: the folder of mnist-small cannot be opened", j.Data.Folder))
}

// A rate with which training diverges is told, and gives no model.
func TestDivergingNetwork(t *testing.T) {
	j := loadExample(t, "mnist/small.yaml", 3)
	j.Train.LearningRate = 200
	on(t, func(t *testing.T, engine string) {
		r, err := Local(t.Context(), j, Options{Engine: engine})
		require.ErrorContains(t, err, "training diverged")
		require.ErrorContains(t, err, "lower train.learning_rate (now 200)")
		require.Nil(t, r)
	})
}
