package bench

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers"
)

// The step that is measured.
const (
	batch    = 128
	features = 30
)

func (b *bench) steps() (err error) {
	if b.result.LRStep, err = b.step(layers.Minimax5()); err != nil {
		return err
	}
	b.result.Allocs.LRStep = b.result.LRStep.Allocs
	b.result.LRStepMinimax3, err = b.step(layers.Minimax3())
	return err
}

// step measures training steps in laps of one epoch each, from the end of the
// epoch's first step to the end of its last.
func (b *bench) step(sigmoid layers.Activation) (Step, error) {
	data, err := newRows((b.plan.steps + 1) * batch)
	if err != nil {
		return Step{}, err
	}
	w := newStopwatch(b.protocol)
	var trained [3]*training
	_, err = b.session(w, func(p *mpc.Party) error {
		t, err := b.newTraining(p, data, sigmoid)
		trained[p.Server()] = t
		for err == nil && w.lap() {
			err = t.epoch()
		}
		return err
	})
	if err != nil {
		return Step{}, err
	}
	return summary(trained), nil
}

// rows is a training set, shared.
type rows struct {
	n    int
	x, y input
}

func newRows(n int) (r rows, err error) {
	r.n = n
	if r.x, err = share(n*features, fractionBits); err != nil { // |x| < 1
		return r, err
	}
	targets := randomWords(n, 1)
	for i := range targets {
		targets[i] &= 1
	}
	r.y, err = mpc.Split(targets, random())
	return r, err
}
