package grpcnet

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Names of the gRPC service.
const (
	serviceName  = "trefoil.Transport"
	controlName  = "Control"
	messagesName = "Messages"
)

// service is what a node serves to its peers.
func (n *Node) service() *grpc.ServiceDesc {
	serve := func(name string, f func(*link, *identity, grpc.ServerStream) error) grpc.StreamDesc {
		return grpc.StreamDesc{
			StreamName: name, ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, st grpc.ServerStream) error { return n.serve(st, f) },
		}
	}
	return &grpc.ServiceDesc{
		ServiceName: serviceName,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			serve(controlName, (*link).serveControl),
			serve(messagesName, (*link).serveMessages),
		},
	}
}

// serve finds the link of an incoming stream and hands the stream to f. A
// refusal is logged, and kept for whoever waits for that peer.
func (n *Node) serve(st grpc.ServerStream, f func(*link, *identity, grpc.ServerStream) error) error {
	id, ok := identityOf(st.Context())
	if !ok {
		return status.Error(codes.Unauthenticated, "no key")
	}
	l, err := n.admit(st, id)
	if err != nil {
		n.refused.tell("stream refused", "address", id.address, "key", Fingerprint(id.key), "error", status.Convert(err).Message())
		return err
	}
	defer l.session.leave()
	return f(l, id, st)
}

// admit returns the link that an incoming stream is for, as part of its
// session.
func (n *Node) admit(st grpc.ServerStream, id *identity) (*link, error) {
	h, err := readHeader(st.Context())
	if err != nil {
		return nil, err
	}
	s, err := n.session(h.session)
	if err != nil {
		return nil, err
	}
	l, err := s.expects(h, id)
	if err != nil {
		return nil, err
	}
	if !s.join() {
		return nil, isOver(h.session)
	}
	return l, nil
}

func isOver(id SessionID) error {
	return status.Errorf(codes.FailedPrecondition, "session %s is over", id)
}

// expects returns the link for a stream of h, if the session is one of that
// peer.
func (s *session) expects(h header, id *identity) (*link, error) {
	switch {
	case h.to != s.self:
		return nil, status.Errorf(codes.InvalidArgument, "this is server %d of session %s, not %d", s.self, s.id, h.to)
	case h.from >= s.self:
		return nil, status.Errorf(codes.InvalidArgument, "server %d dials those after it, not server %d", h.from, s.self)
	}
	l := s.links[h.from]
	if want := s.peers[h.from].Key; !id.key.Equal(want) {
		err := status.Errorf(codes.PermissionDenied, "session %s knows server %d by key %s, not %s", s.id, h.from, Fingerprint(want), Fingerprint(id.key))
		l.caller.refuse(id, err)
		return nil, err
	}
	return l, nil
}

// caller is the connection from which a link's peer calls.
type caller struct {
	mu       sync.Mutex
	id       *identity
	attached bool  // the stream of messages too
	refused  error // the last, for whoever waits
}

func (c *caller) refuse(id *identity, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = status.Errorf(codes.PermissionDenied, "%s: %s", id.address, status.Convert(err).Message())
}

// lastRefusal returns why the last stream that claimed to be of this peer was
// refused, or nil.
func (c *caller) lastRefusal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

// claim takes the link for a connection.
func (c *caller) claim(id *identity) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id != nil {
		return status.Errorf(codes.AlreadyExists, "already connected from %s: do two servers run with one key?", c.id.address)
	}
	c.id = id
	return nil
}

// attach takes the link's stream of messages.
func (c *caller) attach(id *identity) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id != id || c.attached {
		return status.Error(codes.FailedPrecondition, "a stream of messages comes once, after that of control and over the same connection")
	}
	c.attached = true
	return nil
}

// release gives the link up, so that the peer can try again, unless both
// streams stand.
func (c *caller) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.attached {
		c.id = nil
	}
}

// serveControl keeps the control stream of a link.
func (l *link) serveControl(id *identity, st grpc.ServerStream) error {
	if err := l.caller.claim(id); err != nil {
		return err
	}
	defer l.caller.release()
	if err := st.SendMsg(&control{kind: kindWelcome}); err != nil {
		return err
	}
	l.control(st, func() {})
	return nil
}

// serveMessages keeps the stream of messages of a link. It ends with the
// session, which wakes who is in the stream's SendMsg or RecvMsg.
func (l *link) serveMessages(id *identity, st grpc.ServerStream) error {
	if err := l.caller.attach(id); err != nil {
		return err
	}
	if err := st.SendMsg(&control{kind: kindWelcome}); err != nil {
		return err
	}
	l.start(id, st)
	<-l.session.done
	return nil
}

// start puts the link to use.
func (l *link) start(id *identity, messages stream) {
	l.address, l.stream = id.address, messages
	close(l.up)
	l.session.run(l.read)
}
