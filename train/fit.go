package train

import (
	"errors"
	"fmt"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Config says how to train.
type Config struct {
	Epochs    int
	BatchSize int
	Seed      uint64 // of the public order of rows
	Shuffle   bool   // a new order every epoch; otherwise rows in order
	Optimizer Optimizer
	Schedule  Schedule // of the learning rate; nil: constant
	Rows      []int    // public numbers of those to train on; nil: all
	ClipValue float64  // bound of every element of the mean gradient; 0: none

	// EarlyStopping, if set, ends training when the loss on other rows no longer
	// falls.
	EarlyStopping *EarlyStopping

	// MeanSquare bounds, for every feature, the mean of its square over the rows
	// that are trained on: 1 for features that are standardised or in [−1, 1]; N/n
	// for n of N rows that are standardised together. It leaves more bits for the
	// learning rate. 0 stands for MaxFeature².
	MeanSquare float64

	// RowNorm bounds the Euclidean norm of every row, with a 1 added for the
	// intercept. Weights whose norm exceeds the range over RowNorm raise the alarm,
	// because x·w could then have wrapped around. 0 stands for what MeanSquare says.
	RowNorm float64

	// Started says that the model begins with weights that a party chose: they are
	// watched as those of a step are, and each must be within the range.
	Started bool

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

// Fit trains model on the rows of x (n×features, or n×channels×height×width) with
// targets y (n rows). When a number has left the fixed-point range, it returns an
// error that wraps [ErrDiverged] at the next opening of the alarm bit; the weights
// are then worthless. The package comment says what is proven of that, and what is
// watched.
func Fit(s *tensor.Session, model Model, x, y tensor.Secret, c Config) (err error) {
	t, err := newTraining(s, model, x, y, c)
	if err != nil {
		return err
	}
	for epoch := 1; epoch <= c.Epochs; epoch++ {
		stop := false
		s.In("epoch", epoch, func() { stop, err = t.epoch(epoch) })
		if err != nil {
			return err
		}
		if c.AfterEpoch != nil {
			c.AfterEpoch(epoch)
		}
		if stop {
			break
		}
	}
	return nil
}

// training is one call of Fit.
type training struct {
	Config
	s       *tensor.Session
	model   Model
	params  []*layers.Param // that are trained
	x, y    tensor.Secret
	rows    int // that are trained on
	guard   guard
	step    int // done so far
	steps   int // to be done
	checked int // the step of the last check
}

func newTraining(s *tensor.Session, model Model, x, y tensor.Secret, c Config) (*training, error) {
	rows, residual := x.Rows(), 0.
	if c.Rows != nil {
		rows = len(c.Rows)
	}
	l, proven := model.(linear)
	if proven {
		residual = l.residual()
	}
	if err := c.check(s.FractionBits(), rows, residual); err != nil {
		return nil, err
	}
	t := &training{Config: c, s: s, model: model, params: trainable(model.Params()), x: x, y: y, rows: rows}
	if len(t.params) == 0 {
		return nil, errors.New("train: all parameters are frozen, so there is nothing to train")
	}
	perEpoch := (rows + c.BatchSize - 1) / c.BatchSize
	t.steps = perEpoch * c.Epochs
	t.guard = weightGuard{t.params, c.Optimizer}
	if proven {
		t.guard = newNormGuard(s, model.Params(), 1+CheckEvery+perEpoch, c.rowNorm(rows, x.Len()/x.Rows()))
	}
	if c.Started {
		t.watchStart()
	}
	c.Optimizer.start(s, t.params)
	if c.EarlyStopping != nil {
		return t, c.EarlyStopping.start(s, model)
	}
	return t, nil
}

// watchStart watches the weights that training begins with.
//
// Cost: two comparisons in 64 bits for each weight.
func (t *training) watchStart() {
	t.s.In("start", -1, func() {
		t.s.Temporary(func() {
			params := t.model.Params()
			columns := make([]tensor.Secret, len(params))
			for i, p := range params {
				columns[i] = p.Value.Reshape(p.Value.Len(), 1)
			}
			tensor.Concat(columns...).Watch()
			t.guard.keep(params)
		})
	})
}

// epoch trains on all rows once, and says whether to stop then.
func (t *training) epoch(epoch int) (stop bool, err error) {
	for _, rows := range datasets.Batches(t.rows, t.BatchSize, t.Seed, epoch, t.Shuffle) {
		rate := t.factor(Moment{epoch - 1, t.Epochs, t.step, t.steps})
		t.step++
		t.s.In("step", t.step, func() { t.batch(rows, rate) })
		if t.AfterStep != nil {
			t.AfterStep(epoch, t.step)
		}
	}
	if t.EarlyStopping != nil && epoch < t.Epochs {
		t.s.In("early stopping", -1, func() { stop = t.EarlyStopping.after(t.s, t.model, epoch) })
	}
	if stop || epoch == t.Epochs || t.step-t.checked >= CheckEvery {
		t.checked = t.step
		err = t.checkRange(epoch)
	}
	return stop, err
}

// batch does one step on these of the rows to train on; all its tensors are temporary
// but the parameters and the state of the optimiser.
func (t *training) batch(rows []int, rate float64) {
	rows = chosen(t.Rows, rows)
	t.s.Temporary(func() {
		n := t.model.Step(t.x.Gather(rows), t.y.Gather(rows)) * float64(len(rows))
		align(t.params)
		if t.ClipValue > 0 {
			t.s.In("clip", -1, func() { clip(t.s, t.params, n, t.ClipValue) })
			n = clipUp
		}
		t.s.In("update", -1, func() { t.Optimizer.step(n, rate) })
		t.guard.keep(t.params)
	})
}

// checkRange opens the alarm bit: did a number that was watched since the last
// time leave the range for which the arithmetic is exact?
func (t *training) checkRange(epoch int) error {
	diverged := false
	t.s.In("range", -1, func() {
		t.s.Temporary(func() {
			t.guard.watch()
			diverged = t.s.Alarm(t.Alarm)
		})
	})
	if diverged {
		return fmt.Errorf("train: %w by epoch %d: a number left ±%g", ErrDiverged, epoch, t.s.Range())
	}
	return nil
}

// chosen returns the rows with these numbers in the list, nil being that of all.
func chosen(list, rows []int) []int {
	if list == nil {
		return rows
	}
	of := make([]int, len(rows))
	for i, r := range rows {
		of[i] = list[r]
	}
	return of
}
