package grpcnet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

const (
	busyBacklog = 2 << 20
	megabyte    = 1 << 17 // words
)

// flooded is a session in which server 0 sends to server 1, which is busy, until
// it is held back. sending ends with the last Send.
func flooded(t *testing.T, messages uint32) (conns [transport.Servers]transport.Conn, sending <-chan error) {
	t.Helper()
	conns = joined(t, nodes(t, WithBacklog(busyBacklog, 1<<30)))
	done := make(chan error, 1)
	go func() {
		for seq := range messages {
			w := conns[0].Get(megabyte)
			w[0], w[megabyte-1] = uint64(seq), uint64(seq)
			if err := conns[0].Send(1, transport.Tag{Lane: 1, Seq: seq}, w); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	s := conns[1].(*session)
	require.Eventually(t, func() bool { return s.gate.held.Load() == 1 }, long, tick)
	require.Less(t, s.links[0].inbox.unread.Load(), int64(busyBacklog+2*maxFrame))
	return conns, done
}

// TestBusyServerHoldsItsPeerBack reads the flood at last.
func TestBusyServerHoldsItsPeerBack(t *testing.T) {
	const messages = 40
	conns, sending := flooded(t, messages)
	for seq := range uint32(messages) {
		w, _, err := conns[1].Recv(0, 1, seq)
		require.NoError(t, err)
		require.Equal(t, []uint64{uint64(seq), uint64(seq)}, []uint64{w[0], w[megabyte-1]})
		conns[1].Put(w)
	}
	require.NoError(t, <-sending)
}

// TestWaitingServerHoldsNobody has server 1 wait for server 2, which waits for
// what server 0 sends only after its flood.
func TestWaitingServerHoldsNobody(t *testing.T) {
	conns, sending := flooded(t, 40)
	go func() {
		if <-sending == nil {
			_ = conns[0].Send(2, transport.Tag{Lane: 2}, nil)
		}
	}()
	go func() {
		if _, _, err := conns[2].Recv(0, 2, 0); err == nil {
			_ = conns[2].Send(1, transport.Tag{Lane: 3}, nil)
		}
	}()
	_, _, err := conns[1].Recv(2, 3, 0)
	require.NoError(t, err)
}

// TestCausePassesTheFlood closes while server 0 is held in Send: its own call
// returns, and server 1 learns the cause, although nobody reads messages.
func TestCausePassesTheFlood(t *testing.T) {
	for closer := range transport.Servers {
		conns, sending := flooded(t, 1<<20)
		conns[closer].Close(errFire)
		require.ErrorIs(t, <-sending, errFire)
		end(t, conns)
		requireEnd(t, conns[1], closer, errFire, "")
	}
}

// TestLargestMessage sends one that is, and one that is not.
func TestLargestMessage(t *testing.T) {
	conns := joined(t, nodes(t, WithMaxMessage(8*megabyte)))
	err := conns[0].Send(1, transport.Tag{Lane: 1}, conns[0].Get(megabyte+1))
	require.EqualError(t, err, "message of 1048584 bytes, want at most 1048576 (grpcnet.WithMaxMessage)")
	require.NoError(t, conns[0].Send(1, transport.Tag{Lane: 1}, conns[0].Get(megabyte)))
	w, _, err := conns[1].Recv(0, 1, 0)
	require.NoError(t, err)
	require.Len(t, w, megabyte)
}

// TestNamesAreUsedOnce sends a name twice: it ends the session, as it would end
// in a wrong result.
func TestNamesAreUsedOnce(t *testing.T) {
	conns := joined(t, nodes(t))
	for range 2 {
		_ = conns[0].Send(1, transport.Tag{Lane: 0xab, Seq: 3}, nil)
	}
	for _, c := range conns {
		_, _, err := c.Recv((c.Server()+1)%3, 1, 1)
		require.EqualError(t, err, "server 0: second message for lane 0xab seq 3 from server 0 to server 1, want every name once")
	}
}

func TestNamesAreAwaitedOnce(t *testing.T) {
	conns := joined(t, nodes(t))
	errs := make(chan error)
	for range 2 {
		go func() {
			_, _, err := conns[1].Recv(0, 0xab, 3)
			errs <- err
		}()
	}
	require.EqualError(t, <-errs, "second receiver for lane 0xab seq 3 from server 0 to server 1, want every name once")
	conns[0].Close(nil)
	require.ErrorIs(t, <-errs, transport.ErrClosed)
}
