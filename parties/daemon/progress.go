package daemon

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// tell says in plain words what is being done.
func (r *phaseRun) tell(what string) {
	r.change(func(p *partypb.Progress) { p.What = what })
}

// change alters a copy of the progress, which others may be reading.
func (r *phaseRun) change(f func(*partypb.Progress)) {
	r.set(func() {
		p := &partypb.Progress{}
		if r.progress != nil {
			p = proto.Clone(r.progress).(*partypb.Progress)
		}
		p.ElapsedNanos = uint64(time.Since(r.began))
		f(p)
		r.progress = p
	})
}

// on takes progress from the phase.
func (r *phaseRun) on(e parties.Event) {
	if e.Kind == parties.EventWarning {
		r.d.Log.Warn(e.Message, "job", r.id.String(), "phase", r.phase)
		return
	}
	p := &partypb.Progress{
		Epoch: uint32(e.Epoch), Epochs: uint32(e.Epochs), Step: uint64(e.Step), Steps: uint64(e.Steps),
		Rounds: uint64(e.Rounds), BytesSent: uint64(e.BytesSent[r.self]),
		ElapsedNanos: uint64(time.Since(r.began)), EtaNanos: uint64(eta(e.Step, e.Steps, e.Elapsed)), What: "training",
	}
	r.d.metrics.progress(r.progressBefore(), p)
	r.set(func() { r.progress = p })
}

func (r *phaseRun) progressBefore() *partypb.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress
}

// place says where the run was, for a failure.
func (r *phaseRun) place() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch p := r.progress; {
	case p == nil:
		return "before the phase"
	case p.GetStep() > 0:
		return fmt.Sprintf("epoch %d, after step %d of %d", p.GetEpoch(), p.GetStep(), p.GetSteps())
	default:
		return p.GetWhat()
	}
}
