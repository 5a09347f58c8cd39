package mem_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// sender sends messages of 100 words until it fails and counts them.
type sender struct {
	sent atomic.Int32
	err  error
}

func (s *sender) run(c transport.Conn, to, messages int) {
	for seq := range uint32(messages) {
		if s.err = c.Send(to, transport.Tag{Seq: seq}, c.Get(100)); s.err != nil {
			return
		}
		s.sent.Add(1)
	}
}

// start starts a sender and returns when it is done or held.
func start(c transport.Conn, to, messages int) *sender {
	s := new(sender)
	go s.run(c, to, messages)
	synctest.Wait()
	return s
}

func take(t *testing.T, c transport.Conn, from int, seq uint32) {
	w, _, err := c.Recv(from, 0, seq)
	require.NoError(t, err)
	c.Put(w)
	synctest.Wait()
}

func TestSendWaitsForBusyReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := mem.New(mem.WithBacklog(2 * 800))
		s := start(net[0], 1, 10)
		require.EqualValues(t, 2, s.sent.Load(), "the third exceeds the backlog")
		take(t, net[1], 0, 0)
		require.EqualValues(t, 3, s.sent.Load())
		take(t, net[1], 0, 2)
		require.EqualValues(t, 4, s.sent.Load())
		net[1].Close(nil)
	})
}

func TestSendDoesNotWaitForWaitingReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := mem.New(mem.WithBacklog(800))
		s := start(net[0], 1, 10)
		require.EqualValues(t, 1, s.sent.Load())
		go func() { _, _, _ = net[1].Recv(2, 0, 0) }() // 2 may be waiting for 0 in turn
		synctest.Wait()
		require.EqualValues(t, 10, s.sent.Load())
		net[1].Close(nil)
	})
}

func TestSendersDoNotHoldEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := mem.New(mem.WithBacklog(800))
		a, b := start(net[0], 1, 10), start(net[1], 0, 10)
		require.EqualValues(t, 10, max(a.sent.Load(), b.sent.Load()), "two held senders would wait for each other")
		net[1].Close(nil)
	})
}

func TestCloseFreesSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := mem.New(mem.WithBacklog(800))
		s := start(net[0], 1, 10)
		cause := errors.New("power failed")
		net[2].Close(cause)
		synctest.Wait()
		require.EqualValues(t, 1, s.sent.Load())
		require.ErrorIs(t, s.err, cause)
	})
}
