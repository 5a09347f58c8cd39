package grpcnet

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// raw is a peer that says what a test wants.
type raw struct {
	*call
}

// dialRaw connects to node as the server whose key node holds by that name.
func dialRaw(t *testing.T, as *Node, to *Node) *raw {
	t.Helper()
	c, err := as.call(t.Context(), Peer{Address: to.Addr().String(), Key: to.Key()})
	require.NoError(t, err)
	r := &raw{call: c}
	t.Cleanup(r.close)
	return r
}

// refusal opens a stream and returns why it was refused, or nil.
func (r *raw) refusal(name string, md metadata.MD) error {
	if name == messagesName {
		return r.openMessages(r.ctx, md)
	}
	_, err := r.stream(metadata.NewOutgoingContext(r.ctx, md), name)
	return err
}

// waiting is a session of server 1 that waits for the others, for the time of the test.
func waiting(t *testing.T, opts ...Option) (n [transport.Servers]*Node, s *session) {
	t.Helper()
	n = nodes(t, opts...)
	s, err := n[1].open(newID(), 1, peersOf(n))
	require.NoError(t, err)
	t.Cleanup(s.leave)
	t.Cleanup(func() { s.Close(nil) })
	return n, s
}

// joinRaw has the raw server 0 and the true servers 1 and 2 join a session.
func joinRaw(t *testing.T, n [transport.Servers]*Node) (zero [transport.Servers]*raw, conns [transport.Servers]transport.Conn) {
	t.Helper()
	id := newID()
	done := make(chan error)
	for i := 1; i < transport.Servers; i++ {
		go func() {
			var err error
			conns[i], err = n[i].Connect(t.Context(), id, i, peersOf(n))
			done <- err
		}()
	}
	for i := 1; i < transport.Servers; i++ {
		zero[i] = dialRaw(t, n[0], n[i])
		require.Eventually(t, func() bool {
			_, err := n[i].session(id)
			return err == nil
		}, long, tick)
		require.NoError(t, zero[i].open(t.Context(), header{session: id, from: 0, to: i}))
	}
	for range 2 {
		require.NoError(t, <-done)
	}
	return zero, conns
}

// bytesOut is a message of any bytes.
type bytesOut []byte

func (b bytesOut) marshal() mem.BufferSlice { return mem.BufferSlice{mem.SliceBuffer(b)} }

// says is the text of a refusal.
func says(err error) string { return status.Convert(err).Message() }
