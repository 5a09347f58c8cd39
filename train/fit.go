package train

import (
	"errors"
	"fmt"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Model is what Fit trains.
type Model interface {
	// Params returns the trainable tensors, always the same.
	Params() []*layers.Param
	// Step leaves in them gain times the gradients of one batch, summed over it.
	Step(x, y tensor.Secret) (gain float64)
}

// Config says how to train.
type Config struct {
	Epochs    int
	BatchSize int
	Seed      uint64 // of the public order of rows
	Shuffle   bool   // a new order every epoch; otherwise rows in order
	Optimizer *SGD

	// MeanSquare bounds, for every feature, the mean of its square over all rows:
	// 1 for features that are standardised or in [−1, 1]. It leaves more bits for
	// the learning rate. 0 stands for MaxFeature².
	MeanSquare float64

	// RowNorm bounds the Euclidean norm of every row, with a 1 added for the
	// intercept. Weights whose norm exceeds the range over RowNorm raise the alarm,
	// because x·w could then have wrapped around. 0 stands for what MeanSquare says.
	RowNorm float64

	// Alarm lets the servers open one bit, at the end of training and at the end
	// of an epoch when at least CheckEvery steps have gone by since the last time:
	// whether a number left the fixed-point range.
	Alarm tensor.Permit

	// AfterStep and AfterEpoch, if set, are told of progress.
	AfterStep  func(epoch, step int)
	AfterEpoch func(epoch int)
}

// CheckEvery is the least number of steps between two openings of the alarm bit
// within training; the opening takes about 25 rounds.
const CheckEvery = 64

// ErrDiverged is what Fit's error wraps when numbers left the fixed-point range.
var ErrDiverged = errors.New("training diverged")

// Fit trains model on the rows of x (n×features) with targets y (n×1, whole
// numbers). When a number has left the fixed-point range, it returns an error
// that wraps [ErrDiverged] at the next opening of the alarm bit; the weights are
// then worthless.
func Fit(s *tensor.Session, model Model, x, y tensor.Secret, c Config) (err error) {
	if err := c.Check(s.FractionBits(), x.Rows()); err != nil {
		return err
	}
	c.Optimizer.start(s, model.Params())
	perEpoch := (x.Rows() + c.BatchSize - 1) / c.BatchSize
	g := newGuard(s, model.Params(), CheckEvery+perEpoch, c.rowNorm(x.Rows(), x.Shape()[1]))
	step, checked := 0, 0
	for epoch := 1; epoch <= c.Epochs && err == nil; epoch++ {
		s.In("epoch", epoch, func() {
			for _, rows := range datasets.Batches(x.Rows(), c.BatchSize, c.Seed, epoch, c.Shuffle) {
				step++
				s.In("step", step, func() { fitBatch(s, model, x, y, rows, c.Optimizer, g) })
				if c.AfterStep != nil {
					c.AfterStep(epoch, step)
				}
			}
			if epoch == c.Epochs || step-checked >= CheckEvery {
				err, checked = checkRange(s, g, epoch, c.Alarm), step
			}
		})
		if err == nil && c.AfterEpoch != nil {
			c.AfterEpoch(epoch)
		}
	}
	return err
}

// fitBatch does one step on these rows; all its tensors are temporary but the
// parameters and the velocity.
func fitBatch(s *tensor.Session, model Model, x, y tensor.Secret, rows []int, o *SGD, g *guard) {
	s.Temporary(func() {
		gain := model.Step(x.Gather(rows), y.Gather(rows))
		s.In("update", -1, func() { o.Step(model.Params(), gain*float64(len(rows))) })
		g.keep(model.Params())
	})
}

// checkRange opens the alarm bit: did an activation since the last time leave the
// range for which the arithmetic is exact, or were the weights so large that one
// could have?
func checkRange(s *tensor.Session, g *guard, epoch int, permit tensor.Permit) error {
	diverged := false
	s.In("range", -1, func() {
		s.Temporary(func() {
			g.watch()
			diverged = s.Alarm(permit)
		})
	})
	if diverged {
		return fmt.Errorf("train: %w by epoch %d: a number left ±%g", ErrDiverged, epoch, s.Range())
	}
	return nil
}
