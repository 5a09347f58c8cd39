package parties

import (
	"context"
	"crypto/rand"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// startServers starts the three servers, or the one of the clear engine.
func (r *run) startServers(ctx context.Context, start func(func() error)) error {
	rounding := mpc.Stochastic
	if r.job.Number.Rounding == ExactRounding {
		rounding = mpc.Exact
	}
	if r.servers == 1 {
		opts := mpc.ClearOptions{Rounding: rounding, Seed: r.job.Train.Seed}
		start(func() (err error) {
			r.reports[0], err = mpc.RunClear(ctx, r.policy, opts, func(e *mpc.Clear) error { return r.serve(ctx, e, 0) })
			r.reportRange(r.reports[0])
			return err
		})
		return nil
	}
	keys, err := localKeys(r.job.Hash())
	if err != nil {
		return err
	}
	link, network := r.network()
	opts := mpc.Options{Rounding: rounding, Link: link}
	conns := mem.New(network...)
	for k := range conns {
		start(func() (err error) {
			r.reports[k], err = mpc.Run(ctx, conns[k], keys[k], r.policy, opts, func(p *mpc.Party) error { return r.serve(ctx, p, k) })
			return err
		})
	}
	return nil
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
