package grpcnet

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// port accepts connections, completes TLS and hands them on: those of messages to
// their links, all others to gRPC.
type port struct {
	node     *Node
	listener net.Listener
	config   *tls.Config
	server   *grpc.Server
	queue    *queue
	fresh    handshakes
	places   *places
	ctx      context.Context // of handshakes
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

func (n *Node) openPort(l net.Listener) *port {
	p := &port{node: n, listener: l, config: tlsConfig(n.certificate, nil), places: newPlaces(&n.config)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.server = n.newServer()
	p.queue = &queue{conns: make(chan net.Conn), closed: make(chan struct{}), address: l.Addr()}
	p.running.Go(func() { _ = p.server.Serve(p.queue) }) // ends with Stop
	p.running.Go(func() { p.accept(l) })
	return p
}

// acceptPause is how long the port rests when connections cannot be accepted,
// as when the process has too many files open.
const acceptPause = 100 * time.Millisecond

// accept takes connections until the port is closed.
func (p *port) accept(l net.Listener) {
	for {
		raw, err := l.Accept()
		switch {
		case err == nil:
			c := p.fresh.begin(raw)
			p.running.Go(func() { p.admit(c) })
		case p.ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return
		default:
			p.node.log.Error("cannot accept connections", "error", err)
			time.Sleep(acceptPause)
		}
	}
}

// admit completes TLS on a connection and finds a place for it.
func (p *port) admit(raw *newcomer) {
	ctx, cancel := context.WithTimeout(p.ctx, handshakeTimeout)
	defer cancel()
	conn, err := secure(ctx, tls.Server(h2.Gather(raw), p.config))
	p.fresh.end(raw)
	if err != nil {
		if raw.out.Load() {
			err = errNoRoom
		}
		p.node.refused.tell("connection refused", "address", raw.RemoteAddr().String(), "error", err)
		raw.Close()
		return
	}
	if err := p.places.admit(conn); err != nil {
		p.node.refused.tell("connection refused", "address", conn.id.address, "key", Fingerprint(conn.id.key), "error", err)
		conn.Close()
		return
	}
	p.handOn(conn)
}

// handOn serves a connection of messages, until it ends, or hands it to gRPC.
func (p *port) handOn(conn *secured) {
	if conn.ConnectionState().ServerName == messagesHost {
		stop := context.AfterFunc(p.ctx, func() { conn.Close() })
		defer stop()
		p.node.serveMessages(conn)
	} else if !p.queue.put(conn) {
		conn.Close()
	}
}

// errNoRoom is why a connection was closed before it had said who it is.
var errNoRoom = errors.New("there are too many connections that have not said who they are")

// close closes the port and all connections.
func (p *port) close() {
	p.cancel()
	p.listener.Close()
	p.server.Stop()
	p.running.Wait()
}

// queue is the listener of a gRPC server whose connections are put there.
type queue struct {
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
	address net.Addr
}

// put waits until the server takes conn. It reports false if it has stopped.
func (q *queue) put(conn net.Conn) bool {
	select {
	case q.conns <- conn:
		return true
	case <-q.closed:
		return false
	}
}

// Accept returns the next connection.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and put.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

// Addr is the address of the port.
func (q *queue) Addr() net.Addr { return q.address }
