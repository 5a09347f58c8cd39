package grpcnet

import (
	"crypto/tls"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"dial tcp 127.0.0.1:7300: connect: connection refused":                                      "nothing listens at 127.0.0.1:7300",
		"server 2 at a:1: cannot be reached: dial tcp [::1]:1: connect: network is unreachable":     "server 2 at a:1: cannot be reached: there is no way to [::1]:1",
		"dial tcp 192.0.2.1:7000: i/o timeout":                                                      "no answer from 192.0.2.1:7000",
		"keepalive ping failed to receive ACK within timeout":                                       "no sign of life",
		"error reading from server: EOF":                                                            "closed by the other end",
		"error reading from server: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by p": "closed by the other end",
		"server 1 lacks approvals":                                                                  "server 1 lacks approvals",
	} {
		require.Equal(t, want, Plain(text))
	}
}

// TestNobodyListens dials a port at which nothing listens.
func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = Dial(t.Context(), keyOf("beta"), Peer{l.Addr().String(), public("alpha")})
	require.Equal(t, "nothing listens at "+l.Addr().String(), Plain(err.Error()))
}

// TestOlderTLS dials a server that speaks TLS 1.2 at most.
func TestOlderTLS(t *testing.T) {
	l, err := tls.Listen("tcp", "127.0.0.1:0", stranger(t, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }))
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err == nil {
			_ = conn.(*tls.Conn).HandshakeContext(t.Context()) // fails, and tells the client
			conn.Close()
		}
	}()
	_, err = Dial(t.Context(), keyOf("beta"), Peer{l.Addr().String(), public("delta")})
	require.ErrorIs(t, err, ErrNotTLS13)
	require.True(t, isFinal(err))
}
