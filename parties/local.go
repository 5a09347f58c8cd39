package parties

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Local runs a job with its three servers and all its owners in this process
// (or, on the clear engine, with one server that sees everything). It is for
// trying a job out and for tests: whoever owns the process can read its memory,
// so it protects nobody.
//
// Errors name what was wrong and where; nothing is left behind by a failed run.
func Local(ctx context.Context, job *Job, opt Options) (*Result, error) {
	r, err := newRun(job, opt)
	if err != nil {
		return nil, err
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := r.all(ctx, cancel); err != nil {
		return nil, err
	}
	return r.result(), nil
}

// run is one run of a job in this process.
type run struct {
	job    *Job
	opt    Options
	desk   *desk
	owners []*OwnerSide

	servers int
	sent    sentBytes
	reports [3][]*PhaseReport // of each server, in order of phases
	events  sync.Mutex
	warned  []string
}

func newRun(job *Job, opt Options) (*run, error) {
	r := &run{job: job, opt: opt, desk: newDesk(), servers: 3}
	switch opt.Engine {
	case "", EngineSecure:
		r.opt.Engine = EngineSecure
	case EngineClear:
		r.servers = 1
		if opt.Link != nil {
			return nil, fmt.Errorf("got a link for engine %s, which has no servers to link", EngineClear)
		}
	default:
		return nil, fmt.Errorf("got engine %q, want %s or %s", opt.Engine, EngineSecure, EngineClear)
	}
	if err := mpc.CheckMachine(); err != nil {
		return nil, err
	}
	if err := job.Check(); err != nil {
		return nil, err
	}
	return r, nil
}

// all runs servers and owners side by side and returns the first error.
func (r *run) all(ctx context.Context, cancel context.CancelCauseFunc) error {
	var wg sync.WaitGroup
	start := func(f func() error) {
		wg.Go(func() {
			if err := f(); err != nil {
				cancel(err)
			}
		})
	}
	for _, o := range r.owners {
		start(func() error { return r.own(ctx, o) })
	}
	start(func() error { return r.serve(ctx, cancel) })
	wg.Wait()
	return context.Cause(ctx)
}

func (r *run) result() *Result {
	hash := r.job.Hash()
	res := &Result{
		Job: r.job.Name, JobHash: hex.EncodeToString(hash[:]), Engine: r.opt.Engine,
		Warnings: r.warned, Cost: r.cost(),
		Metrics: Metrics{Owners: map[string]OwnerMetrics{}},
	}
	for _, o := range r.owners {
		res.Metrics.Owners[o.name] = o.metrics
		if o.model != nil {
			res.Model = o.model
		}
		if o.pooled != nil {
			res.Metrics.Test = o.pooled
		}
	}
	res.Audit = audit(r.reports[0])
	return res
}

// audit joins the openings of all phases; rounds and numbers go on from phase to
// phase.
func audit(phases []*PhaseReport) (list []AuditEntry) {
	rounds := 0
	for _, p := range phases {
		for _, entry := range p.Audit {
			entry.Seq, entry.Round = len(list)+1, entry.Round+rounds
			list = append(list, entry)
		}
		rounds += p.Rounds
	}
	return list
}

func (r *run) cost() Cost {
	c := Cost{Link: r.opt.Link, PeakMemoryBytes: PeakMemory()}
	for phase := range r.reports[0] {
		rounds := 0
		for k := range r.servers {
			p := r.reports[k][phase]
			rounds = max(rounds, p.Rounds)
			c.BytesSent[k] += p.BytesSent
		}
		c.Rounds += rounds
		if n := r.reports[0][phase].Network; n != nil && r.reports[0][phase].Phase == PhaseTrain {
			c.Network = n
		}
		c.Steps += r.reports[0][phase].Steps
		c.TrainSeconds += r.reports[0][phase].TrainSeconds
	}
	return c
}

func (r *run) emit(e Event) {
	r.events.Lock()
	defer r.events.Unlock()
	if r.opt.OnEvent != nil {
		r.opt.OnEvent(e)
	}
}

// warn tells the user of something to look at, once.
func (r *run) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.events.Lock()
	if slices.Contains(r.warned, text) {
		r.events.Unlock()
		return
	}
	r.warned = append(r.warned, text)
	r.events.Unlock()
	r.emit(Event{Kind: EventWarning, Message: text})
}
