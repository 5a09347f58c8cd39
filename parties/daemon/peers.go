package daemon

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
)

// peerPool keeps a connection to each server that this one works with.
type peerPool struct {
	key ed25519.PrivateKey

	mu     sync.Mutex
	conns  map[string]*grpc.ClientConn // by address and key
	closed bool
}

// dial returns a connection to a server of a job.
func (p *peerPool) dial(ctx context.Context, s parties.Server) (*grpc.ClientConn, error) {
	name := s.Key + "@" + s.Address
	p.mu.Lock()
	conn := p.conns[name]
	p.mu.Unlock()
	if conn != nil {
		return conn, nil
	}
	key, err := identity.ParseFingerprint(s.Key)
	if err != nil {
		return nil, err
	}
	conn, err = grpcnet.Dial(ctx, p.key, grpcnet.Peer{Address: s.Address, Key: key})
	if err != nil {
		return nil, err
	}
	return p.keep(name, conn), nil
}

// keep stores a connection, unless there is one by now.
func (p *peerPool) keep(name string, conn *grpc.ClientConn) *grpc.ClientConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.conns[name]; other != nil || p.closed {
		conn.Close()
		return other
	}
	if p.conns == nil {
		p.conns = map[string]*grpc.ClientConn{}
	}
	p.conns[name] = conn
	return conn
}

// drop forgets a connection over which a call failed, so that the next one makes
// sure of the server's key again and says what is wrong in plain words.
func (p *peerPool) drop(s parties.Server) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := s.Key + "@" + s.Address
	if conn := p.conns[name]; conn != nil {
		conn.Close()
		delete(p.conns, name)
	}
}

func (p *peerPool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.conns {
		c.Close()
	}
}

// call makes a call to another server of the job, within pace.call. An error names
// the server, its address and the reason.
func (j *job) call(ctx context.Context, server int, f func(context.Context, *grpc.ClientConn) error) error {
	ctx, cancel := context.WithTimeout(ctx, j.d.pace.call)
	defer cancel()
	s := j.spec.Servers[server]
	conn, err := j.d.peers.dial(ctx, s)
	if err == nil {
		if err = f(ctx, conn); err != nil && isLost(err) {
			j.d.peers.drop(s)
		}
	}
	if err != nil {
		return &peerError{server, s.Address, err}
	}
	return nil
}

// peerError says which server a call failed at.
type peerError struct {
	server  int
	address string
	err     error
}

// Error leaves out gRPC's words around a text, and names a silence.
func (e *peerError) Error() string {
	reason := grpcnet.Plain(grpcnet.Readable(e.err).Error())
	s, answered := status.FromError(e.err)
	switch {
	case s.Code() == codes.DeadlineExceeded || errors.Is(e.err, context.DeadlineExceeded):
		reason = "cannot be reached: no answer"
	case isRefusal(e.err):
		reason = e.err.Error()
	case !answered || s.Code() == codes.Unavailable:
		reason = "cannot be reached: " + reason
	}
	return fmt.Sprintf("server %d at %s: %s", e.server, e.address, reason)
}

// Unwrap returns the reason.
func (e *peerError) Unwrap() error { return e.err }

// others are the two other servers of a job.
func (j *job) others() [2]int { return [2]int{(j.self + 1) % 3, (j.self + 2) % 3} }
