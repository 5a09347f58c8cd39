package parties

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/train"
)

// Optimizer chooses how weights follow from gradients. At most one field is set;
// the learning rate is train.learning_rate.
type Optimizer struct {
	SGD  *SGD  `json:"sgd,omitempty"`
	Adam *Adam `json:"adam,omitempty"`
}

// SGD is gradient descent with train.momentum.
type SGD struct {
	LearningRate *float64 `json:"learning_rate,omitempty"` // train.learning_rate, if given here
	Momentum     *float64 `json:"momentum,omitempty"`      // train.momentum, if given here
	Nesterov     bool     `json:"nesterov"`
}

// Adam is the method of Kingma and Ba, with epsilon under the root. Train.momentum
// plays no part.
type Adam struct {
	LearningRate *float64 `json:"learning_rate,omitempty"` // train.learning_rate, if given here
	Beta1        float64  `json:"beta1"`
	Beta2        float64  `json:"beta2"`
	Epsilon      float64  `json:"epsilon"`
	AMSGrad      bool     `json:"amsgrad"`
}

func (o *Optimizer) fromWord(word string) bool {
	switch word {
	case "sgd":
		o.SGD = &SGD{}
	case "adam":
		o.Adam = &Adam{}
		o.Adam.defaults()
	default:
		return false
	}
	return true
}

func (*Optimizer) words() []string { return []string{"sgd", "adam"} }

func (a *Adam) defaults() { *a = Adam{Beta1: .9, Beta2: .999, Epsilon: 1e-6} }

func (s *StepSchedule) defaults() { *s = StepSchedule{Every: 1, Factor: .1} }

// Schedule changes the learning rate in the course of training. At most one of
// Step and Cosine is set.
type Schedule struct {
	WarmUp int             `json:"warmup,omitempty"` // steps in which the rate grows from 0
	Step   *StepSchedule   `json:"step,omitempty"`
	Cosine *CosineSchedule `json:"cosine,omitempty"`
}

// StepSchedule multiplies the rate by Factor every Every epochs.
type StepSchedule struct {
	Every  int     `json:"every"`
	Factor float64 `json:"factor"`
}

// CosineSchedule lets the rate fall along half a cosine to Final times itself.
type CosineSchedule struct {
	Final float64 `json:"final"`
}

func (s *Schedule) fromWord(word string) bool {
	switch word {
	case "step":
		s.Step = &StepSchedule{}
		s.Step.defaults()
	case "cosine":
		s.Cosine = &CosineSchedule{}
	default:
		return false
	}
	return true
}

func (*Schedule) words() []string { return []string{"step", "cosine"} }

// longWarmUp says so if training ends before its warm-up does, with n rows of which
// some may be kept out; otherwise it is empty.
func (j *Job) longWarmUp(n int) string {
	fit := max(1, j.fitRows(n))
	batch := min(j.Train.Batch, fit)
	steps := j.Train.Epochs * ((fit + batch - 1) / batch)
	if s := j.Train.Schedule; s != nil && s.WarmUp > steps {
		highest := j.Train.LearningRate * float64(steps) / float64(s.WarmUp)
		return fmt.Sprintf("train.schedule.warmup is %d steps, but training has only %d: the learning rate grows to %.3g, and not to %g", s.WarmUp, steps, highest, j.Train.LearningRate)
	}
	return ""
}

// schedule returns the schedule as package train has it, nil for a constant rate.
func (s *Schedule) schedule() train.Schedule {
	if s == nil {
		return nil
	}
	var then train.Schedule
	switch {
	case s.Step != nil:
		then = train.StepLR{Every: s.Step.Every, Gamma: s.Step.Factor}
	case s.Cosine != nil:
		then = train.Cosine{Final: s.Cosine.Final}
	}
	if s.WarmUp > 0 {
		return train.WarmUp{Steps: s.WarmUp, Then: then}
	}
	return then
}
