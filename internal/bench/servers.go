package bench

import (
	"context"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/prg"
)

// together runs f for each server, with laps on a common stopwatch, and returns
// the first error.
func together(w *stopwatch, f func(server int) error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	for i := range 3 {
		wg.Go(func() {
			if err := f(i); err != nil {
				once.Do(func() { first = err })
				w.stop()
			}
		})
	}
	wg.Wait()
	return first
}

// overflow is what training opens once an epoch.
const overflow = "overflow"

func newPolicy() *mpc.Policy { return mpc.NewPolicy(mpc.Line{What: overflow, To: []string{mpc.All}}) }

// session runs a program as three servers, and returns what they sent.
func (b *bench) session(w *stopwatch, o mpc.Options, program func(p *mpc.Party) error) (reports [3]*mpc.Report, err error) {
	keys, err := sessionKeys()
	if err != nil {
		return reports, err
	}
	conns := b.connect()
	defer conns[0].Close(nil)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	err = together(w, func(i int) (err error) {
		reports[i], err = mpc.Run(ctx, conns[i], keys[i], b.policy, o, program)
		return err
	})
	return reports, err
}

// sessionKeys returns the keys of the three servers.
func sessionKeys() (keys [3]prg.Keys, err error) {
	source := random()
	var pair, own [3]prg.PairKey
	for i := range 3 {
		if pair[i], err = prg.NewPairKey(source); err != nil {
			return keys, err
		}
		if own[i], err = prg.NewPairKey(source); err != nil {
			return keys, err
		}
	}
	for i := range 3 {
		if keys[i], err = prg.Derive([32]byte{}, i, pair[i], pair[(i+1)%3], own[i]); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

// input is a secret vector in three parts.
type input [3]mpc.Part

// share splits n random numbers of so many bits.
func share(n, bits int) (input, error) { return mpc.Split(randomWords(n, bits), random()) }
