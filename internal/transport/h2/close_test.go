package h2

import (
	"io"
	"net"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
)

// TestCloseWakes closes the end of a call whose peer lets it wait in several ways. If it
// did not wake all that waits, the bubble would not end.
func TestCloseWakes(t *testing.T) {
	for what, wait := range map[string]func(c *Conn, p live) error{
		"credit": func(c *Conn, p live) error {
			go func() { _, _ = io.Copy(io.Discard, p.Conn) }()
			return c.Send(nil, make([]byte, 1<<17))
		},
		"connection": func(c *Conn, _ live) error { return c.Send(nil, []byte("x")) },
		"next": func(c *Conn, _ live) error {
			_, err := c.Next()
			return err
		},
		"padding": func(c *Conn, p live) error {
			go func() { _, _ = p.Conn.Write([]byte{0, 0, 9, 0, 8, 0, 0, 0, 1}) }()
			_, err := c.Next()
			return err
		},
		"duties": func(c *Conn, p live) error {
			go func() { _ = p.WritePing(false, [8]byte{}) }()
			_, err := c.Next()
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			both(t, func(t *testing.T, client bool) {
				synctest.Test(t, func(t *testing.T) { closeWhile(t, client, wait) })
			})
		})
	}
}

func closeWhile(t *testing.T, client bool, wait func(c *Conn, p live) error) {
	c, p := talk(t, client)
	defer p.Close()
	woken := make(chan error, 1)
	go func() { woken <- wait(c, p) }()
	synctest.Wait()
	require.Empty(t, woken, "it waits")
	require.NoError(t, c.Close())
	require.Error(t, <-woken)
	require.NoError(t, c.Close(), "again")
	require.ErrorIs(t, c.Send(nil, nil), net.ErrClosed)
	c.Ping()
}

// TestEndWakes has the peer end the call while a Send waits for credit.
func TestEndWakes(t *testing.T) {
	for what, end := range map[string]func(live){
		"reset":     func(p live) { _ = p.WriteRSTStream(1, http2.ErrCodeCancel) },
		"close":     func(p live) { p.Close() },
		"violation": func(p live) { _ = p.WriteData(3, false, nil) },
		"flags":     func(p live) { _ = p.WriteData(1, false, []byte{1, 0, 0, 0, 0}) },
		"amid": func(p live) {
			_, _ = p.Conn.Write([]byte{0, 0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1})
			p.Close()
		},
		"cut": func(p live) {
			_, _ = p.Conn.Write([]byte{0, 0, 9, 0})
			p.Close()
		},
	} {
		t.Run(what, func(t *testing.T) {
			both(t, func(t *testing.T, client bool) {
				synctest.Test(t, func(t *testing.T) { endWhile(t, client, end) })
			})
		})
	}
}

func endWhile(t *testing.T, client bool, end func(live)) {
	c, p := talk(t, client)
	defer c.Close()
	defer p.Close()
	woken := make(chan error, 1)
	go func() { woken <- c.Send(nil, make([]byte, 1<<17)) }()
	go func() { _, _ = io.Copy(io.Discard, p.Conn) }()
	synctest.Wait()
	require.Empty(t, woken, "it waits")
	go end(p)
	_, err := receive(c)
	require.Error(t, err)
	require.Equal(t, err, <-woken)
	require.Equal(t, err, c.Send(nil, nil), "and it stays so")
	_, again := c.Next()
	require.Equal(t, err, again)
}

// TestLostConnection has the other end go without a word, or reset the connection.
func TestLostConnection(t *testing.T) {
	for what, linger := range map[string]int{"close": -1, "reset": 0} {
		near, far := tcp(t)
		client, server := ends(t, near, far)
		require.NoError(t, far.(*net.TCPConn).SetLinger(linger))
		require.NoError(t, server.Close())
		_, err := client.Next()
		require.ErrorIs(t, err, ErrClosed, what)
		require.NotErrorIs(t, err, io.EOF, what)
		require.NoError(t, client.Close())
	}
}
