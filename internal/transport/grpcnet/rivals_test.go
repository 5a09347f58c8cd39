package grpcnet

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// ringEnd is a server's place in a ring: what the benchmarks compare. Messages
// are made and used where they lie, so nothing is copied but for the transport.
type ringEnd interface {
	send(words int) error // to the next server
	recv(words int) error // from the previous one
}

// socketEnd is a ring written for the benchmark alone: one connection to each
// neighbour, a length before every message, no names, no Close.
type socketEnd struct {
	next    net.Conn
	prev    *bufio.Reader
	in      net.Conn // below prev
	out     []byte   // length and message
	message []byte
}

func (e *socketEnd) send(words int) error {
	e.out = slices.Grow(e.out[:0], 8+8*words)[:8+8*words]
	binary.LittleEndian.PutUint64(e.out, uint64(words))
	_, err := e.next.Write(e.out)
	return err
}

func (e *socketEnd) recv(words int) error {
	var length [8]byte
	if _, err := io.ReadFull(e.prev, length[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint64(length[:]) != uint64(words) {
		return io.ErrUnexpectedEOF
	}
	e.message = slices.Grow(e.message[:0], 8*words)[:8*words]
	_, err := io.ReadFull(e.prev, e.message)
	return err
}

// wrap puts TLS on a connection, or not.
type wrap func(c net.Conn, client bool) (net.Conn, error)

// neighbours makes one server's end of a ring of sockets: it dials the next
// server at address and accepts the previous one from l.
func neighbours(l net.Listener, address string, wrap wrap) (*socketEnd, error) {
	defer l.Close()
	accepted := make(chan net.Conn)
	var acceptError error
	go func() {
		defer close(accepted)
		var c net.Conn
		if c, acceptError = l.Accept(); acceptError == nil {
			c, acceptError = wrap(c, false)
			accepted <- c
		}
	}()
	out, err := net.Dial("tcp", address)
	if err == nil {
		out, err = wrap(out, true)
	}
	if err != nil {
		return nil, err
	}
	in, ok := <-accepted
	if !ok || acceptError != nil {
		return nil, acceptError
	}
	return &socketEnd{next: out, prev: bufio.NewReaderSize(in, 64<<10), in: in}, nil
}

// sockets makes a whole ring of sockets.
func sockets(t testing.TB, wrap wrap) (ends [transport.Servers]ringEnd) {
	t.Helper()
	var l [transport.Servers]net.Listener
	for i := range l {
		var err error
		l[i], err = net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
	}
	var all sync.WaitGroup
	for i := range ends {
		all.Go(func() {
			e, err := neighbours(l[i], l[(i+1)%len(l)].Addr().String(), wrap)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(e.close)
			ends[i] = e
		})
	}
	all.Wait()
	return ends
}

func (e *socketEnd) close() {
	e.next.Close()
	e.in.Close()
}

func plain(c net.Conn, _ bool) (net.Conn, error) { return c, nil }

// encrypted returns a wrap for mutual TLS 1.3 with Ed25519 keys.
func encrypted() (wrap, error) {
	key := keyOf("socket")
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS13, ClientAuth: tls.RequireAnyClientCert, InsecureSkipVerify: true,
		DynamicRecordSizingDisabled: true,
	}
	return func(c net.Conn, client bool) (net.Conn, error) {
		s := tls.Server(c, config)
		if client {
			s = tls.Client(c, config)
		}
		return s, s.Handshake() // now: later all three might wait in Write
	}, nil
}

// connEnd is a ring over a transport.
type connEnd struct {
	transport.Conn
	sent, received uint32
}

func (e *connEnd) send(words int) error {
	e.sent++
	return e.Send((e.Server()+1)%3, transport.Tag{Lane: 1, Seq: e.sent, Depth: e.sent}, e.Get(words))
}

func (e *connEnd) recv(words int) error {
	e.received++
	w, _, err := e.Recv((e.Server()+2)%3, 1, e.received)
	if err == nil && len(w) != words {
		return io.ErrUnexpectedEOF
	}
	e.Put(w)
	return err
}
