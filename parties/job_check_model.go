package parties

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// task is what a model predicts, which says how targets are handed in and how
// good the model is.
type task int

const (
	predictsBinary  task = iota // 0 or 1
	predictsClasses             // 0 to data.classes − 1
	predictsNumbers             // any numbers
)

func (j *Job) task() task {
	switch {
	case j.Model == SoftmaxRegression, j.Model == NeuralNetwork && j.Loss == SoftmaxCrossEntropy:
		return predictsClasses
	case j.Model == LinearRegression, j.Model == NeuralNetwork && j.Loss == MeanSquaredError:
		return predictsNumbers
	}
	return predictsBinary
}

// outputs is how many numbers the model gives for a row.
func (j *Job) outputs() int {
	if j.task() == predictsClasses {
		return j.Data.Classes
	}
	return 1
}

// network returns the layers of the model, nil for one that is not made of them.
func (j *Job) network() Layers {
	if j.Model == SoftmaxRegression {
		return Layers{blueprint.Zero(j.Data.Classes)}
	}
	return j.Layers
}

// checkModel checks layers, loss and number of classes against each other.
func (j *Job) checkModel() *JobError {
	if j.Model != NeuralNetwork {
		if len(j.Layers) > 0 {
			return j.ErrorAt("layers", "layers are given, but model is %s", j.Model).withHint("leave one of the two out")
		}
		if j.Loss != "" {
			return j.ErrorAt("loss", "model %s has its own loss", j.Model).withHint("leave loss out")
		}
	} else if err := j.checkNetwork(); err != nil {
		return err
	}
	if err := j.checkClasses(); err != nil {
		return err
	}
	if shape := j.inputShape(); shape != nil {
		return j.checkShapes(shape)
	}
	return nil
}

func (j *Job) checkNetwork() *JobError {
	if len(j.Layers) == 0 {
		return j.ErrorAt("model", "the network has no layers").withHint("list them: model: [{linear: {out: 10}}]")
	}
	if j.Loss == "" {
		return j.ErrorAt("model", "a network needs a loss").
			withHint("add a line such as loss: %s", SoftmaxCrossEntropy)
	}
	if err := j.checkWord("loss", j.Loss); err != nil {
		return err
	}
	return j.checkLogits()
}

// checkClasses checks data.classes against what the model predicts.
func (j *Job) checkClasses() *JobError {
	n, path := j.Data.Classes, j.taskPath()
	if !j.given(path) {
		path = "data.dataset"
	}
	switch several := j.task() == predictsClasses; {
	case several && n == 0:
		return j.ErrorAt("data", "data.classes is missing").withHint("say how many classes there are: data: {classes: 3}; targets are then 0, 1 and 2")
	case several && (n < 2 || n > 256):
		return j.ErrorAt("data.classes", "data.classes is %d, want 2 to 256", n)
	case !several && j.Data.Dataset != "":
		return j.ErrorAt(path, "%s has %d classes, which %s does not predict", j.Data.Dataset, n, j.taskName()).
			withHint("use model: %s, or layers with loss: %s", SoftmaxRegression, SoftmaxCrossEntropy)
	case !several && n != 0:
		return j.ErrorAt("data.classes", "data.classes is %d, but %s does not predict classes", n, j.taskName()).
			withHint("leave it out, or use model: %s or loss: %s", SoftmaxRegression, SoftmaxCrossEntropy)
	}
	return nil
}

// taskPath and taskName are the key that says what is predicted, and its value.
func (j *Job) taskPath() string {
	if j.Model == NeuralNetwork {
		return "loss"
	}
	return "model"
}

func (j *Job) taskName() string {
	if j.Model == NeuralNetwork {
		return j.Loss
	}
	return j.Model
}

// inputShape is the shape of a row as far as the job says it, nil if it does not.
func (j *Job) inputShape() []int {
	if j.Data.Dataset != "" {
		return j.Data.Shape
	}
	if n := len(j.Data.Features); n > 0 {
		return []int{j.columns(n)}
	}
	return nil
}

// columns is how many columns the servers see: features, and sites.
func (j *Job) columns(features int) int {
	if j.Data.SiteIntercepts {
		features += len(j.Data.Owners)
	}
	return features
}

// checkShapes tells whether the layers fit rows of this shape and give what the
// loss compares with the targets.
func (j *Job) checkShapes(input []int) *JobError {
	list := j.network()
	if list == nil {
		return j.checkStart(input)
	}
	shapes, err := blueprint.Check(list, input)
	if misfit, ok := errors.AsType[*blueprint.LayerError](err); ok {
		return j.misfit(misfit)
	}
	if err != nil {
		return j.ErrorAt("model", "%v", err)
	}
	if weights, _ := blueprint.Params(list, input); len(weights) == 0 {
		return j.ErrorAt("model", "no layer of the network has weights, so there is nothing to train").
			withHint("linear and conv2d have some")
	}
	if err := j.checkNorms(shapes); err != nil {
		return err
	}
	if err := j.checkOutputs(shapes[len(shapes)-1]); err != nil {
		return err
	}
	return j.checkStart(input)
}

// checkNorms refuses batches of one row where that is one number for each channel:
// its deviation is 0, and batch_norm gives its offset whatever the number is.
func (j *Job) checkNorms(shapes [][]int) *JobError {
	if j.Train.Batch != 1 {
		return nil
	}
	for i, l := range j.Layers {
		if l.Kind == "batch_norm" && blueprint.Size(shapes[i][1:]) == 1 {
			return j.ErrorAt("train.batch", "train.batch is 1, but for %s a row is one number for each channel, which has no deviation: want 2 or more rows", blueprint.Names(j.Layers)[i])
		}
	}
	return nil
}

// misfit tells of a layer that cannot take what it gets.
func (j *Job) misfit(l *blueprint.LayerError) *JobError {
	e := j.ErrorAt(j.layerPath(l.Index), "%s: %v", l.Name, l.Err)
	kind := j.network()[l.Index].Kind
	switch forImages := slices.Contains([]string{"conv2d", "max_pool2d", "avg_pool2d"}, kind); {
	case !forImages || len(l.In) != 1:
		return e
	case j.Data.Dataset == "":
		return e.withHint("rows of tables are no images; data.dataset has some")
	}
	return e.withHint("put it before flatten and linear, which make vectors of images")
}

// layerPath is where layer i stands in the job file.
func (j *Job) layerPath(i int) string {
	if path := fmt.Sprintf("layers[%d]", i); j.given(path) {
		return path
	}
	return fmt.Sprintf("model[%d]", i)
}
