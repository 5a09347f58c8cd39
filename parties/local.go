package parties

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/trefoil-ml/trefoil/datasets"
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
	return r.result()
}

// run is one run of a job in this process.
type run struct {
	job    *Job
	opt    Options
	policy *mpc.Policy
	desk   *desk
	owners []*owner
	test   *owner          // the job's common test rows, if any
	ranges datasets.Ranges // agreed ones, with data.standardise: ranges

	servers int
	sent    sentBytes
	reports [3]*mpc.Report
	timing  timing
	events  sync.Mutex
	warned  []string
}

type timing struct {
	begin, end time.Time
	steps      int
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
	r.policy = job.policy()
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
	err := r.startServers(ctx, start)
	if err != nil {
		cancel(err)
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (r *run) result() (*Result, error) {
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
	for _, o := range r.reports[0].Openings {
		res.Audit = append(res.Audit, AuditEntry{Seq: o.Seq, What: o.What, To: o.To, Step: o.Step, Values: o.Values, Round: o.Round})
	}
	return res, nil
}

func (r *run) cost() Cost {
	c := Cost{
		TrainSeconds: r.timing.end.Sub(r.timing.begin).Seconds(), Steps: r.timing.steps, Link: r.opt.Link,
		PeakMemoryBytes: PeakMemory(),
	}
	for k := range r.servers {
		c.Rounds = max(c.Rounds, r.reports[k].Rounds)
		c.BytesSent[k] = r.reports[k].BytesSent
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
