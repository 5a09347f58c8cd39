package mpctest

import (
	"context"
	"sync"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// TB is what this package needs of a *testing.T, *testing.B or *rapid.T.
type TB interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	FailNow()
	Failed() bool
}

// Setup is how a session is run. The zero Setup has fresh keys, an in-memory
// network and the policy of [Policy].
type Setup struct {
	Context context.Context // nil: the test's
	Options mpc.Options
	Policy  *mpc.Policy                           // nil: Policy()
	Keys    *PairKeys                             // nil: fresh
	Wrap    func(c transport.Conn) transport.Conn // nil: the in-memory network as it is
}

// Result is how a session ended on each server.
type Result struct {
	Reports [3]*mpc.Report
	Errs    [3]error
}

// Run runs program on three servers and waits for all of them.
func (s Setup) Run(t TB, program func(p *mpc.Party) error) Result {
	t.Helper()
	s = s.withDefaults(t)
	conns, keys := mem.New(), s.Keys.Session(t, [32]byte{1})
	var r Result
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			r.Reports[i], r.Errs[i] = mpc.Run(s.Context, s.Wrap(conns[i]), keys[i], s.Policy, s.Options, program)
		})
	}
	wg.Wait()
	return r
}

func (s Setup) withDefaults(t TB) Setup {
	t.Helper()
	if s.Context == nil {
		s.Context = t.Context()
	}
	if s.Policy == nil {
		s.Policy = Policy()
	}
	if s.Keys == nil {
		s.Keys = NewPairKeys(t)
	}
	if s.Wrap == nil {
		s.Wrap = func(c transport.Conn) transport.Conn { return c }
	}
	return s
}

// Run3 runs program on three servers of a fresh session. It fails the test if
// one of them returns an error.
func Run3(t TB, opts mpc.Options, program func(p *mpc.Party) error) [3]*mpc.Report {
	t.Helper()
	r := Setup{Options: opts}.Run(t, program)
	for _, err := range r.Errs {
		require.NoError(t, err)
	}
	if t.Failed() {
		t.FailNow() // a server's goroutine failed the test and could not end it
	}
	return r.Reports
}
