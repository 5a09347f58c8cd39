package parties

import (
	"errors"
	"math"
	"strings"

	"github.com/trefoil-ml/trefoil/train"
)

// training returns the settings of the job, for so many rows, some of which may be
// kept out, of so many columns. A step takes no more rows than there are.
func (j *Job) training(features, rows int) train.Config {
	t, fit := j.Train, max(1, j.fitRows(rows))
	c := train.Config{
		Epochs: t.Epochs, BatchSize: min(t.Batch, fit), Seed: t.Seed, Shuffle: t.Shuffle,
		Optimizer: j.optimizer(), Schedule: t.Schedule.schedule(), ClipValue: t.Clip, Started: j.Start != nil,
	}
	c.RowNorm = rowLimit(features)
	switch j.Data.Standardise {
	case StandardiseJoint:
		c.MeanSquare = float64(rows) / float64(fit)
	case StandardiseRanges: // all within ±1
		c.MeanSquare, c.RowNorm = 1, math.Sqrt(float64(features+1))
	}
	return c
}

func (j *Job) optimizer() train.Optimizer {
	t, o := j.Train, j.Train.Optimizer
	if o == nil {
		o = &Optimizer{}
	}
	if a := o.Adam; a != nil {
		return &train.Adam{LearningRate: t.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, L2: t.L2, AMSGrad: a.AMSGrad}
	}
	return &train.SGD{LearningRate: t.LearningRate, Momentum: t.Momentum, L2: t.L2, Nesterov: o.SGD != nil && o.SGD.Nesterov}
}

// checkTraining tells whether the arithmetic can train on so many rows and columns
// as the job says, after some of the rows are kept out.
func (j *Job) checkTraining(columns, rows int) error {
	c, f := j.training(columns, rows), j.Number.FractionBits
	check := c.CheckNetwork
	switch j.Model {
	case LogisticRegression:
		check = c.Check
	case LinearRegression:
		check = c.CheckRegression
	}
	if err := check(f, j.fitRows(rows)); err != nil {
		return j.untrainable(err)
	}
	return nil
}

// untrainable is what a check of package train says, at its key of the job.
func (j *Job) untrainable(err error) *JobError {
	key := j.trainKey(err)
	e := j.ErrorAt(key, "%s: %s", key, strings.TrimPrefix(err.Error(), "train: "))
	if key == "train.l2" && !j.given(key) && j.Train.L2 == defaultDecay {
		return e.withHint("%v is the default of train.l2, which the job does not name; for no weight decay add l2: 0 to train", defaultDecay)
	}
	return e
}

// checkTrainable tells whether the arithmetic can train as the job says with rows
// for a whole batch, if the columns are known: the sooner the better, since afterwards
// all sides approve and share. What a schedule makes of the rates depends on the
// rows. Early stopping keeps half of them out at most, so a batch is left.
func (j *Job) checkTrainable() *JobError {
	if len(j.Data.Features) == 0 || j.Train.Schedule != nil {
		return nil
	}
	if e, bad := errors.AsType[*JobError](j.checkTraining(len(j.Data.Features), 2*min(j.Train.Batch, largestTried))); bad {
		return e
	}
	return nil
}

// largestTried is the largest batch for which a job is tried without its rows: with
// fewer rows a batch is all of them, and may well fit.
const largestTried = 1 << 10

// rowLimit is the largest Euclidean norm that a scaled row of so many features,
// with a 1 for the intercept, may have; owners refuse others. A standardised row
// has a norm of about √features.
func rowLimit(features int) float64 { return max(256, 48*math.Sqrt(float64(features))) }
