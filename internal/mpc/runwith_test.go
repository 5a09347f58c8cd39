package mpc_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// runWith runs program on three servers, each with a context of its own, and
// returns what they panicked with and their errors.
func runWith(t *testing.T, contexts [3]context.Context, program func(p *mpc.Party) error) (panics [3]any, errs [3]error) {
	t.Helper()
	conns, keys := mem.New(), mpctest.NewPairKeys(t).Session(t, [32]byte{})
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			_, errs[i] = mpc.Run(contexts[i], conns[i], keys[i], mpctest.Policy(), mpc.Options{}, program)
		})
	}
	wg.Wait()
	return panics, errs
}

func runtimeGoexit() { runtime.Goexit() }
