package bench

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"time"
)

// socketRing is a network of sockets without framing: next[i] goes from server i
// to the next one, where it is prev[i+1].
type socketRing struct {
	next, prev [3]net.Conn
	out, in    [3][]byte // messages
}

func newSocketRing(secure bool) (*socketRing, error) {
	r := new(socketRing)
	var config *tls.Config
	if secure {
		var err error
		if config, err = mutualTLS(); err != nil {
			return nil, err
		}
	}
	for i := range 3 {
		if err := r.connect(i, config); err != nil {
			r.close(err)
			return nil, err
		}
	}
	return r, nil
}

// connect makes the connection from server i to the next. Both sides of a
// handshake run at once.
func (r *socketRing) connect(i int, config *tls.Config) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	accepted := make(chan error, 1)
	go func() {
		var err error
		r.prev[(i+1)%3], err = accept(l, config)
		accepted <- err
	}()
	r.next[i], err = dial(l.Addr().String(), config)
	if err != nil {
		l.Close() // ends accept
	}
	return errors.Join(err, <-accepted)
}

func accept(l net.Listener, config *tls.Config) (net.Conn, error) {
	c, err := l.Accept()
	if err != nil || config == nil {
		return c, err
	}
	s := tls.Server(c, config)
	return s, s.Handshake()
}

func dial(address string, config *tls.Config) (net.Conn, error) {
	c, err := net.Dial("tcp", address)
	if err != nil || config == nil {
		return c, err
	}
	s := tls.Client(c, config)
	return s, s.Handshake()
}

func (r *socketRing) send(i int, _ uint32, words int) error {
	r.out[i] = slices.Grow(r.out[i][:0], 8*words)[:8*words]
	_, err := r.next[i].Write(r.out[i])
	return err
}

func (r *socketRing) recv(i int, _ uint32, words int) error {
	r.in[i] = slices.Grow(r.in[i][:0], 8*words)[:8*words]
	_, err := io.ReadFull(r.prev[i], r.in[i])
	return err
}

func (r *socketRing) close(error) {
	for i := range 3 {
		for _, c := range []net.Conn{r.next[i], r.prev[i]} {
			if c != nil {
				_ = c.Close()
			}
		}
	}
}

// mutualTLS is TLS 1.3 where both sides show one and the same certificate, made
// for this run and trusted in it alone.
func mutualTLS() (*tls.Config, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	const name = "server.invalid"
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}},
		RootCAs:      pool, ClientCAs: pool, ServerName: name,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}, nil
}
