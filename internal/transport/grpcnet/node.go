package grpcnet

import (
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Node is one server's place in the network: its key and its port, over which
// any number of sessions run.
type Node struct {
	config
	key         ed25519.PublicKey
	certificate tls.Certificate
	port        *port
	refused     refusals

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
	n := &Node{config: defaults(), sessions: map[SessionID]*session{}, over: map[SessionID]struct{}{}}
	for _, o := range opts {
		o(&n.config)
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	n.refused.log, n.refused.every = n.log, n.hush
	n.key = key.Public().(ed25519.PublicKey)
	var err error
	if n.certificate, err = certificate(key); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	n.port = n.openPort(listener)
	return n, nil
}

// Key is this server's public key.
func (n *Node) Key() ed25519.PublicKey { return n.key }

// Addr is the address of the port.
func (n *Node) Addr() net.Addr { return n.port.listener.Addr() }

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
	open := slices.Collect(maps.Values(n.sessions))
	n.mu.Unlock()
	for _, s := range open {
		s.Close(ErrNodeClosed)
	}
	for _, s := range open {
		<-s.gone
	}
	n.port.close()
}
