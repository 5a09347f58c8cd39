package parties

import (
	"sync/atomic"
	"time"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/train"
)

// watchProgress makes the server tell of steps and epochs.
func (sv *server) watchProgress(c *train.Config, rows int) {
	perEpoch := (rows + c.BatchSize - 1) / c.BatchSize
	begin := time.Now()
	sv.report.Steps = c.Epochs * perEpoch
	sv.emit(Event{Kind: EventPhase, Phase: "training", Steps: sv.report.Steps, Epochs: c.Epochs})
	c.AfterStep = func(epoch, step int) { sv.progress(EventStep, begin, epoch, step) }
	c.AfterEpoch = func(epoch int) { sv.progress(EventEpoch, begin, epoch, epoch*perEpoch) }
}

// progress tells of a step or an epoch.
func (sv *server) progress(kind string, begin time.Time, epoch, step int) {
	rounds, sent := sv.s.Cost()
	elapsed := time.Since(begin)
	sv.report.TrainSeconds = elapsed.Seconds()
	e := Event{
		Kind: kind, Epoch: epoch, Epochs: sv.Job.Train.Epochs, Step: step, Steps: sv.report.Steps,
		Rounds: rounds, Elapsed: elapsed,
	}
	e.BytesSent[sv.index] = sent
	sv.emit(e)
}

func (sv *server) emit(e Event) {
	if sv.OnEvent != nil {
		sv.OnEvent(e)
	}
}

// observer passes on what server 0 tells, with what all three have sent.
func (r *run) observer(server int) func(Event) {
	return func(e Event) {
		if e.Kind == EventStep || e.Kind == EventEpoch {
			r.sent[server].Store(e.BytesSent[server])
		}
		if server != 0 {
			return
		}
		if e.Kind == EventWarning {
			r.warn("%s", e.Message)
			return
		}
		for k := range e.BytesSent {
			e.BytesSent[k] = r.sent[k].Load()
		}
		r.emit(e)
	}
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
