package grpcnet

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

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
