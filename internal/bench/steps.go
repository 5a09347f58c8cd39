package bench

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// The step of logistic regression, and the batch of the others.
const (
	batch    = 128
	features = 30
)

// step measures training steps in laps of one epoch each, from the end of the
// epoch's first step to the end of its last.
func (b *bench) step(t task) error {
	data, err := newRows(t)
	if err != nil {
		return err
	}
	w := newStopwatch(b.protocol)
	var spent [3][]epoch
	_, err = b.session(w, b.protocolsOf(t), func(p *mpc.Party) error {
		s, err := b.newTraining(p, t, data)
		for err == nil && w.lap() {
			err = s.epoch()
		}
		if err == nil {
			spent[p.Server()] = s.epochs
		}
		return err
	})
	if err != nil {
		return err
	}
	b.result.setStep(t.name, summary(spent, t.steps))
	return b.stepApart(t)
}

// protocolsOf are the protocols of a session for t.
func (b *bench) protocolsOf(t task) mpc.Options {
	o := b.protocols()
	o.CoarseSigns = t.coarse
	return o
}

// Step returns the cost of a step of one of [Tasks], if it was measured.
func (r *Result) Step(name string) (s Step, ok bool) {
	switch name {
	case "lr_step":
		return r.LRStep, true
	case "lr_step_minimax3":
		return r.LRStepMinimax3, true
	}
	s, ok = r.Networks[name]
	return s, ok
}

// setStep records a step.
func (r *Result) setStep(name string, s Step) {
	switch name {
	case "lr_step":
		r.LRStep, r.Allocs.LRStep = s, s.Allocs
	case "lr_step_minimax3":
		r.LRStepMinimax3 = s
	default:
		r.Networks[name] = s
	}
}

// rows is a training set, shared.
type rows struct {
	n    int
	x, y input
}

// newRows returns rows for an epoch of t.
func newRows(t task) (r rows, err error) {
	r.n = (t.steps + 1) * t.batch
	width := 1
	for _, n := range t.row {
		width *= n
	}
	if r.x, err = share(r.n*width, fractionBits); err != nil { // |x| < 1
		return r, err
	}
	r.y, err = mpc.Split(targets(r.n, t.classes), random())
	return r, err
}

// targets returns n rows, each with a 1 in a random column: of one column in half
// of the rows.
func targets(n, classes int) []uint64 {
	y := make([]uint64, n*classes)
	for i, bits := range randomWords(n, 62) {
		if class := int(bits>>1) % max(2, classes); class < classes {
			y[i*classes+class] = 1
		}
	}
	return y
}
