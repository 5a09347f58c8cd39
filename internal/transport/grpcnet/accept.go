package grpcnet

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// Names of the gRPC service.
const (
	serviceName  = "trefoil.Transport"
	controlName  = "Control"
	messagesName = "Messages"

	messagesMethod = "/" + serviceName + "/" + messagesName
)

// service is what a node serves to its peers.
func (n *Node) service() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: serviceName,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{
			StreamName: controlName, ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, st grpc.ServerStream) error { return n.serveControl(st) },
		}},
	}
}

// serveControl keeps the control stream of a link.
func (n *Node) serveControl(st grpc.ServerStream) error {
	id, ok := identityOf(st.Context())
	if !ok {
		return status.Error(codes.Unauthenticated, "no key")
	}
	md, _ := metadata.FromIncomingContext(st.Context())
	l, err := n.admit(md, id, (*caller).claim)
	if err != nil {
		return err
	}
	defer l.session.leave()
	defer l.caller.release()
	if err := st.SendMsg(&control{kind: kindWelcome}); err != nil {
		return err
	}
	l.control(st)
	return nil
}

// serveMessages keeps the stream of messages of a link, on a connection of its own,
// until the session ends.
func (n *Node) serveMessages(conn *secured) {
	_ = conn.SetDeadline(time.Now().Add(handshakeTimeout)) // it fails on a closed connection, as what follows
	c, r, err := h2.Accept(conn)
	if err != nil {
		n.refused.tell("stream refused", "address", conn.id.address, "key", Fingerprint(conn.id.key), "error", err)
		return
	}
	defer c.Close()
	if r.Method != messagesMethod {
		_ = c.Refuse(status.Errorf(codes.Unimplemented, "method %s, want %s", printable(r.Method), messagesMethod))
		return
	}
	l, err := n.admit(r.Metadata, conn.id, (*caller).attach)
	if err != nil {
		_ = c.Refuse(err)
		return
	}
	defer l.session.leave()
	if c.Welcome() != nil || conn.SetDeadline(time.Time{}) != nil {
		l.caller.detach()
		return
	}
	l.start(conn.id, c)
	<-l.session.done
	l.part(c)
}

// part keeps the stream of messages open until the peer knows of the end, by control.
func (l *link) part(c *h2.Conn) {
	c.Interrupt()
	timer := time.NewTimer(l.session.node.linger)
	defer timer.Stop()
	select {
	case <-l.parted:
	case <-timer.C: // control ended before the link was up
	}
}

// admit returns the link that an incoming stream is for, as part of its session and
// with the stream's part of the link taken. A refusal is logged, and kept for
// whoever waits for that peer.
func (n *Node) admit(md metadata.MD, id *identity, take func(*caller, *identity, header) error) (*link, error) {
	l, err := n.find(md, id, take)
	if err != nil {
		n.refused.tell("stream refused", "address", id.address, "key", Fingerprint(id.key), "error", status.Convert(err).Message())
	}
	return l, err
}

func (n *Node) find(md metadata.MD, id *identity, take func(*caller, *identity, header) error) (*link, error) {
	h, err := readHeader(md)
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
	if err := take(&l.caller, id, h); err != nil {
		s.leave()
		return nil, err
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
