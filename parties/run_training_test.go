package parties

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// Optimisers, schedules, clipping and normalisation of a job train, and train
// something else each; both engines do the same.
func TestWaysToTrain(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(j *Job){
		"plain":    func(*Job) {},
		"nesterov": func(j *Job) { j.Train.Optimizer = &Optimizer{SGD: &SGD{Nesterov: true}} },
		"adam": func(j *Job) {
			j.Train.Optimizer = &Optimizer{Adam: &Adam{Beta1: .9, Beta2: .999, Epsilon: 1e-6}}
			j.Train.LearningRate = .01
		},
		"step":   func(j *Job) { j.Train.Schedule = &Schedule{Step: &StepSchedule{Every: 2, Factor: .5}} },
		"cosine": func(j *Job) { j.Train.Schedule = &Schedule{WarmUp: 3, Cosine: &CosineSchedule{}} },
		"clip":   func(j *Job) { j.Train.Clip = .05 },
		"norm":   func(j *Job) { j.Layers = append(Layers{layerOf(t, "batch_norm")}, j.Layers...) },
	} {
		t.Run(name, func(t *testing.T) {
			j := networkOfPeople(t)
			change(j)
			secure, inClear := runJob(t, j, EngineSecure), runJob(t, j, EngineClear)
			require.Greater(t, secure.Metrics.Test.Accuracy, .6)
			for i, p := range inClear.Model.Network.Params {
				requireClose(t, p.Data, secure.Model.Network.Params[i].Data, 2e-3, "%s", p.Name)
			}
			text, err := json.Marshal(secure.Model)
			require.NoError(t, err)
			for other, weights := range seen {
				require.NotEqual(t, weights, string(text), "%s trains as %s does", name, other)
			}
			seen[name] = string(text)
		})
	}
}

// A batch larger than the data is one of all rows, as the default often is; where the job
// names it, that is told.
func TestBatchLargerThanTheData(t *testing.T) {
	j := twoOwners(t)
	j.Train.Batch, j.Number.Rounding = 70, ExactRounding
	want := runJob(t, j, EngineClear)
	for _, batch := range []int{71, math.MaxInt} {
		j.Train.Batch = batch
		r := runJob(t, j, EngineClear)
		require.Equal(t, want.Model, r.Model, batch)
		require.Equal(t, j.Train.Epochs, r.Cost.Steps, batch)
		require.Equal(t, want.Warnings, r.Warnings, batch)
	}
	named := parseJob(t, strings.Replace(smallest, "target: target", "target: sick", 1))
	named.Dir = j.Dir
	require.Contains(t, runJob(t, named, EngineClear).Warnings, "train.batch is 128, but there are only 70 training rows in all: each step takes all of them")
}

// A batch that is meant to be all rows takes no time for those that are not there.
func TestLargestBatchIsChecked(t *testing.T) {
	j, _ := networkedJob(t)
	j.Train.Batch, j.Train.EarlyStop = math.MaxInt, &EarlyStop{Fraction: .1}
	require.NoError(t, j.Check())

	// Named columns do not make it another batch, and it is not tried as if there were rows for it.
	for _, model := range []string{LogisticRegression, LinearRegression} {
		j := twoOwners(t)
		j.Model, j.Train.Batch, j.Train.LearningRate = model, math.MaxInt, .001
		table, err := j.OpenTable(j.Data.Owners[0].File)
		require.NoError(t, err)
		j.Data.Features = table.Features
		require.NoError(t, j.Check(), model)
		runJob(t, j, EngineClear)
	}
}

// A warm-up that training does not get to the end of is told before it begins, and by
// the servers too, who alone know the rows of a consortium.
func TestWarmUpThatIsTooLong(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.EarlyStop = &EarlyStop{Fraction: .3, Patience: 9}
	in, _ := j.heldOut(350)
	steps := j.Train.Epochs * ((len(in) + 15) / 16)
	j.Train.Schedule = &Schedule{WarmUp: steps, Cosine: &CosineSchedule{}}
	require.Empty(t, runJob(t, j, EngineClear).Warnings)

	j.Train.Schedule.WarmUp = 10 * steps
	want := fmt.Sprintf("train.schedule.warmup is %d steps, but training has only %d: the learning rate grows to 0.01, and not to 0.1", 10*steps, steps)
	warnings, err := Preflight(j)
	require.NoError(t, err)
	require.Equal(t, []string{want}, warnings)
	on(t, func(t *testing.T, engine string) {
		r, err := newRun(j, Options{Engine: engine})
		require.NoError(t, err)
		require.NoError(t, r.load())
		r.warned = nil
		ctx, cancel := contextWithCause(t)
		require.NoError(t, r.all(ctx, cancel))
		require.Equal(t, want, r.warned[0])
	})
}

// networkOfPeople is a small network on tables, without noise of rounding.
func networkOfPeople(t *testing.T) *Job {
	t.Helper()
	j := newTestJob(t, somePeople(1, 200), somePeople(2, 150))
	somePeople(9, 100).csv(t, j.Dir, "test.csv")
	j.Data.Test = &TestFile{File: "test.csv"}
	j.Model, j.Loss, j.Train.Epochs, j.Train.L2, j.Number.Rounding = NeuralNetwork, BinaryCrossEntropy, 6, 0, ExactRounding
	j.Layers = Layers{layerOf(t, "linear", "out", 6), layerOf(t, "relu"), layerOf(t, "linear", "out", 1)}
	return j
}

// Early stopping opens its bit once an epoch, and ends a training that does not
// get better.
func TestEarlyStop(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.Epochs, j.Train.LearningRate = 40, .3
	j.Train.EarlyStop = &EarlyStop{Fraction: .3, Patience: 1, Restore: true}
	in, out := j.heldOut(350)
	require.Len(t, in, 350-len(out))
	require.InDelta(t, 105, len(out), 25)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		bits := 0
		for _, entry := range r.Audit {
			if entry.What == RevealEarlyStop {
				bits++
				require.Equal(t, 1, entry.Values)
			}
		}
		require.Greater(t, bits, 1)
		require.Less(t, bits, 38)
	})
	require.Equal(t, Everyone(), j.Audience(RevealEarlyStop))
}

// Training that ends early gives the best weights, or the last ones if the job
// says so; how long it bears no progress, and what progress is, are the job's.
func TestEarlyStopAsTheJobSays(t *testing.T) {
	run := func(e EarlyStop) (looks int, weights []float64) {
		j := networkOfPeople(t)
		j.Train.Epochs, j.Train.LearningRate, j.Train.EarlyStop = 40, .3, &e
		r := runJob(t, j, EngineClear)
		for _, entry := range r.Audit {
			if entry.What == RevealEarlyStop {
				looks++
			}
		}
		return looks, r.Model.Network.Params[0].Data
	}
	looks, best := run(EarlyStop{Fraction: .3, Patience: 1, Restore: true})
	same, last := run(EarlyStop{Fraction: .3, Patience: 1})
	require.Equal(t, looks, same)
	require.NotEqual(t, best, last)
	longer, _ := run(EarlyStop{Fraction: .3, Patience: 4})
	require.Greater(t, longer, looks)
	shortest, _ := run(EarlyStop{Fraction: .3, Patience: 1, MinDelta: 10})
	require.Equal(t, 2, shortest, "no epoch after the first is that much better")
}

// What is known of the squares of all rows is said of those that are left: jointly
// standardised ones can have all of theirs in few rows.
func TestEarlyStopBounds(t *testing.T) {
	j := networkOfPeople(t)
	require.Equal(t, 1., j.training(3, 350).MeanSquare)
	j.Train.EarlyStop = &EarlyStop{Fraction: .5}
	in, out := j.heldOut(350)
	require.NotEmpty(t, out)
	require.Equal(t, 350/float64(len(in)), j.training(3, 350).MeanSquare)
	j.Data.Standardise = StandardiseRanges
	require.Equal(t, 1., j.training(3, 350).MeanSquare)
}

// No row is copied to be kept out.
func TestEarlyStopCopiesNothing(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.EarlyStop = &EarlyStop{Fraction: .3}
	require.NoError(t, j.Check())
	in, out := j.heldOut(5000)
	_, err := mpc.RunClear(t.Context(), j.policy(), mpc.ClearOptions{}, func(e *mpc.Clear) error {
		s, err := tensor.NewSession(e, 16)
		require.NoError(t, err)
		sv, c := &server{PhaseRun: PhaseRun{Job: j}, policy: j.policy(), s: s}, train.Config{}
		x, y := s.Zeros(16, 5000, 1000), s.Zeros(0, 5000, 1)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NoError(t, sv.earlyStopping(&c, x, y))
		runtime.ReadMemStats(&after)
		require.Less(t, int(after.TotalAlloc-before.TotalAlloc), 5000*1000)
		require.Equal(t, in, c.Rows)
		require.Equal(t, out, c.EarlyStopping.Rows)
		return nil
	})
	require.NoError(t, err)
}

// A network goes on from the model.json of another, with layers left out or
// frozen.
func TestStart(t *testing.T) {
	j := networkOfPeople(t)
	first := runJob(t, j, EngineClear)
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, WriteOutput(out, j, first))
	next := networkOfPeople(t)
	next.Train.Epochs = 1
	next.Start = &Start{File: filepath.Join(out, FileModel), Freeze: []string{"linear1"}}
	r := runJob(t, next, EngineSecure)
	require.Len(t, next.Start.SHA256, 64, "the file is pinned")
	requireClose(t, first.Model.Network.Params[0].Data, r.Model.Network.Params[0].Data, 1e-9, "frozen")
	require.NotEqual(t, first.Model.Network.Params[2].Data, r.Model.Network.Params[2].Data)

	next.Layers[2] = layerOf(t, "linear", "out", 2)
	next.Loss, next.Data.Classes = SoftmaxCrossEntropy, 2
	_, err := Local(t.Context(), next, Options{})
	require.ErrorContains(t, err, "has weights linear2.weight of shape 6×1, want 6×2")
	next.Start.Only = []string{"linear1"}
	runJob(t, next, EngineClear)
}

func TestStartThatDoesNotFit(t *testing.T) {
	j := networkOfPeople(t)
	file := filepath.Join(t.TempDir(), "model.json")
	j.Start = &Start{File: file}
	start := func(text string, change func(*Start)) error {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		j.Start = &Start{File: file}
		if change != nil {
			change(j.Start)
		}
		_, err := Local(t.Context(), j, Options{})
		require.Error(t, err)
		return err
	}
	require.ErrorContains(t, j.Check(), "cannot be read")
	require.ErrorContains(t, start("{}", nil), "is no model to go on from: want the model.json of a job with layers")
	require.ErrorContains(t, start(`{"kind":"network","parameters":[{"name":"linear9.weight","shape":[1,1],"data":"AAAAAAAA8D8="}]}`, nil),
		"has weights linear9.weight, which the model of the job has not")
	require.ErrorContains(t, start(`{"kind":"network","parameters":[{"name":"linear1.bias","shape":[1,6],"data":"AAAAAAAA8D8="}]}`, nil), "are 8 bytes, want 8 for each number of 1×6")
	require.ErrorContains(t, start(`{"kind":"network","parameters":[{"name":"linear2.bias","shape":[1,1],"data":"AAAAAAAA+H8="}]}`, nil), "number 1 of weights linear2.bias, which are of shape 1×1, is out of range: want -1024 to 1024")
	good := `{"kind":"network","parameters":[{"name":"linear2.bias","shape":[1,1],"data":"AAAAAAAA8D8="}]}`
	require.ErrorContains(t, start(good, func(s *Start) { s.Freeze = []string{"linear7"} }), `start.freeze names "linear7", which is no layer with weights`)
	require.ErrorContains(t, start(good, func(s *Start) { s.Only = []string{"linear1"} }), `has no layer "linear1" with weights`)
	other := strings.Repeat("0", 64)
	require.ErrorContains(t, start(good, func(s *Start) { s.SHA256 = other }), "has the SHA-256 "+sumOf([]byte(good))+", and start.sha256 is "+other)
	require.ErrorContains(t, start(good, func(s *Start) { s.Freeze = []string{"linear1", "linear2"} }),
		"start.freeze names every layer with weights, so there is nothing to train")
}
