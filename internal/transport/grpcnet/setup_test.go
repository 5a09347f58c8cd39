package grpcnet

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

const short = 300 * time.Millisecond

// nowhere is an address at which nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// requireMissing checks that err names a server that did not come.
func requireMissing(t *testing.T, err error, server int, address, why string) {
	t.Helper()
	var missing *SetupError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, server, missing.Server)
	require.Equal(t, address, missing.Address)
	require.ErrorContains(t, missing, why)
}

func TestMissingListener(t *testing.T) {
	n := listen(t, "alpha", WithSetupTimeout(short))
	peers := [3]Peer{{Key: n.Key()}, {nowhere(t), public("beta")}, {nowhere(t), public("gamma")}}
	_, err := n.Connect(t.Context(), newID(), 0, peers)
	requireMissing(t, err, 1, peers[1].Address, "server 1 at "+peers[1].Address+": not there within 300ms; last: dial tcp "+peers[1].Address)
	require.ErrorContains(t, err, "server 2 at "+peers[2].Address+": not there within 300ms")
}

func TestMissingCaller(t *testing.T) {
	n := listen(t, "gamma", WithSetupTimeout(short))
	peers := [3]Peer{{"a.example:1", public("alpha")}, {"b.example:2", public("beta")}, {Key: n.Key()}}
	_, err := n.Connect(t.Context(), newID(), 2, peers)
	requireMissing(t, err, 0, "a.example:1", "not there within 300ms; want it to connect to "+n.Addr().String())
	require.ErrorContains(t, err, "server 1 at b.example:2: not there within 300ms")
}

// TestPeerWithoutTheSession has servers 1 and 2 listen but not connect.
func TestPeerWithoutTheSession(t *testing.T) {
	n := nodes(t, WithSetupTimeout(short))
	id := newID()
	_, err := n[0].Connect(t.Context(), id, 0, peersOf(n))
	requireMissing(t, err, 1, n[1].Addr().String(), "not there within 300ms; last: session "+id.String()+" has not begun there")
}

// TestMuteListener dials a port that takes connections and says nothing.
func TestMuteListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	n := listen(t, "alpha", WithSetupTimeout(short))
	mute := l.Addr().String()
	_, err = n.Connect(t.Context(), newID(), 0, [3]Peer{{Key: n.Key()}, {mute, public("beta")}, {mute, public("gamma")}})
	requireMissing(t, err, 1, mute, "not there within 300ms; last: TLS handshake")
}

// TestListenerOfAnotherKind dials a port that speaks something else: final, so
// there is no need to wait.
func TestListenerOfAnotherKind(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			c.Close()
		}
	}()
	n := listen(t, "alpha")
	other := l.Addr().String()
	_, err = n.Connect(t.Context(), newID(), 0, [3]Peer{{Key: n.Key()}, {other, public("beta")}, {nowhere(t), public("gamma")}})
	requireMissing(t, err, 1, other, "TLS handshake: tls: first record does not look like a TLS handshake")
	require.NotContains(t, err.Error(), "server 2", "it is not waited for")
}

func TestCancelledConnect(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	n := listen(t, "alpha")
	cancel(errors.New("operator gave up"))
	_, err := n.Connect(ctx, newID(), 0, [3]Peer{{Key: n.Key()}, {nowhere(t), public("beta")}, {nowhere(t), public("gamma")}})
	require.ErrorContains(t, err, "operator gave up")
}

// TestListenerWithAnotherKey has another server answer at the address of
// server 1.
func TestListenerWithAnotherKey(t *testing.T) {
	n := nodes(t)
	peers := peersOf(n)
	peers[1].Key = public("delta")
	_, err := n[0].Connect(t.Context(), newID(), 0, peers)
	requireMissing(t, err, 1, peers[1].Address, "TLS handshake: peer holds key "+Fingerprint(n[1].Key())+", want "+Fingerprint(public("delta")))
	var key *KeyError
	require.ErrorAs(t, err, &key)
}

// TestCallerWithAnotherKey has server 1 know server 0 by another key. Server 0
// is told, and so is server 1, when server 0 has not come.
func TestCallerWithAnotherKey(t *testing.T) {
	n := nodes(t, WithSetupTimeout(short))
	id, others := newID(), peersOf(n)
	others[0].Key = public("delta")
	done := make(chan error)
	go func() {
		_, err := n[1].Connect(t.Context(), id, 1, others)
		done <- err
	}()
	_, err := n[0].Connect(t.Context(), id, 0, peersOf(n))
	why := "session " + id.String() + " knows server 0 by key " + Fingerprint(public("delta")) + ", not " + Fingerprint(n[0].Key())
	requireMissing(t, err, 1, n[1].Addr().String(), why)
	requireMissing(t, <-done, 0, n[0].Addr().String(), "not there within 300ms; want it to connect to "+n[1].Addr().String()+"; refused 127.0.0.1:")
}

// TestTwoServersOfOneIndex starts server 0 twice, with one key.
func TestTwoServersOfOneIndex(t *testing.T) {
	atOnce := func(c *config) { c.doubled = 0 }
	n := nodes(t, atOnce, WithSetupTimeout(short))
	peers, id := peersOf(n), newID()
	errs := make(chan error)
	for _, zero := range []*Node{n[0], listen(t, serverNames[0], atOnce, WithSetupTimeout(short))} {
		go func() {
			_, err := zero.Connect(t.Context(), id, 0, peers)
			errs <- err
		}()
	}
	go func() { _, _ = n[1].Connect(t.Context(), id, 1, peers) }()
	refused := 0
	for range 2 {
		if err := <-errs; strings.Contains(err.Error(), "server 1 at "+peers[1].Address+": already connected from 127.0.0.1:") {
			refused++
		}
	}
	require.Equal(t, 1, refused, "the other one waits for server 2 in vain")
}

// TestEndDuringSetup has server 0 give up while server 1 waits for server 2.
func TestEndDuringSetup(t *testing.T) {
	n := nodes(t, WithSetupTimeout(time.Hour))
	id := newID()
	done := make(chan error)
	go func() {
		_, err := n[1].Connect(t.Context(), id, 1, peersOf(n))
		done <- err
	}()
	zero := dialRaw(t, n[0], n[1])
	require.Eventually(t, func() bool { return zero.open(t.Context(), header{session: id, from: 0, to: 1}) == nil }, long, tick)
	require.NoError(t, zero.control.SendMsg(&control{kind: kindEnd, origin: 0, texts: []string{"gave up"}}))
	require.EqualError(t, <-done, "session "+id.String()+" of server 1: server 0: gave up")
}

// TestImpossibleSessions lists what Connect does not begin.
func TestImpossibleSessions(t *testing.T) {
	n := nodes(t)
	good := peersOf(n)
	shortKey, oneKey, notOurs := good, good, good
	shortKey[2].Key = shortKey[2].Key[:31]
	oneKey[2].Key = oneKey[0].Key
	notOurs[0].Key = public("delta")
	for _, c := range []struct {
		self  int
		peers [3]Peer
		want  string
	}{
		{3, good, "server 3, want 0, 1 or 2"},
		{-1, good, "server -1, want 0, 1 or 2"},
		{0, shortKey, "key of server 2 has 31 bytes, want 32"},
		{0, oneKey, "servers 0 and 2 have one key, " + Fingerprint(n[0].Key()) + ", want one each"},
		{0, notOurs, "server 0: this server has another key: peer holds key " + Fingerprint(n[0].Key()) + ", want " + Fingerprint(public("delta"))},
	} {
		_, err := n[0].Connect(t.Context(), newID(), c.self, c.peers)
		require.EqualError(t, err, c.want)
	}
}

// TestSessionsAreUsedOnce connects again with an id that is open, or was.
func TestSessionsAreUsedOnce(t *testing.T) {
	n := nodes(t, WithSetupTimeout(short))
	id := newID()
	conns, errs := connectAll(t.Context(), n, id)
	require.NoError(t, errors.Join(errs[:]...))
	_, err := n[0].Connect(t.Context(), id, 0, peersOf(n))
	require.EqualError(t, err, "session "+id.String()+" has been here before, want a new one each time")
	end(t, conns)
	_, err = n[0].Connect(t.Context(), id, 0, peersOf(n))
	require.EqualError(t, err, "session "+id.String()+" has been here before, want a new one each time")
	require.Equal(t, "session "+id.String()+" is over", says(dialRaw(t, n[0], n[1]).refusal(controlName, header{session: id, from: 0, to: 1}.metadata())), "a replay")
}

// TestFailedSessionsMayTryAgain connects a second time when the first has not
// come about anywhere.
func TestFailedSessionsMayTryAgain(t *testing.T) {
	n := nodes(t, WithSetupTimeout(short))
	id := newID()
	_, err := n[0].Connect(t.Context(), id, 0, peersOf(n))
	require.Error(t, err)
	conns, errs := connectAll(t.Context(), n, id)
	require.NoError(t, errors.Join(errs[:]...))
	end(t, conns)
}

// end closes a session and waits until nothing of it is left.
func end(t *testing.T, conns [transport.Servers]transport.Conn) {
	t.Helper()
	conns[0].Close(nil)
	for _, c := range conns {
		select {
		case <-c.(*session).gone:
		case <-time.After(long):
			t.Fatalf("server %d still runs", c.Server())
		}
	}
}
