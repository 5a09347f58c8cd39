package parties

import (
	"sync/atomic"
	"time"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/train"
)

// watchProgress makes server 0 tell of steps and epochs, with what all three
// have sent.
func (sv *server) watchProgress(c *train.Config, rows int) {
	perEpoch := (rows + c.BatchSize - 1) / c.BatchSize
	steps, begin := c.Epochs*perEpoch, time.Now()
	if sv.index == 0 {
		sv.timing = timing{begin: begin, steps: steps}
		sv.emit(Event{Kind: EventPhase, Phase: "training", Steps: steps, Epochs: c.Epochs})
	}
	event := func(kind string, epoch, step int) {
		rounds, sent := sv.s.Cost()
		sv.sent[sv.index].Store(sent)
		if sv.index != 0 {
			return
		}
		sv.timing.end = time.Now()
		e := Event{Kind: kind, Epoch: epoch, Epochs: c.Epochs, Step: step, Steps: steps, Rounds: rounds, Elapsed: time.Since(begin)}
		for k := range e.BytesSent {
			e.BytesSent[k] = sv.sent[k].Load()
		}
		sv.emit(e)
	}
	c.AfterStep = func(epoch, step int) { event(EventStep, epoch, step) }
	c.AfterEpoch = func(epoch int) { event(EventEpoch, epoch, epoch*perEpoch) }
}

// sentBytes is what each server has sent so far, for progress.
type sentBytes [3]atomic.Int64

// rangeWarnings is how many places a run warns of: once a number has left the
// range, most that follow do.
const rangeWarnings = 5

// reportRange warns of the first steps at which the clear engine saw numbers leave
// the fixed-point range.
func (r *run) reportRange(report *mpc.Report) {
	if report == nil {
		return
	}
	for i, x := range report.Range {
		if i == rangeWarnings {
			r.warn("fixed-point range: and %d operations more", len(report.Range)-i+report.RangeMore)
			return
		}
		r.warn("fixed-point range: %s: %s: %d numbers up to 2^%.1f, want below 2^%d", x.Step, x.Op, x.Count, x.Bits, x.Limit)
	}
}
