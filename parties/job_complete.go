package parties

import (
	"slices"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

// complete writes out what follows from other keys of the job.
func (j *Job) complete() *JobError {
	for _, step := range []func() *JobError{j.completeOptimizer, j.completeModel, j.completeDataset, j.completeStart} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// given tells whether the job file has a value at the path.
func (j *Job) given(path string) bool {
	if j.src == nil {
		return false
	}
	_, ok := j.src.at[path]
	return ok
}

// fileDefaults sets the defaults that are others than NewJob's, where the job file
// has no value. It is for a job that was just read: what is changed in Go afterwards
// stays when the job is checked again.
func (j *Job) fileDefaults() {
	if o := j.Train.Optimizer; o != nil && o.Adam != nil && !j.given(j.ratePath("learning_rate")) {
		j.Train.LearningRate = adamRate
	}
	if j.withoutDecay() && !j.given("train.l2") {
		j.Train.L2 = 0
	}
}

// withoutDecay tells whether weights do not decay if the job file does not say so.
// For features in units of their own a decay means little; and with rows as long as
// theirs may be, linear regression has too few bits for one as small as defaultDecay.
func (j *Job) withoutDecay() bool {
	return j.Model == NeuralNetwork || j.Model == LinearRegression && j.Data.Standardise == StandardiseNone
}

// completeOptimizer moves the rates to where they are for every optimiser.
func (j *Job) completeOptimizer() *JobError {
	o, t := j.Train.Optimizer, &j.Train
	if o == nil {
		return nil
	}
	switch {
	case o.SGD != nil && o.Adam != nil:
		return j.ErrorAt("train.optimizer", "train.optimizer has both sgd and adam, want one of them")
	case o.SGD != nil:
		if err := j.lift("learning_rate", "sgd", &o.SGD.LearningRate, &t.LearningRate); err != nil {
			return err
		}
		if err := j.lift("momentum", "sgd", &o.SGD.Momentum, &t.Momentum); err != nil {
			return err
		}
		if !o.SGD.Nesterov {
			t.Optimizer = nil // which is the same
		}
	case o.Adam != nil:
		if t.Momentum != 0 && j.given("train.momentum") {
			return j.ErrorAt("train.momentum", "train.momentum plays no part in adam").withHint("leave it out; beta1 is what comes nearest")
		}
		t.Momentum = 0
		return j.lift("learning_rate", "adam", &o.Adam.LearningRate, &t.LearningRate)
	default:
		return j.ErrorAt("train.optimizer", "train.optimizer is empty").withHint("one of: sgd, adam")
	}
	return nil
}

// adamRate is torch's learning rate for Adam.
const adamRate = .001

// ratePath is where a setting stands that may be in train or in its optimiser.
func (j *Job) ratePath(key string) string {
	for _, optimizer := range []string{"sgd", "adam"} {
		if path := "train.optimizer." + optimizer + "." + key; j.given(path) {
			return path
		}
	}
	return "train." + key
}

// lift moves a setting of an optimiser to train.
func (j *Job) lift(key, optimizer string, from **float64, to *float64) *JobError {
	if *from == nil {
		return nil
	}
	if path := "train.optimizer." + optimizer + "." + key; j.given("train."+key) && j.given(path) {
		return j.ErrorAt(path, "%s is given twice, in train too", key)
	}
	*to, *from = **from, nil
	return nil
}

// completeModel leaves out what has no meaning for the model.
func (j *Job) completeModel() *JobError {
	if j.Model == LogisticRegression {
		return nil
	}
	if j.given("train.sigmoid") {
		return j.ErrorAt("train.sigmoid", "train.sigmoid is for %s", LogisticRegression).withHint("leave it out")
	}
	j.Train.Sigmoid = ""
	return nil
}

// completeDataset fills in what is known of a set of images.
func (j *Job) completeDataset() *JobError {
	d := &j.Data
	if d.Dataset == "" {
		return nil
	}
	if d.Dataset != datasets.OwnIDX {
		if err := j.completeKnown(); err != nil {
			return err
		}
	}
	if d.Target == "" {
		d.Target = "label"
	}
	if d.Standardise == StandardiseJoint && !j.given("data.standardise") {
		d.Standardise = StandardiseNone
	}
	if d.Owners == nil && !j.given("data.owners") {
		d.Owners = []Owner{{Name: "north"}, {Name: "south"}}
	}
	return nil
}

func (j *Job) completeKnown() *JobError {
	d := &j.Data
	set, err := datasets.Lookup(d.Dataset)
	if err != nil {
		names := []string{datasets.OwnIDX}
		for _, s := range datasets.Known() {
			names = append(names, s.Name)
		}
		return j.ErrorAt("data.dataset", "data.dataset is %s, which is unknown", quote(d.Dataset)).withHint("%s", suggest(d.Dataset, names))
	}
	if d.Classes != 0 && d.Classes != set.Classes {
		return j.ErrorAt("data.classes", "data.classes is %d, but %s has %d", d.Classes, set.Name, set.Classes).withHint("leave it out")
	}
	if d.Shape != nil && !slices.Equal(d.Shape, set.Shape) {
		return j.ErrorAt("data.shape", "data.shape is %s, but %s has images of %s",
			tensor.ShapeString(d.Shape), set.Name, tensor.ShapeString(set.Shape)).withHint("leave it out")
	}
	d.Classes, d.Shape = set.Classes, slices.Clone(set.Shape)
	return nil
}
