package client

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Node is a running server, and its key, which only its operator should have:
// so this is for trials.
type Node struct {
	Address string
	Key     identity.Key
}

// RunAll runs a job without servers on three servers, and is all owners and all
// operators itself: what trainer run does, over the network. Receipts and the
// like go to the folder dir. It protects nobody: one process has all rows and all
// keys.
func RunAll(ctx context.Context, job *parties.Job, nodes [3]Node, dir string, on func(parties.Event)) (*parties.Result, error) {
	e := &everyone{local: job, nodes: nodes, dir: dir}
	warnings, err := parties.Preflight(job)
	if err != nil {
		return nil, err
	}
	if err := e.agree(); err != nil {
		return nil, err
	}
	defer e.close()
	if err := e.approve(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := &teller{on: on}
	for _, text := range warnings {
		watch.warn(text)
	}
	go func() { _ = e.owners[0].Watch(ctx, watch.tell) }() // ends with ctx
	if err := e.work(ctx, cancel, watch); err != nil {
		return nil, err
	}
	reports, err := e.owners[0].reports(ctx, len(e.job.Phases()))
	if err != nil {
		return nil, err
	}
	watch.finish(job.Train.Epochs, reports.phases)
	return e.result(reports, watch.warned), nil
}

// everyone is all sides of a job but the servers.
type everyone struct {
	local  *parties.Job // as the user wrote it
	job    *parties.Job // with servers and keys
	nodes  [3]Node
	keys   []identity.Key // of the owners
	owners []*Client
	desks  []*desk
	dir    string
}

// agree makes the job that the servers get: with their addresses, everybody's
// keys, and the columns, and without file names.
func (e *everyone) agree() error {
	job := *e.local
	job.Data.Owners = slices.Clone(e.local.Data.Owners)
	job.Servers = nil
	for i, n := range e.nodes {
		job.Servers = append(job.Servers, parties.Server{ID: i, Address: n.Address, Key: n.Key.Fingerprint()})
	}
	for i := range job.Data.Owners {
		key := identity.Generate()
		e.keys = append(e.keys, key)
		job.Data.Owners[i].Key, job.Data.Owners[i].File = key.Fingerprint(), ""
	}
	if job.Start != nil {
		start := *job.Start
		start.File = "" // pinned by its hash, or a secret
		job.Start = &start
	}
	if len(job.Data.Features) == 0 && job.Data.Dataset == "" {
		table, err := job.OpenTable(e.local.Data.Owners[0].File)
		if err != nil {
			return err
		}
		job.Data.Features = table.Features
	}
	if err := job.Check(); err != nil {
		return err
	}
	e.job = &job
	for _, key := range e.keys {
		c, err := New(e.job, key)
		if err != nil {
			return err
		}
		e.owners = append(e.owners, c)
	}
	return nil
}

func (e *everyone) close() {
	for _, c := range e.owners {
		c.Close()
	}
}

// approve gives each server, as its own operator, the job with all approvals.
func (e *everyone) approve(ctx context.Context) error {
	var all []parties.Approval
	keys := e.keys
	for _, n := range e.nodes {
		keys = append(keys, n.Key)
	}
	for _, key := range keys {
		a, err := parties.Approve(e.job, key)
		if err != nil {
			return err
		}
		all = append(all, a)
	}
	for i, n := range e.nodes {
		c, err := New(e.job, n.Key)
		if err != nil {
			return err
		}
		defer c.Close()
		err = c.servers[i].call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error {
			_, err := api.Submit(ctx, &partypb.SubmitRequest{Job: e.job.Canonical(), Approvals: toWire(all)})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// work does what all owners do, at once.
func (e *everyone) work(ctx context.Context, cancel context.CancelCauseFunc, watch *teller) error {
	for i, c := range e.owners {
		spec := e.local.Data.Owners[i]
		opt := Options{Dir: filepath.Join(e.dir, fmt.Sprint(i)), Warn: watch.warn, Start: e.startFile(spec.Name)}
		if spec.File != "" {
			opt.File = e.local.Path(spec.File)
		}
		switch {
		case e.local.Data.Test != nil:
			opt.Test = e.local.Path(e.local.Data.Test.File)
		case spec.Test != "":
			opt.Test = e.local.Path(spec.Test)
		}
		d, err := c.sit(opt)
		if err != nil {
			return err
		}
		e.desks = append(e.desks, d)
	}
	var wg sync.WaitGroup
	for _, d := range e.desks {
		wg.Go(func() {
			if err := d.allPhases(ctx); err != nil {
				cancel(forGood(err))
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// forGood tells of a job that is held as a run in one process would: its servers end
// with it, so there is nothing to try again, and all sides are one.
func forGood(err error) error {
	if held, ok := errors.AsType[*heldError](err); ok {
		return errors.New(held.failure.Reason)
	}
	return err
}

// startFile is the model to start from that an owner has: a secret one is there for
// one of them, a public one for all.
func (e *everyone) startFile(owner string) string {
	if s := e.local.Start; s != nil && (s.Owner == "" || s.Owner == owner) {
		return e.local.Path(s.File)
	}
	return ""
}

// allPhases is what an owner does from the beginning to the end.
func (d *desk) allPhases(ctx context.Context) error {
	for _, phase := range d.Job.Phases() {
		if err := d.handInAll(ctx, phase); err != nil {
			return err
		}
		if err := d.acceptAll(ctx, phase); err != nil {
			return err
		}
	}
	return d.finished(ctx)
}

// finished waits until the last phase is over for an owner who is given nothing.
func (d *desk) finished(ctx context.Context) error {
	for {
		over := 0
		for _, st := range d.Status(ctx) {
			if st.State == StateDone {
				over++
			}
		}
		if over == len(d.servers) {
			return nil
		}
		if _, err := d.reason(ctx); err != nil {
			return err
		}
		if err := pause(ctx, firstLook); err != nil {
			return err
		}
	}
}

// result joins what the owners got.
func (e *everyone) result(reports reportSet, warnings []string) *parties.Result {
	var all *parties.Result
	for _, d := range e.desks {
		r := d.side.Result(reports.phases)
		if all == nil {
			all = r
		}
		maps.Copy(all.Metrics.Owners, r.Metrics.Owners)
		if r.Model != nil {
			all.Model = r.Model
		}
		if r.Metrics.Test != nil {
			all.Metrics.Test = r.Metrics.Test
		}
	}
	all.Warnings = warnings
	for _, bytes := range reports.peak {
		all.Cost.PeakMemoryBytes += bytes
	}
	all.JobHash = fmt.Sprintf("%x", e.local.Hash())
	return all
}
