package grpcnet

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Peer is a server as the job names it.
type Peer struct {
	Address string // host:port
	Key     ed25519.PublicKey
}

// Connect joins a session as server self and returns when the links to both
// others stand. All three servers call it with the same id and peers; peers[self]
// is this server, whose address is not used.
//
// It fails when ctx or the time of [WithSetupTimeout] ends, with a [*SetupError]
// for every peer that is missing, and at once when a peer refuses or the other
// servers have ended the session. Later ctx means nothing: the session lives
// until Close.
func (n *Node) Connect(ctx context.Context, id SessionID, self int, peers [transport.Servers]Peer) (transport.Conn, error) {
	s, err := n.open(id, self, peers)
	if err != nil {
		return nil, err
	}
	defer s.leave()
	if err := s.setUp(ctx); err != nil {
		s.end(transport.Closing(self, err))
		return nil, fmt.Errorf("session %s of server %d: %w", id, self, err)
	}
	s.stood = true
	return s, nil
}

// checkPeers looks for what no session can have.
func (n *Node) checkPeers(self int, peers [transport.Servers]Peer) error {
	if self < 0 || self >= transport.Servers {
		return fmt.Errorf("server %d, want 0, 1 or 2", self)
	}
	for i, p := range peers {
		if len(p.Key) != ed25519.PublicKeySize {
			return fmt.Errorf("key of server %d has %d bytes, want %d", i, len(p.Key), ed25519.PublicKeySize)
		}
		for j := range i {
			if p.Key.Equal(peers[j].Key) {
				return fmt.Errorf("servers %d and %d have one key, %s, want one each", j, i, Fingerprint(p.Key))
			}
		}
	}
	if !n.Key().Equal(peers[self].Key) {
		return fmt.Errorf("server %d: this server has another key: %w", self, &KeyError{Got: n.Key(), Want: peers[self].Key})
	}
	return nil
}

// setUp makes both links.
func (s *session) setUp(ctx context.Context) error {
	ctx, stop := context.WithTimeoutCause(ctx, s.node.setup, fmt.Errorf("not there within %v", s.node.setup))
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var errs [transport.Servers]error
	var all sync.WaitGroup
	for i, l := range s.links {
		if l == nil {
			continue
		}
		all.Go(func() {
			if errs[i] = l.setUp(ctx); errs[i] != nil {
				cancel(errGivenUp) // unless ctx is over for both
			}
		})
	}
	all.Wait()
	if err := s.closed.Load(); err != nil {
		return err
	}
	return errors.Join(slices.DeleteFunc(errs[:], func(err error) bool { return errors.Is(err, errGivenUp) })...)
}

// errGivenUp is why one link is not waited for: the other cannot be.
var errGivenUp = errors.New("the other peer cannot be reached")

// setUp makes one link: the server of lower index dials.
func (l *link) setUp(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-l.session.done:
			cancel()
		case <-stop:
		}
	}()
	if l.session.self < l.peer {
		return l.dial(ctx)
	}
	return l.await(ctx)
}

// await waits until the peer has connected.
func (l *link) await(ctx context.Context) error {
	select {
	case <-l.up:
		return nil
	case <-ctx.Done():
	}
	err := fmt.Errorf("%w; want it to connect to %s", context.Cause(ctx), l.session.node.Addr())
	if refused := l.caller.lastRefusal(); refused != nil {
		err = fmt.Errorf("%w; refused %w", err, readable(refused))
	}
	return l.failed(err)
}

func (l *link) failed(err error) error {
	return &SetupError{Server: l.peer, Address: l.session.peers[l.peer].Address, Err: err}
}
