package parties

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// EarlyStop ends training when the loss on a part of the training rows, which is
// kept out of training, no longer falls. After every epoch but the first and the
// last, one bit is opened: did it fall.
type EarlyStop struct {
	Fraction float64 `json:"fraction"`  // of the training rows of all owners
	Patience int     `json:"patience"`  // epochs without a lower loss that are borne
	MinDelta float64 `json:"min_delta"` // by how much it has to be lower
	Restore  bool    `json:"restore"`   // go back to the best weights
}

func (e *EarlyStop) defaults() { *e = EarlyStop{Fraction: .1, Patience: 2, Restore: true} }

func (j *Job) checkEarlyStop() *JobError {
	const path = "train.early_stop"
	e := j.Train.EarlyStop
	switch {
	case e == nil:
		return nil
	case !(e.Fraction > 0 && e.Fraction <= .5):
		return j.ErrorAt(path+".fraction", "%s.fraction is %v, want more than 0 and at most 0.5", path, e.Fraction)
	case e.Patience < 0:
		return j.ErrorAt(path+".patience", "%s.patience is %d, want 0 or more epochs", path, e.Patience)
	case !(e.MinDelta >= 0 && e.MinDelta < 64):
		return j.ErrorAt(path+".min_delta", "%s.min_delta is %v, want 0 or more, below 64", path, e.MinDelta)
	}
	return nil
}

// fitRows is how many of n rows are left to train on.
func (j *Job) fitRows(n int) int {
	if j.Train.EarlyStop == nil {
		return n
	}
	in, _ := j.heldOut(n)
	return len(in)
}

// heldOut divides the rows of all owners, in the order of the job, into those to
// train on and those to look at. Without early stopping all are to train on.
func (j *Job) heldOut(n int) (in, out []int) {
	e := j.Train.EarlyStop
	if e != nil {
		var err error
		if in, out, err = datasets.Split(fmt.Sprintf("early stop %d", j.Train.Seed), n, e.Fraction); err == nil {
			return in, out
		}
	}
	in = make([]int, n)
	for i := range in {
		in[i] = i
	}
	return in, nil
}

// earlyStopping keeps rows out of training, if the job says so, and has training
// look at them. No row is copied.
func (sv *server) earlyStopping(c *train.Config, x, y tensor.Secret) error {
	e := sv.Job.Train.EarlyStop
	if e == nil {
		return nil
	}
	if err := sv.Job.CheckRows(x.Rows()); err != nil {
		return err
	}
	in, out := sv.Job.heldOut(x.Rows())
	permit, err := sv.policy.Permit(RevealEarlyStop)
	if err != nil {
		return err
	}
	c.Rows = in
	c.EarlyStopping = &train.EarlyStopping{
		X: x, Y: y, Rows: out,
		Patience: e.Patience, MinDelta: e.MinDelta, Restore: e.Restore, Permit: permit,
	}
	return nil
}
