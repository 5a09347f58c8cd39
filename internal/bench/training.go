package bench

import (
	"time"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// training is one server that trains.
type training struct {
	s      *tensor.Session
	x, y   tensor.Secret
	model  train.Model
	config train.Config

	steps  int // in an epoch, the first not counted
	epochs []epoch
}

func (b *bench) newTraining(p *mpc.Party, k task, data rows) (*training, error) {
	s, err := tensor.NewSession(p, fractionBits)
	if err != nil {
		return nil, err
	}
	alarm, err := b.policy.Permit(overflow)
	if err != nil {
		return nil, err
	}
	t := &training{s: s, model: k.build(s), steps: k.steps}
	t.x = s.Input(data.x[p.Server()], append([]int{data.n}, k.row...)...)
	t.y = s.InputIntegers(data.y[p.Server()]).Reshape(data.n, k.classes)
	t.config = train.Config{
		Epochs: 1, BatchSize: k.batch, MeanSquare: 1, Alarm: alarm, AfterStep: t.afterStep, Optimizer: &k.rule,
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
		t.epochs = append(t.epochs, epoch{First: t.mark(allocs)})
	case t.steps + 1:
		last := t.mark(0)
		last.Allocs = t.allocs()
		t.epochs[len(t.epochs)-1].Last = last
	}
}

func (t *training) mark(allocs uint64) mark {
	m := mark{Time: time.Now(), Allocs: allocs}
	m.Rounds, m.Bytes = t.s.Cost()
	return m
}

// allocs is counted by one server, for all.
func (t *training) allocs() uint64 {
	if t.s.Server() != 0 {
		return 0
	}
	return mallocs()
}
