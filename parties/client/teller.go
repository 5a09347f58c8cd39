package client

import (
	"slices"
	"sync"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
)

// teller turns what servers say into the events of a run.
type teller struct {
	on     func(parties.Event)
	mu     sync.Mutex
	sent   [3]int64
	last   parties.Event
	warned []string
}

// warn passes on a warning, once.
func (t *teller) warn(text string) {
	t.mu.Lock()
	twice := slices.Contains(t.warned, text)
	if !twice {
		t.warned = append(t.warned, text)
	}
	t.mu.Unlock()
	if !twice {
		t.emit(parties.Event{Kind: parties.EventWarning, Message: text})
	}
}

func (t *teller) emit(e parties.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on != nil {
		t.on(e)
	}
}

// tell passes on the steps of server 0, with what all three have sent, and the last
// known one of an epoch as its end.
func (t *teller) tell(st Status) {
	p := st.Progress
	if p == nil || p.Steps == 0 {
		return
	}
	t.mu.Lock()
	t.sent[st.Server] = p.Sent
	e := parties.Event{
		Kind: parties.EventStep, Phase: st.Phase, Epoch: p.Epoch, Epochs: p.Epochs, Step: p.Step, Steps: p.Steps,
		Rounds: p.Rounds, BytesSent: t.sent, Elapsed: p.Elapsed,
	}
	before := t.last
	if st.Server == 0 {
		t.last = e
	}
	t.mu.Unlock()
	if st.Server != 0 {
		return
	}
	if before.Epoch > 0 && e.Epoch > before.Epoch {
		before.Kind = parties.EventEpoch
		t.emit(before)
	}
	t.emit(e)
}

// finish tells of the end of the last epoch.
func (t *teller) finish(epochs int, reports [3][]*parties.PhaseReport) {
	for i, r := range reports[0] {
		if r.Steps == 0 {
			continue
		}
		e := parties.Event{
			Kind: parties.EventEpoch, Phase: r.Phase, Epoch: epochs, Epochs: epochs, Step: r.Steps, Steps: r.Steps,
			Rounds: r.Rounds, Elapsed: time.Duration(r.TrainSeconds * float64(time.Second)),
		}
		for k := range reports {
			e.BytesSent[k] = reports[k][i].BytesSent
		}
		t.emit(e)
	}
}
