package mpc_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

var errBoom = errors.New("boom")

// inTime bounds a test that would hang if a server did not end.
func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// requireOrigin checks that all three errors wrap cause, and that the two that
// did not cause it name the server that did.
func requireOrigin(t *testing.T, errs [3]error, origin int, cause error) {
	t.Helper()
	for i, err := range errs {
		require.ErrorIs(t, err, cause, "server %d", i)
		own, ok := errors.AsType[*mpc.Error](err)
		if i == origin {
			continue
		}
		require.True(t, ok, "server %d: %v", i, err)
		require.Equal(t, i, own.Server)
		peer, ok := errors.AsType[*transport.PeerError](err)
		require.True(t, ok, "server %d: %v", i, err)
		require.Equal(t, origin, peer.Server)
		require.ErrorContains(t, err, fmt.Sprintf("server %d", origin))
	}
}

// TestFailureEndsAllServers lets one server fail at the start of each protocol.
func TestFailureEndsAllServers(t *testing.T) {
	in := randomOperands(65)
	for _, r := range protocols() {
		t.Run(r.name, func(t *testing.T) {
			for bad := range 3 {
				got := mpctest.Setup{Context: inTime(t), Options: r.opts}.Run(t, func(p *mpc.Party) error {
					v := in.take(p)
					p.Enter("epoch", 3)
					p.Enter(fmt.Sprintf("of server %d", p.Server()), -1)
					if p.Server() == bad {
						p.Fail(errBoom)
					}
					r.run(p, v)
					p.Reveal(v.x, mpctest.Permit()) // for whom needed nothing from the bad one
					return nil
				})
				requireOrigin(t, got.Errs, bad, errBoom)
				for i, err := range got.Errs {
					require.ErrorContains(t, err, fmt.Sprintf("at epoch 3/of server %d", i), "its own step")
					require.ErrorContains(t, err, fmt.Sprintf("server %d at epoch 3/of server %d: boom", bad, bad), "the step of the origin")
				}
			}
		})
	}
}

// TestConnectionLostAtEachMessage ends the session at every message of every
// protocol.
func TestConnectionLostAtEachMessage(t *testing.T) {
	in := randomOperands(65)
	for _, r := range protocols() {
		if testing.Short() && r.method() != "TruncProduct" {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			for last := int64(1); ; last++ {
				var sent, origin atomic.Int64
				cut := func(c transport.Conn) transport.Conn {
					return transport.Inject(c, func(from, _ int, _ transport.Tag, _ []uint64) transport.Fault {
						if sent.Add(1) != last {
							return transport.Fault{}
						}
						origin.Store(int64(from))
						return transport.Fault{Close: errBoom}
					})
				}
				got := mpctest.Setup{Context: inTime(t), Options: r.opts, Wrap: cut}.Run(t, func(p *mpc.Party) error {
					v := in.take(p)
					r.run(p, v)
					p.Reveal(v.x, mpctest.Permit())
					return nil
				})
				if sent.Load() < last {
					require.NoError(t, errors.Join(got.Errs[:]...))
					return // every message has had its turn
				}
				for i, err := range got.Errs {
					if err != nil || i == int(origin.Load()) { // a server that had all it needed may be done
						require.ErrorIs(t, err, errBoom)
					}
				}
			}
		})
	}
}

// TestReturnedErrorEndsAllServers does it with an ordinary error.
func TestReturnedErrorEndsAllServers(t *testing.T) {
	for bad := range 3 {
		r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
			if p.Server() == bad {
				return errBoom
			}
			p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
			return nil
		})
		require.Equal(t, errBoom, r.Errs[bad], "as returned")
		requireOrigin(t, r.Errs, bad, errBoom)
	}
}

// TestFailureInALane fails one lane while the others, here and elsewhere, wait.
func TestFailureInALane(t *testing.T) {
	in := randomOperands(65)
	for bad := range 3 {
		for lane := range 3 {
			r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
				v := in.take(p)
				programs := make([]func(*mpc.Party), 3)
				for i := range programs {
					programs[i] = func(q *mpc.Party) {
						if q.Server() == bad && i == lane {
							q.Par(func(*mpc.Party) {}, func(q *mpc.Party) { q.Fail(errBoom) })
						}
						for range 10 {
							q.Negative(v.x, 64)
						}
					}
				}
				p.Par(programs...)
				return errors.New("went on after a failed lane")
			})
			requireOrigin(t, r.Errs, bad, errBoom)
			require.NotErrorAs(t, r.Errs[bad], new(*transport.PeerError), "the origin reports its own failure, not the echo on another lane")
		}
	}
}

// TestFailuresInDifferentLanes fails lane i on server i: each server waits on
// two lanes for a server that will not speak there any more.
func TestFailuresInDifferentLanes(t *testing.T) {
	in := randomOperands(65)
	r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
		v := in.take(p)
		programs := make([]func(*mpc.Party), 3)
		for i := range programs {
			programs[i] = func(q *mpc.Party) {
				if q.Server() == i {
					q.Fail(errBoom)
				}
				q.Reveal(v.x, mpctest.Permit())
			}
		}
		p.Par(programs...)
		return nil
	})
	for _, err := range r.Errs {
		require.ErrorIs(t, err, errBoom)
	}
}

// TestContextEndsAllServers cancels one server's context while all wait or work.
func TestContextEndsAllServers(t *testing.T) {
	errStop := errors.New("the user pressed Ctrl-C")
	for bad := range 3 {
		contexts, cancel := [3]context.Context{}, context.CancelCauseFunc(nil)
		for i := range contexts {
			contexts[i] = inTime(t)
		}
		contexts[bad], cancel = context.WithCancelCause(contexts[bad])
		var once sync.Once
		_, errs := runWith(t, contexts, func(p *mpc.Party) error {
			v := randomOperands(1).take(p)
			for i := 0; ; i++ {
				if i == 20 {
					once.Do(func() { cancel(errStop) })
				}
				p.Trunc(v.x, 16)
				p.Reshare(p.AsProduct(v.x))
			}
		})
		for i, err := range errs {
			require.ErrorIs(t, err, errStop, "server %d", i)
			peer, ok := errors.AsType[*transport.PeerError](err)
			require.True(t, ok)
			require.Equal(t, bad, peer.Server)
		}
	}
}

// TestBugIsPanickedAgain panics on one server; the other two end with an error
// and the panic goes on.
func TestBugIsPanickedAgain(t *testing.T) {
	type oddValue struct{ int }
	wait := func(p *mpc.Party) { p.Reveal(p.Public([]uint64{1}), mpctest.Permit()) }
	long := make([]uint64, 3*mpc.Chunk)
	for name, program := range map[string]func(p *mpc.Party, panics bool){
		"on the main lane": func(p *mpc.Party, panics bool) {
			if panics {
				panic(oddValue{7})
			}
			wait(p)
		},
		"on the first lane": func(p *mpc.Party, panics bool) {
			p.Par(func(p *mpc.Party) {
				if panics {
					panic(oddValue{7})
				}
				wait(p)
			}, wait)
		},
		"on a lane of a lane": func(p *mpc.Party, panics bool) {
			p.Par(wait, func(p *mpc.Party) {
				p.Par(func(p *mpc.Party) { p.Trunc(p.Public(long), 16) }, func(p *mpc.Party) {
					if panics {
						panic(oddValue{7})
					}
					wait(p)
				})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			for bad := range 3 {
				ctx := inTime(t)
				panics, errs := runWith(t, [3]context.Context{ctx, ctx, ctx}, func(p *mpc.Party) error {
					program(p, p.Server() == bad)
					return nil
				})
				for i := range 3 {
					if i == bad {
						require.Contains(t, fmt.Sprint(panics[i]), "{7}")
						continue
					}
					require.Nil(t, panics[i])
					require.ErrorContains(t, errs[i], fmt.Sprintf("server %d: stopped by a bug", bad))
				}
			}
		})
	}
}

// TestBugOnALaneTellsWhere finds this function in the stack that a lane's panic
// would lose.
func TestBugOnALaneTellsWhere(t *testing.T) {
	ctx := inTime(t)
	panics, _ := runWith(t, [3]context.Context{ctx, ctx, ctx}, func(p *mpc.Party) error {
		p.Par(func(*mpc.Party) {}, func(*mpc.Party) { indexOutOfRange(nil) })
		return nil
	})
	require.Contains(t, fmt.Sprint(panics[0]), "index out of range")
	require.Contains(t, fmt.Sprint(panics[0]), "indexOutOfRange")
}

//go:noinline
func indexOutOfRange(x []int) int { return x[len(x)] }

// TestGivingUpEndsAllServers leaves one server's goroutine as a failed test
// does.
func TestGivingUpEndsAllServers(t *testing.T) {
	for name, giveUp := range map[string]func(p *mpc.Party){
		"main": func(*mpc.Party) { runtimeGoexit() },
		"lane": func(p *mpc.Party) { p.Par(func(*mpc.Party) {}, func(*mpc.Party) { runtimeGoexit() }) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := inTime(t)
			_, errs := runWith(t, [3]context.Context{ctx, ctx, ctx}, func(p *mpc.Party) error {
				if p.Server() == 1 {
					giveUp(p)
				}
				p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
				return nil
			})
			for _, i := range []int{0, 2} {
				peer, ok := errors.AsType[*transport.PeerError](errs[i])
				require.True(t, ok, "%v", errs[i])
				require.Equal(t, 1, peer.Server)
			}
		})
	}
}

// TestKeystreamEnds goes to the end of the numbers of draws. Going on would use
// the first pads again.
func TestKeystreamEnds(t *testing.T) {
	r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
		p.SkipDraws(1<<32 - 3)
		p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
		p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
		p.Reveal(p.Public([]uint64{1}), mpctest.Permit())
		return nil
	})
	begun := 0 // of the server that came first to the last opening; it ended the others
	for i, err := range r.Errs {
		require.ErrorContains(t, err, "2^32 draws of a key on lane main: start a new session")
		begun = max(begun, len(r.Reports[i].Openings))
	}
	require.Equal(t, 3, begun, "the last draw but one may be used")
}
