package grpcnet

import (
	"sync"
	"sync/atomic"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// session is one server's end of a session: a [transport.Conn].
type session struct {
	transport.Pool
	node   *Node
	id     SessionID
	self   int
	peers  [transport.Servers]Peer
	links  [transport.Servers]*link // nil at self
	gate   gate
	closed atomic.Pointer[transport.PeerError]
	done   chan struct{} // closed after closed is set

	mu      sync.Mutex
	stood   bool          // Connect has returned the session
	running int           // Connect, goroutines and handlers of this session
	gone    chan struct{} // closed when none runs any more
}

func newSession(n *Node, id SessionID, self int, peers [transport.Servers]Peer) *session {
	s := &session{node: n, id: id, self: self, peers: peers, done: make(chan struct{}), gone: make(chan struct{})}
	s.gate.init()
	for i := range s.links {
		if i != self {
			s.links[i] = newLink(s, i)
		}
	}
	return s
}

// Server is this server's index.
func (s *session) Server() int { return s.self }

// Send hands words to the connection, or to the outbox of the link, which may hold it back.
func (s *session) Send(to int, tag transport.Tag, words []uint64) error {
	if err := transport.CheckPeer(s.self, to); err != nil {
		return err
	}
	if err := s.closed.Load(); err != nil {
		return err
	}
	return s.links[to].send(parcel{tag: tag, words: words})
}

// Recv takes the message (lane, seq) out of its inbox, or waits for it.
func (s *session) Recv(from int, lane uint64, seq uint32) ([]uint64, uint32, error) {
	if err := transport.CheckPeer(s.self, from); err != nil {
		return nil, 0, err
	}
	inbox := s.links[from].inbox
	m, w, got := inbox.take(name{lane, seq})
	if got == pending {
		s.gate.enter()
		<-w.wake
		s.gate.leave()
		m, got = inbox.result(w)
	} else {
		s.gate.free()
	}
	switch got {
	case ended:
		return nil, 0, s.closed.Load()
	case occupied:
		tag := transport.Tag{Lane: lane, Seq: seq}
		return nil, 0, &transport.DuplicateError{From: from, To: s.self, Tag: tag, What: "receiver"}
	}
	return m.words, m.depth, nil
}

// Close ends the session here and tells the peers, without waiting for them.
func (s *session) Close(cause error) { s.end(transport.Closing(s.self, cause)) }

// end is what Close, a peer's end and a lost peer have in common. Only the
// first counts.
func (s *session) end(err *transport.PeerError) {
	if !s.closed.CompareAndSwap(nil, err) {
		return
	}
	close(s.done)
	for _, l := range s.links {
		if l != nil {
			l.inbox.close(&s.Pool)
			l.outbox.close(&s.Pool)
		}
	}
	s.gate.free()
}

// join counts one more that runs for the session, until it calls leave. It
// reports false if the session has ended.
func (s *session) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() != nil {
		return false
	}
	s.running++
	return true
}

// leave ends what join began. Before the last leaves the session has ended, and
// after it the node forgets the session.
func (s *session) leave() {
	s.mu.Lock()
	s.running--
	last := s.running == 0
	s.mu.Unlock()
	if last {
		s.node.forget(s)
		close(s.gone)
	}
}

// run runs f as part of the session. Its caller is part of it already.
func (s *session) run(f func()) {
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		defer s.leave()
		f()
	}()
}
