package parties

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/train"
)

// trained is a job of a network with this train section.
func trained(section string) string {
	return "name: x\ndata: {dataset: mnist}\nmodel: [flatten, {linear: {out: 10}}]\nloss: softmax_cross_entropy\n" + section
}

// What a job says of its optimiser is what trains, and a job that is checked
// again, as a run does, is the same job.
func TestOptimizerThatTrains(t *testing.T) {
	for section, want := range map[string]train.Optimizer{
		"": &train.SGD{LearningRate: .1, Momentum: .9},
		"train: {learning_rate: .05, momentum: 0.8, l2: 0.01}":                         &train.SGD{LearningRate: .05, Momentum: .8, L2: .01},
		"train: {optimizer: sgd}":                                                      &train.SGD{LearningRate: .1, Momentum: .9},
		"train: {optimizer: {sgd: {learning_rate: .05, momentum: .7}}}":                &train.SGD{LearningRate: .05, Momentum: .7},
		"train: {optimizer: {sgd: {learning_rate: .05, nesterov: true}}}":              &train.SGD{LearningRate: .05, Momentum: .9, Nesterov: true},
		"train: {optimizer: {sgd: {momentum: 0}}}":                                     &train.SGD{LearningRate: .1},
		"train: {optimizer: {sgd: {momentum: 0, nesterov: true}}}":                     &train.SGD{LearningRate: .1, Nesterov: true},
		"train: {optimizer: adam}":                                                     &train.Adam{LearningRate: .001, Beta1: .9, Beta2: .999, Epsilon: 1e-6},
		"train: {learning_rate: .02, optimizer: adam}":                                 &train.Adam{LearningRate: .02, Beta1: .9, Beta2: .999, Epsilon: 1e-6},
		"train: {optimizer: {adam: {learning_rate: .02}}}":                             &train.Adam{LearningRate: .02, Beta1: .9, Beta2: .999, Epsilon: 1e-6},
		"train: {l2: 0.01, optimizer: {adam: {beta1: .8, beta2: .99, epsilon: 1e-5}}}": &train.Adam{LearningRate: .001, Beta1: .8, Beta2: .99, Epsilon: 1e-5, L2: .01},
		"train: {optimizer: {adam: {learning_rate: .02, amsgrad: true}}}":              &train.Adam{LearningRate: .02, Beta1: .9, Beta2: .999, Epsilon: 1e-6, AMSGrad: true},
	} {
		j := parseJob(t, trained(section))
		require.Equal(t, want, j.optimizer(), section)
		canonical := string(j.Canonical())
		require.NoError(t, j.Check(), section)
		require.Equal(t, canonical, string(j.Canonical()), "%s, checked twice", section)
		require.Equal(t, want, j.optimizer(), "%s, checked twice", section)
		require.Equal(t, canonical, string(parseJob(t, canonical).Canonical()), section)
	}
}

func TestChangesInGoStay(t *testing.T) {
	j := parseJob(t, trained("train: {optimizer: adam}"))
	j.Train.LearningRate, j.Train.L2 = .02, .01
	require.NoError(t, j.Check())
	require.Equal(t, &train.Adam{LearningRate: .02, Beta1: .9, Beta2: .999, Epsilon: 1e-6, L2: .01}, j.optimizer())
}

// The weight decay of a job that does not name it is one that the arithmetic has bits for.
func TestWeightDecayByDefault(t *testing.T) {
	const head = "name: x\ndata: {target: y, owners: [{name: a, file: b}], standardise: "
	for text, want := range map[string]float64{
		"joint}":                           .001,
		"none}":                            .001,
		"joint}\nmodel: linear_regression": .001,
		"none}\nmodel: linear_regression":  0,
		"none}\nmodel: linear_regression\ntrain: {l2: 0.004}": .004,
		"none}\nmodel: [{linear: {out: 1}}]\nloss: mse":       0,
	} {
		j := parseJob(t, head+text)
		require.Equal(t, want, j.Train.L2, text)
		require.NoError(t, j.checkTraining(20, 1000), text)
	}
}

// One that does not fit the rows is told as what it is: the user did not write it.
func TestDefaultThatDoesNotFit(t *testing.T) {
	text := "name: x\ndata: {target: y, owners: [{name: a, file: b}]}\nmodel: linear_regression\ntrain: {batch: 16}"
	e, bad := errors.AsType[*JobError](parseJob(t, text).checkTraining(20, 100_001))
	require.True(t, bad)
	require.Contains(t, e.Error(), "dir/job.yaml:4:8: train.l2: weight decay 0.001 at learning rate 0.1 is below the resolution")
	require.Equal(t, "0.001 is the default of train.l2, which the job does not name; for no weight decay add l2: 0 to train", e.Hint)

	e, bad = errors.AsType[*JobError](parseJob(t, strings.Replace(text, "16", "16, l2: 0.001", 1)).checkTraining(20, 100_001))
	require.True(t, bad)
	require.Empty(t, e.Hint, "the user wrote it")
}

// A batch of one row has a deviation where a row has several numbers of a channel.
func TestBatchNormOfOneRow(t *testing.T) {
	for layers, batch := range map[string]int{
		"[{conv2d: {out: 4, kernel: 27}}, batch_norm, flatten, {linear: {out: 10}}]": 1,
		"[flatten, batch_norm, {linear: {out: 10}}]":                                 2,
	} {
		text := trained(fmt.Sprintf("train: {batch: %d}", batch))
		require.Equal(t, batch, parseJob(t, strings.Replace(text, "[flatten, {linear: {out: 10}}]", layers, 1)).Train.Batch)
	}
}

// The other settings of a training are those of the job, too.
func TestTrainingIsThatOfTheJob(t *testing.T) {
	c := parseJob(t, trained("train: {epochs: 3, batch: 50, seed: 7, shuffle: false, clip: 2, schedule: {warmup: 5, step: {every: 2, factor: .5}}}")).training(784, 100)
	require.Equal(t, train.Config{
		Epochs: 3, BatchSize: 50, Seed: 7, ClipValue: 2, Optimizer: &train.SGD{LearningRate: .1, Momentum: .9},
		Schedule: train.WarmUp{Steps: 5, Then: train.StepLR{Every: 2, Gamma: .5}}, RowNorm: rowLimit(784),
	}, c)
	require.True(t, parseJob(t, trained("")).training(784, 100).Shuffle)
}

// What the arithmetic cannot do is told once, with its key and its place.
func TestTrainingThatCannotBe(t *testing.T) {
	for section, want := range map[string]string{
		"train: {optimizer: {sgd: {learning_rate: 1e-9}}}": "dir/job.yaml:5:42: train.optimizer.sgd.learning_rate: learning rate 1e-09 is too small: ",
		"train: {learning_rate: 1e-9}":                     "dir/job.yaml:5:24: train.learning_rate: learning rate 1e-09 is too small: ",
		"train: {l2: 1e-9}":                                "dir/job.yaml:5:13: train.l2: weight decay 1e-09 at learning rate 0.1 is below ",
		"train: {optimizer: {adam: {beta2: .1}}}":          "dir/job.yaml:5:27: train.optimizer.adam: got β1 = 0.9 and β2 = 0.1, want ",
		"train: {optimizer: {adam: {epsilon: 1e-8}}}":      "dir/job.yaml:5:37: train.optimizer.adam.epsilon: got ε = 1e-08, want 1e-06 to 1",
		"train: {schedule: {step: {factor: 1e-100}}}":      "train.schedule: got a factor of 0 for the learning rate in step ",
	} {
		err := parseJob(t, trained(section)).checkTraining(784, 1000)
		require.ErrorContains(t, err, want, section)
		require.Equal(t, 1, strings.Count(err.Error(), "job.yaml"), section)
	}
	c := train.Config{Epochs: 1, BatchSize: 1, Optimizer: &train.SGD{LearningRate: .1}, ClipValue: largestClip}
	require.NoError(t, c.CheckNetwork(16, 1))
	c.ClipValue = largestClip + .01
	require.Error(t, c.CheckNetwork(16, 1))

	j := twoOwners(t)
	j.Train.LearningRate = 1e-9
	_, err := Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, "train.learning_rate: learning rate 1e-09 is too small")
	j = parseJob(t, strings.Replace(smallest, "0.1,", "1e-9,", 1))
	j.Dir = twoOwners(t).Dir
	j.Data.Target, j.Train.Batch = "sick", 16
	_, err = Local(t.Context(), j, Options{})
	require.ErrorContains(t, err, "dir/job.yaml:9:48: train.learning_rate: learning rate 1e-09 is too small")
	require.Equal(t, 1, strings.Count(err.Error(), "job.yaml"))
}
