package grpcnet

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Node is one server's place in the network: its key and its port, over which
// any number of sessions run.
type Node struct {
	config
	key         ed25519.PublicKey
	certificate tls.Certificate
	listener    net.Listener
	server      *grpc.Server
	served      chan struct{} // closed when the server has stopped

	mu       sync.Mutex
	sessions map[SessionID]*session
	over     map[SessionID]struct{} // 32 bytes for every session there ever was
	closed   bool
}

// ErrNodeClosed is the cause of the end of sessions on a closed node.
var ErrNodeClosed = errors.New("server shut down")

// Listen opens a port for the server that holds key.
func Listen(address string, key ed25519.PrivateKey, opts ...Option) (*Node, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("private key of %d bytes, want an Ed25519 key of %d", len(key), ed25519.PrivateKeySize)
	}
	n := &Node{config: defaults(), served: make(chan struct{}), sessions: map[SessionID]*session{}, over: map[SessionID]struct{}{}}
	for _, o := range opts {
		o(&n.config)
	}
	n.key = key.Public().(ed25519.PublicKey)
	var err error
	if n.certificate, err = certificate(key); err != nil {
		return nil, err
	}
	if n.listener, err = net.Listen("tcp", address); err != nil {
		return nil, err
	}
	n.serveOn(limitConnections(n.listener, n.connections, n.log))
	return n, nil
}

// Key is this server's public key.
func (n *Node) Key() ed25519.PublicKey { return n.key }

// Addr is the address of the port.
func (n *Node) Addr() net.Addr { return n.listener.Addr() }

const (
	handshakeTimeout = 10 * time.Second
	idleConnection   = time.Minute // without any stream
	maxHeaderBytes   = 8 << 10
	maxStreams       = 64      // on one connection
	maxOther         = 4 << 20 // bytes in a message of another service
	writeBuffer      = 32 << 10
	readBuffer       = 0 // TLS keeps a whole record anyway: another buffer is another copy
)

// serveOn starts the gRPC server.
func (n *Node) serveOn(l net.Listener) {
	n.server = grpc.NewServer(
		grpc.Creds(&acceptCredentials{config: tlsConfig(n.certificate, nil), timeout: handshakeTimeout, log: n.log}),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleConnection}),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxRecvMsgSize(max(maxOther, headBytes+maxFrame)),
		grpc.InitialWindowSize(n.window),
		grpc.InitialConnWindowSize(n.window),
		grpc.ReadBufferSize(readBuffer),
		grpc.WriteBufferSize(writeBuffer),
	)
	n.server.RegisterService(n.service(), nil)
	for _, register := range n.services {
		register(n.server)
	}
	go func() {
		defer close(n.served)
		_ = n.server.Serve(l) // ends with Close
	}()
}

// client makes a gRPC client of a connection that has completed TLS.
func (n *Node) client(conn net.Conn, creds dialCredentials) (*grpc.ClientConn, error) {
	once := make(chan net.Conn, 1)
	once <- conn
	return grpc.NewClient("passthrough:///"+conn.RemoteAddr().String(),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			select {
			case c := <-once:
				return c, nil
			default:
				return nil, errors.New("a link is not dialled twice")
			}
		}),
		grpc.WithTransportCredentials(creds),
		grpc.WithAuthority(serverName),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithIdleTimeout(0),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(newCodec()), grpc.MaxCallRecvMsgSize(headBytes+maxFrame)),
		grpc.WithMaxHeaderListSize(maxHeaderBytes),
		grpc.WithInitialWindowSize(n.window),
		grpc.WithInitialConnWindowSize(n.window),
		grpc.WithReadBufferSize(readBuffer),
		grpc.WithWriteBufferSize(writeBuffer),
	)
}

// open begins a session, of which the caller is part.
func (n *Node) open(id SessionID, self int, peers [transport.Servers]Peer) (*session, error) {
	if err := n.checkPeers(self, peers); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	_, over := n.over[id]
	switch {
	case n.closed:
		return nil, ErrNodeClosed
	case over || n.sessions[id] != nil:
		return nil, fmt.Errorf("session %s has been here before, want a new one each time", id)
	}
	s := newSession(n, id, self, peers)
	s.running = 1
	n.sessions[id] = s
	return s, nil
}

// session returns an open session. Its errors are for peers.
func (n *Node) session(id SessionID) (*session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.sessions[id]; s != nil {
		return s, nil
	}
	if _, ok := n.over[id]; ok {
		return nil, isOver(id)
	}
	return nil, status.Errorf(codes.NotFound, "session %s has not begun there", id)
}

// forget drops a session that has ended. One that stood never comes again.
func (n *Node) forget(s *session) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sessions, s.id)
	if s.stood {
		n.over[s.id] = struct{}{}
	}
}

// Close ends all sessions with [ErrNodeClosed] and closes the port. It returns
// when the peers of all sessions, also of those that ended before, know, or a
// few seconds later.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	open := make([]*session, 0, len(n.sessions))
	for _, s := range n.sessions {
		open = append(open, s)
	}
	n.mu.Unlock()
	for _, s := range open {
		s.Close(ErrNodeClosed)
	}
	for _, s := range open {
		<-s.gone
	}
	n.server.Stop()
	<-n.served
}
