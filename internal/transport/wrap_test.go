package transport_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
	"github.com/trefoil-ml/trefoil/internal/transport/transporttest"
)

// wrapped is a network whose ends all pass through wrap.
func wrapped(wrap func(transport.Conn) transport.Conn) [3]transport.Conn {
	net := mem.New()
	for i := range net {
		net[i] = wrap(net[i])
	}
	return net
}

func pass(int, int, transport.Tag, []uint64) transport.Fault { return transport.Fault{} }

func TestWrappersAreTransports(t *testing.T) {
	wraps := map[string]func(transport.Conn) transport.Conn{
		"count":  func(c transport.Conn) transport.Conn { return transport.Count(c) },
		"inject": func(c transport.Conn) transport.Conn { return transport.Inject(c, pass) },
	}
	for name, wrap := range wraps {
		t.Run(name, func(t *testing.T) {
			transporttest.Conformance(t, func(*testing.T) [3]transport.Conn { return wrapped(wrap) })
		})
	}
}

func TestCount(t *testing.T) {
	net := mem.New()
	a, b := transport.Count(net[0]), transport.Count(net[1])
	require.NoError(t, a.Send(1, transport.Tag{Seq: 0, Depth: 4}, a.Get(10)))
	require.NoError(t, a.Send(1, transport.Tag{Seq: 1, Depth: 3}, a.Get(0)))
	_, depth, err := b.Recv(0, 0, 0)
	require.NoError(t, err)
	require.EqualValues(t, 4, depth)
	require.Equal(t, transport.Stats{BytesSent: 80, Messages: 2, Rounds: 4}, a.Stats())
	require.Equal(t, transport.Stats{BytesReceived: 80, Rounds: 4}, b.Stats())
}

func TestCountOmitsWhatWasNotSent(t *testing.T) {
	a := transport.Count(mem.New()[0])
	a.Close(nil)
	require.Error(t, a.Send(1, transport.Tag{Depth: 1}, a.Get(10)))
	require.Zero(t, a.Stats())
}

// faulty is a network in which hook sees what server 0 sends.
func faulty(hook transport.Hook) [3]transport.Conn {
	net := mem.New()
	net[0] = transport.Inject(net[0], hook)
	return net
}

func sendOne(t *testing.T, c transport.Conn, seq uint32, v uint64) {
	w := c.Get(1)
	w[0] = v
	require.NoError(t, c.Send(1, transport.Tag{Lane: 5, Seq: seq}, w))
}

func requireOne(t *testing.T, c transport.Conn, seq uint32, v uint64) {
	w, _, err := c.Recv(0, 5, seq)
	require.NoError(t, err)
	require.Equal(t, []uint64{v}, w)
}

func TestInjectSeesAndAlters(t *testing.T) {
	net := faulty(func(from, to int, tag transport.Tag, words []uint64) transport.Fault {
		require.Equal(t, [2]int{0, 1}, [2]int{from, to})
		if tag.Seq == 1 {
			words[0] ^= 1
		}
		return transport.Fault{}
	})
	sendOne(t, net[0], 0, 10)
	sendOne(t, net[0], 1, 10)
	requireOne(t, net[1], 0, 10)
	requireOne(t, net[1], 1, 11)
}

func TestInjectDrops(t *testing.T) {
	net := faulty(func(_, _ int, tag transport.Tag, _ []uint64) transport.Fault {
		return transport.Fault{Drop: tag.Seq == 0}
	})
	sendOne(t, net[0], 0, 10)
	sendOne(t, net[0], 0, 20) // would be a duplicate if the first had left
}

func TestInjectDelays(t *testing.T) {
	const delay = 5 * time.Millisecond
	net := faulty(func(_, _ int, tag transport.Tag, _ []uint64) transport.Fault {
		if tag.Seq == 0 {
			return transport.Fault{Delay: delay}
		}
		return transport.Fault{}
	})
	sent := time.Now()
	sendOne(t, net[0], 0, 10)
	sendOne(t, net[0], 1, 20)
	requireOne(t, net[1], 1, 20)
	requireOne(t, net[1], 0, 10)
	require.GreaterOrEqual(t, time.Since(sent), delay)
}

func TestInjectCloses(t *testing.T) {
	cause := errors.New("pulled the plug")
	net := faulty(func(int, int, transport.Tag, []uint64) transport.Fault {
		return transport.Fault{Close: cause}
	})
	require.ErrorIs(t, net[0].Send(1, transport.Tag{}, net[0].Get(1)), cause)
	_, _, err := net[2].Recv(1, 0, 0)
	require.EqualError(t, err, "server 0: pulled the plug")
}
