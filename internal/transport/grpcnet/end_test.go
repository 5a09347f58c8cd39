package grpcnet

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

var errFire = errors.New("the machine room is on fire")

// requireEnd checks that the session ends at c, and how.
func requireEnd(t *testing.T, c transport.Conn, server int, cause error, text string) {
	t.Helper()
	_, _, err := c.Recv((c.Server()+1)%3, 1000, 0)
	var end *transport.PeerError
	require.ErrorAs(t, err, &end)
	require.Equal(t, server, end.Server, err)
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, text)
}

// TestKilledPeer kills the process of server 2 in the middle of messages.
func TestKilledPeer(t *testing.T) {
	n := nodes(t)
	child := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	child.Env = append(os.Environ(), "TREFOIL_TEST_VICTIM="+n[0].Addr().String()+","+n[1].Addr().String())
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	defer func() { _ = child.Wait() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)

	peers := peersOf(n)
	peers[2].Address = strings.TrimSpace(address)
	conns := make(chan transport.Conn)
	for i := range 2 {
		go func() {
			c, err := n[i].Connect(t.Context(), SessionID{1}, i, peers)
			if err != nil {
				t.Error(err)
			}
			conns <- c
		}()
	}
	a, b := <-conns, <-conns
	for seq := range uint32(100) { // the victim sends and sends
		for _, c := range []transport.Conn{a, b} {
			w, _, err := c.Recv(2, 1, seq)
			require.NoError(t, err)
			c.Put(w)
		}
	}
	require.NoError(t, child.Process.Kill())
	for _, c := range []transport.Conn{a, b} {
		requireEnd(t, c, 2, ErrLost, "server 2: connection lost: ")
	}
}

// TestVictim is server 2 of TestKilledPeer, in a process of its own.
func TestVictim(t *testing.T) {
	addresses, ok := os.LookupEnv("TREFOIL_TEST_VICTIM")
	if !ok {
		t.Skip("only as the child of TestKilledPeer")
	}
	n := listen(t, "gamma")
	_, err := os.Stdout.WriteString(n.Addr().String() + "\n")
	require.NoError(t, err)
	peers := [3]Peer{{Key: public("alpha")}, {Key: public("beta")}, {Key: n.Key()}}
	for i, a := range strings.Split(addresses, ",") {
		peers[i].Address = a
	}
	c, err := n.Connect(t.Context(), SessionID{1}, 2, peers)
	require.NoError(t, err)
	for seq := uint32(0); ; seq++ {
		for to := range 2 {
			if err := c.Send(to, transport.Tag{Lane: 1, Seq: seq}, c.Get(5000)); err != nil {
				t.Fatal(err) // its parent is gone
			}
		}
	}
}

// TestSilentPeer has a server that is connected but says nothing more.
func TestSilentPeer(t *testing.T) {
	_, conns := joinRaw(t, nodes(t, WithHeartbeat(10*time.Millisecond, 100*time.Millisecond)))
	for _, c := range conns[1:] {
		requireEnd(t, c, 0, ErrLost, "no sign of life for 100ms")
	}
}

// TestPeerWithoutMessages has a server that stops its stream of messages to one
// peer but stays alive.
func TestPeerWithoutMessages(t *testing.T) {
	soon := func(c *config) { c.grace = time.Millisecond }
	zero, conns := joinRaw(t, nodes(t, soon))
	require.NoError(t, zero[1].messages.Close())
	for _, c := range conns[1:] {
		requireEnd(t, c, 0, ErrLost, "closed by the other end")
	}
}

// TestMutePeer has server 1 send to a server 2 that takes in nothing, and close:
// its own Send must not wait for that peer.
func TestMutePeer(t *testing.T) {
	n := [transport.Servers]*Node{listen(t, "alpha"), listen(t, "beta"), listen(t, "delta")}
	peers, id := peersOf(n), newID()
	peers[2] = Peer{Address: mutePeer(t, n[2]), Key: n[2].Key()}
	s, err := n[1].open(id, 1, peers)
	require.NoError(t, err)
	defer s.leave()
	require.NoError(t, s.links[2].setUp(t.Context()))
	var sent atomic.Int32
	sending := make(chan error)
	go func() {
		var err error
		for seq := uint32(0); err == nil; seq++ {
			err = s.Send(2, transport.Tag{Seq: seq}, s.Get(megabyte))
			sent.Add(1)
		}
		sending <- err
	}()
	// TCP takes some, and the outbox.
	require.Eventually(t, func() bool { return sent.Load() > maxOutbox>>20 && s.gate.waiting.Load() == 1 }, long, tick)
	s.node.linger = time.Hour
	s.Close(errFire)
	require.ErrorIs(t, <-sending, errFire)
}

// A connection closes at once while a message is on its way to a peer that reads nothing;
// TLS would wait five seconds to say that it ends.
func TestSecuredCloseWhileSending(t *testing.T) {
	n := [2]*Node{listen(t, "alpha"), listen(t, "beta")}
	conn, err := n[0].dialTLS(t.Context(), messagesHost, Peer{Address: mutePeer(t, n[1]), Key: n[1].Key()})
	require.NoError(t, err)
	call, err := h2.Open(t.Context(), conn, h2.Request{Authority: messagesHost, Method: messagesMethod})
	require.NoError(t, err)
	var sent atomic.Int32
	ended := make(chan error, 1)
	go func() {
		var err error
		for ; err == nil; sent.Add(1) {
			err = call.Send(nil, make([]byte, 60_000))
		}
		ended <- err
	}()
	before := int32(-1)
	require.Eventually(t, func() bool { // it is stuck
		last := before
		before = sent.Load()
		return before == last
	}, long, 50*time.Millisecond)
	closed := make(chan struct{})
	go func() { conn.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(3 * time.Second):
		t.Error("Close waits for the peer")
	}
	require.Error(t, <-ended)
	call.Close()
}

// mutePeer is a port of n that welcomes all streams and says nothing more.
func mutePeer(t *testing.T, n *Node) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(grpc.Creds(ready{}), grpc.ForceServerCodecV2(newCodec()))
	server.RegisterService(&grpc.ServiceDesc{ServiceName: serviceName, HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{
		{StreamName: controlName, ServerStreams: true, ClientStreams: true, Handler: func(_ any, st grpc.ServerStream) error {
			err := st.SendMsg(&control{kind: kindWelcome})
			<-st.Context().Done()
			return err
		}},
	}}, nil)
	control := &queue{conns: make(chan net.Conn), closed: make(chan struct{}), address: l.Addr()}
	t.Cleanup(server.Stop)
	go func() { _ = server.Serve(control) }()
	t.Cleanup(func() { l.Close() })
	go func() {
		for raw, err := l.Accept(); err == nil; raw, err = l.Accept() {
			go welcome(t, n, raw, control)
		}
	}()
	return l.Addr().String()
}

// welcome takes one connection of mutePeer.
func welcome(t *testing.T, n *Node, raw net.Conn, control *queue) {
	conn, err := secure(t.Context(), tls.Server(raw, tlsConfig(n.certificate, nil)))
	if err != nil {
		t.Error(err)
		return
	}
	if conn.ConnectionState().ServerName != messagesHost {
		control.put(conn)
		return
	}
	c, _, err := h2.Accept(conn)
	if err != nil || c.Welcome() != nil {
		t.Error("no stream of messages", err)
		return
	}
	<-t.Context().Done()
	c.Close()
}

// TestRubbish has server 0 send what is no frame, to server 1 alone. Server 2
// hears of it, and of who it was, from server 1.
func TestRubbish(t *testing.T) {
	for what, c := range map[string]struct {
		send func(*raw) error
		want string
	}{
		"messages": {func(r *raw) error { return r.messages.Send([]byte("rubbish"), nil) }, "server 0: malformed frame: 7 bytes, want 24 and a multiple of 8 up to 1048576"},
		"control":  {func(r *raw) error { return r.control.SendMsg(bytesOut("\x09")) }, "server 0: malformed frame: control frame of kind 9"},
		"large":    {func(r *raw) error { return r.messages.Send(nil, make([]byte, 2<<20)) }, "server 0: malformed frame: 2097152 bytes"},
		"huge":     {func(r *raw) error { return r.messages.Send(nil, make([]byte, 8<<20)) }, "server 0: malformed frame: 8388608 bytes"},
	} {
		t.Run(what, func(t *testing.T) {
			zero, conns := joinRaw(t, nodes(t))
			_ = c.send(zero[1])
			for _, conn := range conns[1:] {
				_, _, err := conn.Recv(0, 1, 1)
				require.ErrorContains(t, err, c.want)
				require.Equal(t, 0, conn.(*session).closed.Load().Server)
			}
		})
	}
}

// TestNodeClose closes the node of server 1, which ends its sessions.
func TestNodeClose(t *testing.T) {
	n := nodes(t)
	one, two := joined(t, n), joined(t, n)
	n[1].Close()
	for _, c := range append(one[:], two[:]...) {
		requireEnd(t, c, 1, ErrNodeClosed, "server 1: server shut down")
	}
	_, err := n[1].Connect(t.Context(), newID(), 1, peersOf(n))
	require.ErrorIs(t, err, ErrNodeClosed)
	n[1].Close()
}

// TestCloseFromSeveral closes all ends at once: each server ends with one cause,
// one of those given.
func TestCloseFromSeveral(t *testing.T) {
	n := nodes(t)
	for range 10 {
		conns := joined(t, n)
		for i, c := range conns {
			go c.Close(errors.New("cause " + strconv.Itoa(i)))
		}
		for _, c := range conns {
			_, _, err := c.Recv((c.Server()+1)%3, 1, 1)
			var end *transport.PeerError
			require.ErrorAs(t, err, &end)
			require.EqualError(t, end.Cause, "cause "+strconv.Itoa(end.Server))
		}
		end(t, conns)
	}
}
