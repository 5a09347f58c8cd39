package grpcnet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// TestEndIsNoLoss ends sessions whose links wait for no cause once messages break: they
// must not break before control has said why.
func TestEndIsNoLoss(t *testing.T) {
	n := nodes(t, func(c *config) { c.grace = 0 })
	for i := range 30 {
		conns := joined(t, n)
		ring(t, conns, 0)
		conns[i%3].Close(nil)
		for _, c := range conns {
			requireEnd(t, c, i%3, transport.ErrClosed, "")
		}
		end(t, conns)
	}
}

// TestAttachIsTakenBack has a stream of messages fail on its way in, before and after
// that of control goes: the peer can come again.
func TestAttachIsTakenBack(t *testing.T) {
	for _, controlFirst := range []bool{false, true} {
		n, s := waiting(t)
		first := dialRaw(t, n[0], n[1])
		h := header{session: s.id, from: 0, to: 1, binding: first.id.binding}
		require.NoError(t, first.openControl(h.metadata()))
		l, err := n[1].admit(h.metadata(), &identity{key: n[0].Key()}, (*caller).attach)
		require.NoError(t, err)
		s.leave() // of admit
		goes := func() bool {
			l.caller.mu.Lock()
			defer l.caller.mu.Unlock()
			return l.caller.gone
		}
		if controlFirst {
			first.close()
			require.Eventually(t, goes, long, tick)
		}
		l.caller.detach()
		first.close()
		require.Eventually(t, func() bool { return dialRaw(t, n[0], n[1]).open(t.Context(), h) == nil }, long, tick)
	}
}

// TestSecondAttemptAfterLoss has the connection of control go while that of messages is
// on its way: it is refused for now, not for good.
func TestSecondAttemptAfterLoss(t *testing.T) {
	n, s := waiting(t)
	first := dialRaw(t, n[0], n[1])
	err := first.openMessages(t.Context(), header{session: s.id, from: 0, to: 1, binding: first.id.binding}.metadata())
	require.Error(t, err)
	require.False(t, isFinal(err), "%v", err)
}

// TestCloseOfABlockedConnection closes a connection whose peer reads nothing, while a
// write waits for it.
func TestCloseOfABlockedConnection(t *testing.T) {
	_, conns := joinRaw(t, nodes(t, func(c *config) { c.linger = time.Millisecond }))
	s := conns[1].(*session)
	go func() {
		for seq := uint32(0); s.Send(0, transport.Tag{Seq: seq}, s.Get(megabyte)) == nil; seq++ {
		}
	}()
	require.Eventually(t, func() bool { return s.gate.waiting.Load() == 1 }, long, tick)
	s.Close(errFire)
	select {
	case <-s.gone:
	case <-time.After(long):
		t.Fatal("it still runs")
	}
}
