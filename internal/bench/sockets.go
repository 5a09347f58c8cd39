package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"time"
)

// socketRound measures a round over loopback sockets: a write to the next
// server and a read from the previous one, without framing.
func (b *bench) socketRound(name string, secure bool) error {
	r, err := newSocketRing(secure)
	defer r.close()
	if err != nil {
		return err
	}
	stop := b.whenCancelled(func(error) { r.close() })
	defer stop()
	w := newStopwatch(b.protocol)
	err = together(w, func(i int) error {
		buf := make([]byte, 8*roundWords)
		for w.lap() {
			for range b.trips {
				if err := r.trip(i, buf); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		b.result.Round[name] = b.micros(w)
	}
	return errors.Join(context.Cause(b.ctx), err)
}

// whenCancelled calls f with the cause if the run is cancelled before stop.
func (b *bench) whenCancelled(f func(cause error)) (stop func() bool) {
	return context.AfterFunc(b.ctx, func() { f(context.Cause(b.ctx)) })
}

// socketRing is the connections of three servers: next[i] goes from server i to
// the next one, where it is prev[i+1].
type socketRing struct{ next, prev [3]net.Conn }

func newSocketRing(secure bool) (*socketRing, error) {
	r := new(socketRing)
	var config *tls.Config
	if secure {
		var err error
		if config, err = mutualTLS(); err != nil {
			return r, err
		}
	}
	for i := range 3 {
		if err := r.connect(i, config); err != nil {
			return r, err
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

// trip is a server's side of one round.
func (r *socketRing) trip(i int, buf []byte) error {
	if _, err := r.next[i].Write(buf); err != nil {
		return err
	}
	_, err := io.ReadFull(r.prev[i], buf)
	return err
}

func (r *socketRing) close() {
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
