package parties

import (
	"context"
	"crypto/rand"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// serve runs the phases one after another, each with three servers, or with the
// one of the clear engine.
func (r *run) serve(ctx context.Context, cancel context.CancelCauseFunc) error {
	for _, phase := range r.job.Phases() {
		var err error
		if r.servers == 1 {
			err = r.serveClear(ctx, phase.Name)
		} else {
			err = r.serveSecure(ctx, cancel, phase.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) serveClear(ctx context.Context, phase string) error {
	report, err := r.phaseRun(phase, 0).clear(ctx)
	r.reports[0] = append(r.reports[0], report)
	r.reportRange(report.mpc)
	return err
}

func (r *run) serveSecure(ctx context.Context, cancel context.CancelCauseFunc, phase string) error {
	keys, err := localKeys(r.job.Hash())
	if err != nil {
		return err
	}
	_, network := r.network()
	conns := mem.New(network...)
	defer conns[0].Close(nil)
	var all sync.WaitGroup
	for k := range conns {
		all.Go(func() {
			report, err := r.phaseRun(phase, k).Run(ctx, conns[k], keys[k])
			r.reports[k] = append(r.reports[k], report)
			if err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// phaseRun is server k's side of a phase.
func (r *run) phaseRun(phase string, k int) PhaseRun {
	link, _ := r.network()
	return PhaseRun{Job: r.job, Phase: phase, Box: deskBox{r.desk, k}, Link: link, OnEvent: r.observer(k)}
}

// network returns what the servers are told of the network between them, and
// how to make it.
func (r *run) network() (mpc.Link, []mem.Option) {
	l := r.opt.Link
	if l == nil {
		return mpc.Link{}, nil
	}
	return mpc.Link{Delay: l.Delay.Seconds(), Bandwidth: l.Bandwidth}, []mem.Option{mem.WithLink(*l)}
}

// localKeys draws the pair keys of a session in this process.
func localKeys(job [32]byte) (keys [3]prg.Keys, err error) {
	var nonces [3][32]byte
	var pair, own [3]prg.PairKey
	for k := range 3 {
		if _, err = rand.Read(nonces[k][:]); err != nil {
			return keys, err
		}
		if pair[k], err = prg.NewPairKey(rand.Reader); err != nil {
			return keys, err
		}
		if own[k], err = prg.NewPairKey(rand.Reader); err != nil {
			return keys, err
		}
	}
	id := prg.SessionID(job, nonces)
	for k := range 3 {
		if keys[k], err = prg.Derive(id, k, pair[k], pair[(k+1)%3], own[k]); err != nil {
			return keys, err
		}
	}
	return keys, nil
}
