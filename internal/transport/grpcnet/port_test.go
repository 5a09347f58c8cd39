package grpcnet

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReach(t *testing.T) {
	c := defaults()
	require.Equal(t, near, reachOver(0, c.near))
	require.Equal(t, near, reachOver(2*time.Millisecond, c.near))
	require.Equal(t, far, reachOver(3*time.Millisecond, c.near))
	require.EqualValues(t, 1<<20, c.windowOf(near))
	require.EqualValues(t, 16<<20, c.windowOf(far))
	WithWindow(70_000)(&c)
	require.EqualValues(t, 70_000, c.windowOf(far))
	for _, r := range []reach{near, far} {
		require.Equal(t, r, reachOf(tls.ConnectionState{ServerName: r.name()}))
	}
	require.Equal(t, near, reachOf(tls.ConnectionState{ServerName: "elsewhere"}))
}

// TestReachIsAgreed looks at both ends of a link.
func TestReachIsAgreed(t *testing.T) {
	for r, longest := range map[reach]time.Duration{near: time.Hour, far: -1} {
		n := nodes(t, func(c *config) { c.near = longest })
		conn, err := n[0].dialTLS(t.Context(), peersOf(n)[1])
		require.NoError(t, err)
		require.Equal(t, r, reachOf(conn.ConnectionState()))
		conn.Close()
	}
}

// faulty is a listener that fails at first.
type faulty struct {
	net.Listener
	failures int
}

func (l *faulty) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, errors.New("too many open files")
	}
	return l.Listener.Accept()
}

// TestAcceptGoesOn has Accept fail for a while.
func TestAcceptGoesOn(t *testing.T) {
	n := listen(t, "alpha")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := n.openPort(&faulty{Listener: l, failures: 2})
	defer p.close()
	conn, err := tls.Dial("tcp", l.Addr().String(), stranger(t, func(*tls.Config) {}))
	require.NoError(t, err)
	conn.Close()
}

// TestCloseDuringHandshake closes a node to which a stranger is connected who
// says nothing.
func TestCloseDuringHandshake(t *testing.T) {
	log := &logbook{}
	n := listen(t, "alpha", WithLog(slog.New(slog.NewTextHandler(log, nil))))
	conn, err := net.Dial("tcp", n.Addr().String())
	require.NoError(t, err)
	n.Close()
	closes(t, conn, nil)
	require.False(t, log.contains("deadline"), "Close waited")
}

// TestBuffersAreReused checks lengths, and that a large buffer is not kept.
func TestBuffersAreReused(t *testing.T) {
	var p buffers
	for _, n := range []int{0, 1, 5000, http2Frame, http2Frame + 1} {
		b := p.Get(n)
		require.Len(t, *b, n)
		*b = (*b)[:n/2]
		p.Put(b)
		require.Len(t, *p.Get(http2Frame), http2Frame)
	}
}
