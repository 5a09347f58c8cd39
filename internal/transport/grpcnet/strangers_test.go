package grpcnet

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// logbook collects log lines. It is safe for use by several goroutines.
type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.Write(p)
}

func (b *logbook) contains(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(b.lines.String(), text)
}

func (b *logbook) count(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.lines.String(), text)
}

// besieged are three nodes with a session, the first of which keeps a log.
func besieged(t *testing.T, opts ...Option) (*Node, *logbook, [transport.Servers]transport.Conn) {
	t.Helper()
	log := &logbook{}
	opts = append(opts, WithLog(slog.New(slog.NewTextHandler(log, nil))), func(c *config) { c.hush = tick })
	n := [transport.Servers]*Node{listen(t, serverNames[0], opts...), listen(t, serverNames[1]), listen(t, serverNames[2])}
	return n[0], log, joined(t, n)
}

// ring plays a round, to see that the session lives.
func ring(t require.TestingT, conns [transport.Servers]transport.Conn, seq uint32) {
	for _, c := range conns {
		w := c.Get(1)
		w[0] = uint64(c.Server())
		require.NoError(t, c.Send((c.Server()+1)%3, transport.Tag{Lane: 99, Seq: seq}, w))
	}
	for _, c := range conns {
		prev := (c.Server() + 2) % 3
		w, _, err := c.Recv(prev, 99, seq)
		require.NoError(t, err)
		require.Equal(t, []uint64{uint64(prev)}, w)
	}
}

// stranger is a TLS configuration that differs from tlsConfig in one thing.
func stranger(t *testing.T, change func(*tls.Config)) *tls.Config {
	t.Helper()
	cert, err := certificate(keyOf("delta"))
	require.NoError(t, err)
	c := tlsConfig(cert, nil)
	c.VerifyConnection = nil
	change(c)
	return c
}

// ecdsaCertificate is a certificate of another kind of key.
func ecdsaCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(nil, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestStrangersAreTurnedAway lists who gets no further than TLS, and what the
// log says of them.
func TestStrangersAreTurnedAway(t *testing.T) {
	n, log, conns := besieged(t)
	for i, c := range []struct {
		change func(*tls.Config)
		want   string
	}{
		{func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }, "client offered only unsupported versions"},
		{func(c *tls.Config) { c.Certificates = nil }, "client didn't provide a certificate"},
		{func(c *tls.Config) { c.Certificates[0] = ecdsaCertificate(t) }, "peer holds a ECDSA key: want TLS 1.3 with ALPN h2 and one Ed25519 certificate"},
		{func(c *tls.Config) { c.NextProtos = nil }, `peer speaks TLS 1.3 with protocol \"\" and 1 certificates`},
		{func(c *tls.Config) { c.NextProtos = []string{"spdy"} }, "client requested unsupported application protocols"},
		{func(c *tls.Config) {
			chain := c.Certificates[0].Certificate
			c.Certificates[0].Certificate = append(chain, chain[0])
		}, `peer speaks TLS 1.3 with protocol \"h2\" and 2 certificates`},
	} {
		conn, err := tls.Dial("tcp", n.Addr().String(), stranger(t, c.change))
		if err == nil { // in TLS 1.3 the client learns what the server thinks of it when it reads
			_, err = io.ReadAll(conn)
			conn.Close()
		}
		require.Error(t, err, c.want)
		require.Eventually(t, func() bool { return log.contains(c.want) }, long, tick, c.want)
		ring(t, conns, uint32(i))
	}
}

// closes checks that the node hangs up after a stranger has sent b.
func closes(t require.TestingT, conn net.Conn, b []byte) {
	defer conn.Close()
	_, _ = conn.Write(b)
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(long)))
	_, err := io.Copy(io.Discard, conn)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the node holds on")
}

func TestPlainHTTP(t *testing.T) {
	n, log, conns := besieged(t)
	conn, err := net.Dial("tcp", n.Addr().String())
	require.NoError(t, err)
	closes(t, conn, []byte("GET / HTTP/1.1\r\nHost: trefoil\r\n\r\n"))
	require.Eventually(t, func() bool { return log.contains("first record does not look like a TLS handshake") }, long, tick)
	ring(t, conns, 0)
}

// TestGarbage has strangers say anything: on the port, and after TLS with any key
// in place of HTTP/2 or behind its preface.
func TestGarbage(t *testing.T) {
	n, _, conns := besieged(t)
	config := stranger(t, func(*tls.Config) {})
	var round uint32
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "bytes")
		var conn net.Conn
		var err error
		switch rapid.SampledFrom([]string{"raw", "record", "tls", "http2"}).Draw(t, "where") {
		case "raw":
			conn, err = net.Dial("tcp", n.Addr().String())
		case "record":
			conn, err = net.Dial("tcp", n.Addr().String())
			b = append([]byte{22, 3, 1, 0, byte(len(b))}, b...)
		case "http2":
			b = append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"), b...)
			fallthrough
		case "tls":
			conn, err = tls.Dial("tcp", n.Addr().String(), config)
		}
		require.NoError(t, err)
		closes(t, conn, b)
		ring(t, conns, round)
		round++
	})
}

func TestUnknownMethod(t *testing.T) {
	n := nodes(t)
	err := dialRaw(t, n[0], n[1]).refusal("Nothing", nil)
	require.Equal(t, codes.Unimplemented, status.Code(err))
}

// TestRefusalsAreLogged looks for who was refused, and why.
func TestRefusalsAreLogged(t *testing.T) {
	n, log, conns := besieged(t)
	err := dialRaw(t, listen(t, "delta"), n).refusal(controlName, header{session: newID(), from: 0, to: 1}.metadata())
	require.Equal(t, codes.NotFound, status.Code(err))
	for _, want := range []string{`msg="stream refused"`, "address=127.0.0.1:", "key=" + Fingerprint(public("delta")), "has not begun there"} {
		require.True(t, log.contains(want), want)
	}
	ring(t, conns, 0)
}
