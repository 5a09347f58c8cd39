package socket_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport/socket"
)

// pair returns the two ends of a connection, as package net has them.
func pair(t testing.TB) (a, b *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	far, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { near.Close(); far.Close() })
	return near.(*net.TCPConn), far.(*net.TCPConn)
}

// numbered returns n bytes of which no short run is repeated soon.
func numbered(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

// TestWhatIsWrittenIsRead writes more than the system keeps, both ways at once, in pieces of
// all lengths.
func TestWhatIsWrittenIsRead(t *testing.T) {
	a, b := pair(t)
	want := numbered(8 << 20)
	for _, ends := range [][2]net.Conn{{socket.Direct(a), socket.Direct(b)}, {a, socket.Direct(b)}, {socket.Direct(a), b}} {
		sent := make(chan error, 2)
		for _, end := range ends {
			go func() { sent <- pieces(end, want) }()
		}
		for _, end := range ends {
			got := make([]byte, len(want))
			_, err := io.ReadFull(end, got)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got))
		}
		require.NoError(t, errors.Join(<-sent, <-sent))
	}
}

// pieces writes p in pieces, the longest last.
func pieces(w io.Writer, p []byte) error {
	for n := 0; len(p) > 0; n = 2*n + 1 {
		n = min(n, len(p))
		if m, err := w.Write(p[:n]); err != nil || m != n {
			return errors.Join(err, errors.New("short write"))
		}
		p = p[n:]
	}
	return nil
}

// TestOneReadTakesWhatIsThere: it neither waits for more nor takes more than it may.
func TestOneReadTakesWhatIsThere(t *testing.T) {
	a, b := pair(t)
	d := socket.Direct(b)
	_, err := a.Write([]byte("trefoil"))
	require.NoError(t, err)
	p := make([]byte, 100)
	n, err := d.Read(p[:4])
	require.NoError(t, err)
	assert.Equal(t, "tref", string(p[:n]))
	n, err = d.Read(p)
	require.NoError(t, err)
	assert.Equal(t, "oil", string(p[:n]))
	n, err = d.Read(nil)
	assert.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, a.Close())
	_, err = d.Read(p)
	assert.Equal(t, io.EOF, err)
}

// TestErrorsAreThoseOfNet compares what both say of one and the same mishap.
func TestErrorsAreThoseOfNet(t *testing.T) {
	read := func(c net.Conn) error { _, err := c.Read(make([]byte, 8)); return err }
	write := func(c net.Conn) error { _, err := c.Write(make([]byte, 32<<20)); return err }
	past := func(c, _ *net.TCPConn) { _ = c.SetDeadline(time.Now()) }
	for name, mishap := range map[string]struct {
		before func(end, other *net.TCPConn)
		op     func(net.Conn) error
		want   error
	}{
		"read from closed":    {func(c, _ *net.TCPConn) { c.Close() }, read, net.ErrClosed},
		"write to closed":     {func(c, _ *net.TCPConn) { c.Close() }, write, net.ErrClosed},
		"read out of time":    {past, read, os.ErrDeadlineExceeded},
		"write out of time":   {past, write, os.ErrDeadlineExceeded},
		"read of reset":       {reset, read, syscall.ECONNRESET},
		"write to reset":      {reset, func(c net.Conn) error { _ = read(c); return write(c) }, syscall.EPIPE},
		"closed while read":   {soon((*net.TCPConn).Close), read, net.ErrClosed},
		"closed while write":  {soon((*net.TCPConn).Close), write, net.ErrClosed},
		"time up while read":  {soon(outOfTime), read, os.ErrDeadlineExceeded},
		"time up while write": {soon(outOfTime), write, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			var said [2]error
			for i, form := range []func(net.Conn) net.Conn{func(c net.Conn) net.Conn { return c }, socket.Direct} {
				a, b := pair(t)
				end := form(a)
				mishap.before(a, b)
				said[i] = mishap.op(end)
				require.ErrorIs(t, said[i], mishap.want)
			}
			assert.Equal(t, opError(t, said[0]), opError(t, said[1]))
		})
	}
}

func outOfTime(c *net.TCPConn) error { return c.SetDeadline(time.Now()) }

func soon(f func(*net.TCPConn) error) func(c, _ *net.TCPConn) {
	return func(c, _ *net.TCPConn) { time.AfterFunc(20*time.Millisecond, func() { _ = f(c) }) }
}

// reset has the other end break the connection.
func reset(_, other *net.TCPConn) {
	_ = other.SetLinger(0)
	_ = other.Close()
}

// opError returns what errors of package net say, but for the addresses.
func opError(t *testing.T, err error) [4]any {
	e, ok := errors.AsType[*net.OpError](err)
	require.True(t, ok, "%T", err)
	require.NotNil(t, e.Source)
	require.NotNil(t, e.Addr)
	return [4]any{e.Op, e.Net, e.Err.Error(), e.Timeout()}
}

// TestUsableAfterADeadline: one that has passed takes nothing away.
func TestUsableAfterADeadline(t *testing.T) {
	a, b := pair(t)
	d := socket.Direct(b)
	require.NoError(t, d.SetReadDeadline(time.Now()))
	p := make([]byte, 8)
	_, err := d.Read(p)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, d.SetReadDeadline(time.Time{}))
	_, err = a.Write([]byte("shares"))
	require.NoError(t, err)
	n, err := d.Read(p)
	require.NoError(t, err)
	assert.Equal(t, "shares", string(p[:n]))
}

// TestWhatIsNotTCPStays: a pipe, a connection of TLS, and one that does something of its own.
func TestWhatIsNotTCPStays(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	assert.Same(t, a, socket.Direct(a))
	c := tls.Client(a, &tls.Config{}) //nolint:gosec // it says nothing
	assert.Same(t, c, socket.Direct(c))
	x, _ := pair(t)
	w := &struct{ *net.TCPConn }{x}
	assert.Same(t, w, socket.Direct(w))
}

func TestNoAllocations(t *testing.T) {
	a, b := pair(t)
	near, far := socket.Direct(a), socket.Direct(b)
	p := make([]byte, 4096)
	got := testing.AllocsPerRun(1000, func() {
		_, err := near.Write(p)
		if err == nil {
			_, err = io.ReadFull(far, p)
		}
		if err != nil {
			panic(err)
		}
	})
	assert.Zero(t, got)
}
