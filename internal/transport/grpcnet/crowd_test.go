package grpcnet

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSilentConnectionsKeepNobodyOut opens more connections than the node has
// places, and says nothing. Whoever has a key comes in all the same.
func TestSilentConnectionsKeepNobodyOut(t *testing.T) {
	log := &logbook{}
	n := listen(t, "alpha", WithServices(healthy), WithMaxConnections(8), WithLog(slog.New(slog.NewTextHandler(log, nil))),
		func(c *config) { c.hush = time.Hour })
	for range 400 {
		conn, err := net.Dial("tcp", n.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
	}
	for range 5 {
		require.NoError(t, check(t, dialed(t, n)))
	}
	require.True(t, log.contains(errNoRoom.Error()))
	require.Equal(t, 1, log.count("connection refused"))
}

// TestTooManyConnections opens more than the node holds, and then one less.
func TestTooManyConnections(t *testing.T) {
	n := listen(t, "alpha", WithMaxConnections(3))
	config := stranger(t, func(*tls.Config) {})
	// In TLS 1.3 the client learns what the server thinks of it when it reads.
	open := func() (net.Conn, error) {
		conn, err := tls.Dial("tcp", n.Addr().String(), config)
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		_, err = conn.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
		if err == nil {
			_, err = io.ReadFull(conn, make([]byte, 9)) // the server's settings
		}
		return conn, err
	}
	var first net.Conn
	for range 3 {
		conn, err := open()
		require.NoError(t, err)
		first = conn
	}
	_, err := open()
	require.Error(t, err)
	first.Close()
	require.Eventually(t, func() bool { _, err := open(); return err == nil }, long, tick)
}

// visitor is one end of a connection from somewhere.
type visitor struct {
	net.Conn
	from net.Addr
}

func (v visitor) RemoteAddr() net.Addr { return v.from }

// TestHandshakesMakeRoom fills up the places of those who have not said who they
// are, from one address and from many.
func TestHandshakesMakeRoom(t *testing.T) {
	var h handshakes
	from := func(host byte, port int) *newcomer {
		a, b := net.Pipe()
		t.Cleanup(func() { a.Close(); b.Close() })
		return h.begin(visitor{a, &net.TCPAddr{IP: net.IPv4(192, 0, 2, host), Port: port}})
	}
	friend := from(1, 1)
	friend.spoke.Store(true)
	second := from(1, 2)
	for port := range maxHandshakesFrom {
		from(1, 3+port)
	}
	require.True(t, second.out.Load(), "the oldest that has said nothing makes room")
	require.False(t, friend.out.Load(), "one that has spoken stays")
	require.Len(t, h.open, maxHandshakesFrom)
	for host := range byte(maxHandshakes - maxHandshakesFrom) {
		require.False(t, from(2+host, 1).out.Load())
	}
	require.Len(t, h.open, maxHandshakes)
	last := from(250, 1)
	require.Len(t, h.open, maxHandshakes)
	require.False(t, friend.out.Load())
	for _, c := range h.open {
		c.spoke.Store(true)
	}
	from(250, 2)
	require.True(t, friend.out.Load(), "the oldest, if all have spoken")
	h.end(friend)
	h.end(last)
	require.Len(t, h.open, maxHandshakes-1)
}

// TestRefusalsAreCounted refuses many times within a second.
func TestRefusalsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &logbook{}
		r := refusals{log: slog.New(slog.NewTextHandler(log, nil)), every: time.Second}
		for range 1000 {
			r.tell("connection refused", "error", "no key")
		}
		require.Equal(t, 1, log.count("\n"))
		time.Sleep(1500 * time.Millisecond)
		require.Equal(t, 2, log.count("\n"))
		require.True(t, log.contains("refused=999"))
		time.Sleep(time.Minute)
		require.Equal(t, 2, log.count("\n"))
		r.tell("stream refused", "error", "no session")
		require.Equal(t, 3, log.count("\n"))
		time.Sleep(time.Minute)
	})
}
