package mpctest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

func square(p *mpc.Party, xs []mpc.Arith) mpc.Arith { return p.Reshare(p.Mul(xs[0], xs[0])) }

func TestEval3(t *testing.T) {
	require.Equal(t, []uint64{9, 16, 25}, mpctest.Eval3(t, mpc.Options{}, square, []uint64{3, 4, 5}))
}

func TestCheckCost(t *testing.T) {
	in := mpctest.Shares(t, make([]uint64, 100))
	reports := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		square(p, in.Input(p))
		return nil
	})
	mpctest.CheckCost(t, mpc.Costs{}.Reshare(100), reports)

	wrong := &probe{ctx: t.Context()}
	wrong.try(func() { mpctest.CheckCost(wrong, mpc.Costs{}.Reshare(99), reports) })
	require.True(t, wrong.Failed())
}

// TestRun3FailsTheTest ends one server with an error, and has one fail the test
// from inside the program.
func TestRun3FailsTheTest(t *testing.T) {
	for name, program := range map[string]func(tb mpctest.TB) error{
		"an error":       func(mpctest.TB) error { return errors.New("boom") },
		"a failed check": func(tb mpctest.TB) error { require.Fail(tb, "no"); return nil },
	} {
		for bad := range 3 {
			got := &probe{ctx: t.Context()}
			got.try(func() {
				mpctest.Run3(got, mpc.Options{}, func(p *mpc.Party) error {
					if p.Server() == bad {
						return program(got)
					}
					p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
					return nil
				})
			})
			require.True(t, got.Failed(), "%s of server %d", name, bad)
		}
	}
}

// TestRepeats draws keys and shares from a seeded crypto/rand: two runs open the
// same shares.
func TestRepeats(t *testing.T) {
	run := func(seed uint64) string {
		cryptotest.SetGlobalRandom(t, seed)
		var up [3][]uint64
		in := mpctest.Shares(t, make([]uint64, 64))
		mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
			x := p.AddPublic(in.Input(p)[0], []uint64{63: 1})
			up[p.Server()] = p.Reveal(p.Trunc(p.AddPublic(x, make([]uint64, 64)), 1), mpctest.Permit())
			for range 20 {
				up[p.Server()] = append(up[p.Server()], p.Reveal(p.TruncProduct(p.AsProduct(x), 1), mpctest.Permit())...)
			}
			return nil
		})
		return fmt.Sprint(up)
	}
	require.Equal(t, run(1), run(1))
	require.NotEqual(t, run(1), run(2))
}

// probe is a test that may fail.
type probe struct {
	ctx    context.Context
	failed atomic.Bool
}

func (p *probe) Helper()                  {}
func (p *probe) Context() context.Context { return p.ctx }
func (p *probe) Errorf(string, ...any)    { p.failed.Store(true) }
func (p *probe) Failed() bool             { return p.failed.Load() }

// FailNow ends the goroutine, as that of testing does.
func (p *probe) FailNow() {
	p.failed.Store(true)
	runtime.Goexit()
}

// try runs f as a test would be run.
func (p *probe) try(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}
