package h2

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// counter counts what is written in one piece, but for acknowledgements and the like; it
// fails from some on.
type counter struct {
	net.Conn
	writes   atomic.Int64
	failFrom atomic.Int64 // 0: never
}

var errFull = errors.New("full")

func (c *counter) Write(p []byte) (int, error) {
	const frame = 90 // with 64 bytes or more
	if len(p) < frame {
		return c.Conn.Write(p)
	}
	if n, from := c.writes.Add(1), c.failFrom.Load(); from > 0 && n >= from {
		return 0, errFull
	}
	return c.Conn.Write(p)
}

// gathered is a call over TLS whose client counts.
func gathered(t *testing.T) (client, server *Conn, c *counter) {
	config := certified(t)
	near, far := tcp(t)
	c = &counter{Conn: near}
	client, server = ends(t, tls.Client(Gather(c), config), tls.Server(Gather(far), config))
	return client, server, c
}

// A message of up to 64 KiB is one write, whatever its records; a long one goes in pieces
// of at most mostHeld.
func TestOneWriteForAMessage(t *testing.T) {
	client, server, c := gathered(t)
	for size, want := range map[int]int64{64: 1, 16 << 10: 1, 64 << 10: 1, 1 << 20: 17} {
		before := c.writes.Load()
		sent := pattern(size, 3)
		all := make(chan error, 1)
		go func() { all <- client.Send(sent[:32], sent[32:]) }()
		got, err := receive(server)
		require.NoError(t, err)
		require.NoError(t, <-all)
		require.True(t, bytes.Equal(sent, got))
		require.LessOrEqual(t, c.writes.Load()-before, want, "%d bytes", size)
	}
}

// After a write that failed nothing more is written: TLS does not know what is lost.
func TestGathererFailsForGood(t *testing.T) {
	client, _, c := gathered(t)
	c.failFrom.Store(c.writes.Load() + 1)
	require.ErrorIs(t, client.Send(nil, make([]byte, 50_000)), errFull)
	wrote := c.writes.Load()
	require.ErrorIs(t, client.Send(nil, make([]byte, 100)), errFull)
	require.ErrorIs(t, client.Send(nil, make([]byte, 50_000)), errFull)
	require.Equal(t, wrote, c.writes.Load())
}

// What TLS writes by itself while a frame is put together goes out with it, in order.
func TestGathererKeepsOrder(t *testing.T) {
	near, far := tcp(t)
	g := Gather(near)
	write := func(s string) {
		n, err := g.Write([]byte(s))
		require.NoError(t, err)
		require.Equal(t, len(s), n)
	}
	write("a")
	g.hold()
	write("b")
	write("c")
	long := bytes.Repeat([]byte("d"), mostHeld)
	write(string(long))
	write("e")
	require.NoError(t, g.release())
	write("f")
	require.NoError(t, near.Close())
	var got bytes.Buffer
	_, err := got.ReadFrom(far)
	require.NoError(t, err)
	require.Equal(t, "abc"+string(long)+"ef", got.String())
}

// Close does not wait for a peer that reads nothing: neither what is being written nor the
// last words of TLS.
func TestCloseWhileGathered(t *testing.T) {
	for name, end := range map[string]func(*Conn){
		"Close":               func(c *Conn) { c.Close() },
		"Interrupt and Close": func(c *Conn) { c.Interrupt(); c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			client, _, c := gathered(t)
			sent := make(chan error, 1)
			go func() {
				for {
					if err := client.Send(nil, make([]byte, 60_000)); err != nil {
						sent <- err
						return
					}
				}
			}()
			before := int64(-1)
			require.Eventually(t, func() bool { // it is stuck
				last := before
				before = c.writes.Load()
				return before == last
			}, time.Minute, 50*time.Millisecond)
			ended := make(chan struct{})
			go func() { end(client); close(ended) }()
			select {
			case <-ended:
			case <-time.After(3 * time.Second): // TLS gives up after 5 s
				t.Error("Close waits for the peer")
			}
			require.Error(t, <-sent)
		})
	}
}

// After a cut TLS may still say its last words, and no frame goes out.
func TestCut(t *testing.T) {
	near, far := tcp(t)
	g := Gather(near)
	g.Cut()
	g.hold()
	_, err := g.Write([]byte("lost"))
	require.NoError(t, err)
	require.ErrorIs(t, g.release(), net.ErrClosed)
	g = Gather(near)
	g.Cut()
	_, err = g.Write([]byte("bye"))
	require.NoError(t, err)
	require.NoError(t, near.Close())
	var got bytes.Buffer
	_, err = got.ReadFrom(far)
	require.NoError(t, err)
	require.Equal(t, "bye", got.String())
}
