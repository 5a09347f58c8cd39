package bench

import (
	"time"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// training is one server that trains.
type training struct {
	s      *tensor.Session
	x, y   tensor.Secret
	model  *train.LogisticRegression
	config train.Config

	steps  int // in an epoch, the first not counted
	epochs []epoch
}

// epoch is what the server had spent after the first step of an epoch and after
// the last.
type epoch struct{ first, last mark }

// mark is what was spent until a moment: on this server, and allocations in the
// process.
type mark struct {
	time   time.Time
	rounds int
	bytes  int64
	allocs uint64
}

func (b *bench) newTraining(p *mpc.Party, data rows, sigmoid layers.Activation) (*training, error) {
	s, err := tensor.NewSession(p, fractionBits)
	if err != nil {
		return nil, err
	}
	alarm, err := b.policy.Permit(overflow)
	if err != nil {
		return nil, err
	}
	t := &training{s: s, model: train.NewLogisticRegression(s, features, sigmoid), steps: b.plan.steps}
	t.x = s.Input(data.x[p.Server()], data.n, features)
	t.y = s.InputIntegers(data.y[p.Server()]).Reshape(data.n, 1)
	t.config = train.Config{
		Epochs: 1, BatchSize: batch, MeanSquare: 1, Alarm: alarm, AfterStep: t.afterStep,
		Optimizer: &train.SGD{LearningRate: .1, Momentum: .9, L2: .001},
	}
	return t, nil
}

// epoch trains on all rows once.
func (t *training) epoch() error { return train.Fit(t.s, t.model, t.x, t.y, t.config) }

// afterStep marks the first and the last step of an epoch. Counting allocations
// stops the process for a moment, so it is left out of the time.
func (t *training) afterStep(_, step int) {
	switch step {
	case 1:
		allocs := t.allocs()
		t.epochs = append(t.epochs, epoch{first: t.mark(allocs)})
	case t.steps + 1:
		last := t.mark(0)
		last.allocs = t.allocs()
		t.epochs[len(t.epochs)-1].last = last
	}
}

func (t *training) mark(allocs uint64) mark {
	m := mark{time: time.Now(), allocs: allocs}
	m.rounds, m.bytes = t.s.Cost()
	return m
}

// allocs is counted by one server, for all.
func (t *training) allocs() uint64 {
	if t.s.Server() != 0 {
		return 0
	}
	return mallocs()
}

// summary puts together what the three servers have measured. Allocations are counted
// when server 0 has done a step; the others may be a little before or behind.
func summary(servers [3]*training) Step {
	var took []time.Duration
	var sum Step
	laps := len(servers[0].epochs) - warmLaps
	n := float64(laps * servers[0].steps)
	for i := range laps {
		var ends epoch
		for _, t := range servers {
			e := t.epochs[warmLaps+i]
			ends.first.time, ends.last.time = later(ends.first.time, e.first.time), later(ends.last.time, e.last.time)
			sum.Bytes += float64(e.last.bytes-e.first.bytes) / n / float64(len(servers))
			sum.Allocs += float64(e.last.allocs-e.first.allocs) / n
		}
		took = append(took, ends.last.time.Sub(ends.first.time))
	}
	perStep := median(took).Seconds() * 1e3 / float64(servers[0].steps)
	return Step{
		Milliseconds: digits(perStep, 4), Rounds: digits(rounds(servers)/n, 3),
		Bytes: digits(sum.Bytes, 5), Allocs: hundredths(sum.Allocs),
	}
}

// rounds is how many the busiest server went through in the laps that count.
func rounds(servers [3]*training) float64 {
	most := 0
	for _, t := range servers {
		sum := 0
		for _, e := range t.epochs[warmLaps:] {
			sum += e.last.rounds - e.first.rounds
		}
		most = max(most, sum)
	}
	return float64(most)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
