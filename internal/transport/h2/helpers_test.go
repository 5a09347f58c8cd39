package h2

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// aRequest is what the calls of these tests begin with.
var aRequest = Request{Authority: "peer", Method: "/test.Service/Echo", Metadata: map[string][]string{"x-from": {"alpha"}}}

// receive reads a message.
func receive(c *Conn) ([]byte, error) {
	n, err := c.Next()
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(c, b)
	return b, err
}

// echo sends back what comes, until the call ends, while it reads on. It sends each
// message in two parts, of which the first is as long as can be.
func echo(c *Conn) error {
	back := make(chan []byte, 1000)
	defer close(back)
	go func() {
		for b := range back {
			n := min(maxHead, len(b))
			_ = c.Send(b[:n], b[n:]) // the other end misses what is not sent
		}
	}()
	for {
		b, err := receive(c)
		if err != nil {
			return err
		}
		back <- b
	}
}

// pattern is n bytes that differ from place to place and from seed to seed.
func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = seed + byte(i) + byte(i>>8)*7 + byte(i>>16)*31
	}
	return b
}

// tcp is a connection on loopback, for the time of the test.
func tcp(t testing.TB) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	near, err = net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { near.Close() })
	far, err = l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { far.Close() })
	return near, far
}

// ends are both ends of a call between near and far.
func ends(t require.TestingT, near, far net.Conn) (client, server *Conn) {
	taken := make(chan error)
	go func() {
		var err error
		if server, _, err = Accept(far); err == nil {
			err = server.Welcome()
		}
		taken <- err
	}()
	client, err := Open(context.Background(), near, aRequest)
	require.NoError(t, err)
	require.NoError(t, <-taken)
	return client, server
}

// certified is TLS 1.3 for both ends, with a key of the test's own.
func certified(t *testing.T) *tls.Config {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"peer"}}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		RootCAs:      pool, ServerName: "peer", MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
	}
}

// pipe are both ends of a call through a pipe that holds nothing.
func pipe(t require.TestingT) (client, server *Conn) {
	near, far := net.Pipe()
	return ends(t, near, far)
}

// overTCP are both ends of a call on loopback, for the time of the test.
func overTCP(t testing.TB) (client, server *Conn) {
	t.Helper()
	near, far := tcp(t)
	client, server = ends(t, near, far)
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client, server
}
