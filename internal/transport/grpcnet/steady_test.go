package grpcnet

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// TestIdle has nothing sent for many times a link's patience.
func TestIdle(t *testing.T) {
	conns := joined(t, nodes(t, WithHeartbeat(5*time.Millisecond, time.Second)))
	for _, c := range conns {
		l := c.(*session).links[(c.Server()+1)%3]
		require.Eventually(t, func() bool { return l.heard.Load() > 100 }, long, tick)
	}
	ring(t, conns, 0)
}

// TestIdleMessages has nothing sent, and looks for signs of life on the connection of
// messages: PING frames (RFC 9113, section 6.7), which are of type 6.
func TestIdleMessages(t *testing.T) {
	n, s := waiting(t, WithHeartbeat(time.Millisecond, long))
	zero := dialRaw(t, n[0], n[1])
	md := header{session: s.id, from: 0, to: 1, binding: zero.id.binding}.metadata()
	require.NoError(t, zero.openControl(md))
	conn, err := n[0].dialTLS(t.Context(), messagesHost, zero.peer)
	require.NoError(t, err)
	c, err := h2.Open(t.Context(), conn, h2.Request{Method: messagesMethod, Metadata: md})
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(long)))
	for head := make([]byte, 9); head[3] != 6; {
		_, err := io.ReadFull(conn, head)
		require.NoError(t, err)
		_, err = io.CopyN(io.Discard, conn, int64(head[0])<<16|int64(head[1])<<8|int64(head[2]))
		require.NoError(t, err)
	}
}

// TestSeveralSessions runs sessions over the same nodes at the same time. The end
// of one is nothing to the others.
func TestSeveralSessions(t *testing.T) {
	n := nodes(t)
	var all [3][transport.Servers]transport.Conn
	for i := range all {
		all[i] = joined(t, n)
	}
	for seq := range uint32(20) {
		for _, conns := range all {
			ring(t, conns, seq)
		}
	}
	end(t, all[0])
	ring(t, all[1], 20)
	ring(t, all[2], 20)
}

// TestLargeMessage sends 512 MiB at once. The sender's words, the receiver's and
// little else are in memory then.
func TestLargeMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes more than 1 GiB")
	}
	const words = 64 << 20
	debug.FreeOSMemory()
	before := resident()
	conns := joined(t, nodes(t))
	sent := make(chan error)
	go func() {
		w := conns[0].Get(words)
		for i := range w {
			w[i] = uint64(i) * 0x9e3779b97f4a7c15
		}
		sent <- conns[0].Send(1, transport.Tag{Lane: 1, Depth: 1}, w)
	}()
	w, _, err := conns[1].Recv(0, 1, 0)
	require.NoError(t, err)
	require.NoError(t, <-sent)
	require.Len(t, w, words)
	for i := range w {
		if w[i] != uint64(i)*0x9e3779b97f4a7c15 {
			t.Fatalf("word %d is %#x", i, w[i])
		}
	}
	grown := resident() - before
	t.Logf("heap grew by %d MiB", grown>>20)
	require.Less(t, grown, int64(2*8*words+128<<20))
}

// resident is how much memory the heap has from the operating system.
func resident() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys - m.HeapReleased)
}

// TestOtherServices calls a service of protocol buffers on a node.
func TestOtherServices(t *testing.T) {
	whoami := func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		in := &wrapperspb.StringValue{}
		if err := decode(in); err != nil {
			return nil, err
		}
		key, ok := PeerKey(ctx)
		return wrapperspb.String(fmt.Sprint(in.Value, " ", ok, " ", Fingerprint(key))), nil
	}
	desc := &grpc.ServiceDesc{
		ServiceName: "test.Service", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "WhoAmI", Handler: whoami}},
	}
	n := listen(t, "beta", WithServices(func(r grpc.ServiceRegistrar) { r.RegisterService(desc, nil) }))
	out := &wrapperspb.StringValue{}
	err := dialRaw(t, listen(t, "alpha"), n).client.Invoke(t.Context(), "/test.Service/WhoAmI", wrapperspb.String("hello"), out)
	require.NoError(t, err)
	require.Equal(t, "hello true "+Fingerprint(public("alpha")), out.Value)
	_, ok := PeerKey(t.Context())
	require.False(t, ok)
}

// TestNothingIsLeft fails to connect in several ways and looks for goroutines.
func TestNothingIsLeft(t *testing.T) {
	n := nodes(t, WithSetupTimeout(50*time.Millisecond))
	before := runtime.NumGoroutine()
	wrong := peersOf(n)
	wrong[1].Key = public("delta")
	for _, peers := range [][transport.Servers]Peer{peersOf(n), wrong} {
		for range 2 {
			_, err := n[0].Connect(t.Context(), newID(), 0, peers)
			require.Error(t, err)
		}
	}
	for _, n := range n {
		n.setup = long
	}
	end(t, joined(t, n))
	for stop := time.Now().Add(long); runtime.NumGoroutine() > before; time.Sleep(tick) {
		require.Less(t, time.Now(), stop, "%d goroutines, want %d", runtime.NumGoroutine(), before)
	}
}
