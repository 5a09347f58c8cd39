package grpcnet

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// call is the dialler's end of a link.
type call struct {
	node     *Node
	peer     Peer
	id       *identity
	conn     *secured // of control
	client   *grpc.ClientConn
	ctx      context.Context // of control
	cancel   context.CancelFunc
	control  stream
	messages *h2.Conn
}

// open opens both streams.
func (c *call) open(ctx context.Context, h header) error {
	h.binding = c.id.binding
	if err := c.openControl(h.metadata()); err != nil {
		return err
	}
	return c.openMessages(ctx, h.metadata())
}

// openControl opens the stream of control and waits for its welcome.
func (c *call) openControl(md metadata.MD) (err error) {
	c.control, err = c.stream(metadata.NewOutgoingContext(c.ctx, md), controlName)
	return err
}

// openMessages opens the stream of messages, on a connection of its own.
func (c *call) openMessages(ctx context.Context, md metadata.MD) error {
	conn, err := c.node.dialTLS(ctx, messagesHost, c.peer)
	if err != nil {
		return err
	}
	c.messages, err = h2.Open(ctx, conn, h2.Request{Authority: messagesHost, Method: messagesMethod, Metadata: md})
	if _, refused := status.FromError(err); err != nil && !refused {
		err = fmt.Errorf("stream of messages: %w", err)
	}
	return err
}

// stream opens a stream and waits for its welcome.
func (c *call) stream(ctx context.Context, name string) (stream, error) {
	desc := &grpc.StreamDesc{StreamName: name, ServerStreams: true, ClientStreams: true}
	st, err := c.client.NewStream(ctx, desc, "/"+serviceName+"/"+name)
	if err != nil {
		return nil, err
	}
	var f control
	if err := st.RecvMsg(&f); err != nil {
		return nil, err
	}
	if f.err != nil || f.kind != kindWelcome {
		return nil, status.Errorf(codes.FailedPrecondition, "control frame of kind %d, want a welcome", f.kind)
	}
	return st, nil
}

func (c *call) close() {
	if c.messages != nil {
		c.messages.Close()
	}
	c.cancel()
	c.client.Close()
	c.conn.Close()
}

// call connects to peer for control.
func (n *Node) call(ctx context.Context, peer Peer) (*call, error) {
	conn, err := n.dialTLS(ctx, serverName, peer)
	if err != nil {
		return nil, err
	}
	client, err := n.client(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	c := &call{node: n, peer: peer, id: conn.id, conn: conn, client: client}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}
