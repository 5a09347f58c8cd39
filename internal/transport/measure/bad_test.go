package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

var distant = Link{Delay: 20 * time.Millisecond, Bandwidth: 100 * mbit}

// TestSilentPeer has a server freeze at its messages but the last, after which
// another may have all it needs, and the other two name it.
func TestSilentPeer(t *testing.T) {
	for silent := range transport.Servers {
		last := int32(0)
		withFreezer(t, silent, math.MaxInt32, func(f *freezer, errs [transport.Servers]error) {
			require.Empty(t, errs)
			last = f.sent.Load() - 1
		})
		for after := int32(0); after < last; after += 7 {
			withFreezer(t, silent, after, func(f *freezer, errs [transport.Servers]error) {
				require.True(t, f.frozen(), "after %d messages", after)
				for _, i := range []int{(silent + 1) % 3, (silent + 2) % 3} {
					require.ErrorContains(t, errs[i], fmt.Sprintf("nothing from server %d for 30s", silent), "after %d messages", after)
					var end *transport.PeerError
					require.ErrorAs(t, errs[i], &end)
					require.Equal(t, silent, end.Server)
				}
			})
		}
	}
}

// withFreezer measures while one server freezes after so many messages, and
// looks at what comes of it.
func withFreezer(t *testing.T, silent int, after int32, look func(*freezer, [transport.Servers]error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		conns := network(alike(distant))
		f := &freezer{Conn: conns[silent], after: after, thaw: make(chan struct{})}
		conns[silent] = f
		thaw := time.AfterFunc(time.Hour, func() { close(f.thaw) })
		defer thaw.Stop()
		_, errs := all(t.Context(), conns)
		look(f, errs)
	})
}

// freezer stops at one of its messages, and no longer closes anything.
type freezer struct {
	transport.Conn
	after int32
	sent  atomic.Int32
	thaw  chan struct{}
}

func (f *freezer) frozen() bool { return f.sent.Load() > f.after }

func (f *freezer) Send(to int, tag transport.Tag, words []uint64) error {
	if f.sent.Add(1) > f.after {
		<-f.thaw
	}
	return f.Conn.Send(to, tag, words)
}

func (f *freezer) Close(cause error) {
	if !f.frozen() {
		f.Conn.Close(cause)
	}
}

// TestPeerThatNeverComes has one server that does not measure.
func TestPeerThatNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conns := mem.New()
		go func() { _, _ = Links(t.Context(), conns[0]) }()
		_, err := Links(t.Context(), conns[2])
		require.ErrorContains(t, err, "nothing from server 1 for 30s, want an answer")
	})
}

func TestCancelled(t *testing.T) {
	stopped := errors.New("stopped")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(stopped) })
		_, errs := all(ctx, network(alike(distant)))
		for i := range errs {
			require.ErrorIs(t, errs[i], stopped)
		}
	})
}

// TestFailingPeer has a server end the session in the middle.
func TestFailingPeer(t *testing.T) {
	broken := errors.New("disk full")
	synctest.Test(t, func(t *testing.T) {
		conns := network(alike(distant))
		time.AfterFunc(300*time.Millisecond, func() { conns[2].Close(broken) })
		_, errs := all(t.Context(), conns)
		for i := range errs {
			require.EqualError(t, errs[i], "server 2: disk full")
		}
	})
}

// TestLyingPeer has server 1 tell the others different things, which they find
// out by comparing. Server 1 may be through by then, and server 0 when the lie
// is about server 0.
func TestLyingPeer(t *testing.T) {
	for _, lane := range []uint64{laneFigures, laneEcho} {
		for seq := range uint32(2) { // delays, rates
			synctest.Test(t, func(t *testing.T) {
				conns := network(alike(distant))
				conns[1] = transport.Inject(conns[1], func(_, to int, tag transport.Tag, words []uint64) transport.Fault {
					if tag.Lane == lane && tag.Seq == seq && to == 2 {
						words[0]++
					}
					return transport.Fault{}
				})
				reports, errs := all(t.Context(), conns)
				require.ErrorContains(t, errs[2], "other figures than server")
				if lane == laneFigures {
					require.ErrorContains(t, errs[0], "other figures than server")
					require.Nil(t, reports[0])
				}
			})
		}
	}
}

// TestNonsense changes one message of server 1 into what none can send.
func TestNonsense(t *testing.T) {
	for _, c := range []struct {
		lane  uint64
		seq   uint32
		words []uint64
		want  string
	}{
		{lanePing, 0, []uint64{2}, "with the mark 2"},
		{lanePing, 0, []uint64{1}, "ping number 1 with the mark 1"},
		{lanePing, 0, nil, "a message of 0 words, want 1"},
		{laneRequest, 0, []uint64{7}, "a request for 7 words"},
		{laneRequest, 0, []uint64{1 << 60}, "a request for 1152921504606846976 words"},
		{laneRequest, 0, []uint64{^uint64(15)}, "a request for 18446744073709551600 words"},
		{laneBurst, 3, []uint64{1}, "a message of 1 words, want 256"},
		{laneFigures, 0, []uint64{1 << 63, 0, 1}, "9223372036854775808 as a delay in nanoseconds from server 0, want 0 to 10000000000"},
		{laneFigures, 0, []uint64{1, 1, 1}, "1 as a delay in nanoseconds from server 1"},
		{laneFigures, 1, []uint64{0, 0, 1e6}, "0 as a rate in bytes per second from server 0, want 100 to 1250000000"},
		{laneFigures, 1, []uint64{1e6, 0, 1e10}, "10000000000 as a rate"},
		{laneEcho, 0, make([]uint64, 1<<16), "a message of 65536 words, want 3"},
	} {
		synctest.Test(t, func(t *testing.T) {
			conns := network(alike(distant))
			conns[1] = &rewriter{Conn: conns[1], rewrite: func(to int, tag transport.Tag, words []uint64) []uint64 {
				if tag.Lane == c.lane && tag.Seq == c.seq && (to == 2 || c.lane != lanePing) {
					return c.words
				}
				return words
			}}
			_, errs := all(t.Context(), conns)
			for _, i := range []int{0, 2} {
				require.ErrorContains(t, errs[i], "server 1: measuring the links: got")
				require.ErrorContains(t, errs[i], c.want)
			}
			require.Error(t, errs[1])
		})
	}
}

// rewriter sends other words than it is given.
type rewriter struct {
	transport.Conn
	rewrite func(to int, tag transport.Tag, words []uint64) []uint64
}

func (r *rewriter) Send(to int, tag transport.Tag, words []uint64) error {
	return r.Conn.Send(to, tag, r.rewrite(to, tag, words))
}

// FuzzPeer has one server send anything in place of some of its messages. None
// of the others may panic, hang or differ.
func FuzzPeer(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint64(2), uint8(1))
	f.Add(uint8(1), uint8(3), uint64(1<<20), uint8(1))
	f.Add(uint8(2), uint8(0), uint64(0), uint8(200))
	f.Add(uint8(3), uint8(1), uint64(1e9), uint8(3))
	f.Add(uint8(4), uint8(0), uint64(5), uint8(3))
	f.Fuzz(func(t *testing.T, lane, seq uint8, value uint64, length uint8) {
		synctest.Test(t, func(t *testing.T) {
			conns := network(alike(Link{Delay: time.Millisecond, Bandwidth: 1000 * mbit}))
			conns[1] = &rewriter{Conn: conns[1], rewrite: func(_ int, tag transport.Tag, words []uint64) []uint64 {
				if tag.Lane != lanePing+uint64(lane%5) || tag.Seq != uint32(seq) {
					return words
				}
				words = make([]uint64, length)
				for i := range words {
					words[i] = value
				}
				return words
			}}
			reports, errs := all(t.Context(), conns)
			if errs[0] == nil && errs[2] == nil {
				require.Equal(t, reports[0], reports[2])
			}
		})
	})
}
