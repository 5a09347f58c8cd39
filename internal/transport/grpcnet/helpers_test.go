package grpcnet

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// keyOf is the key of a server of these tests: always the same.
func keyOf(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) ed25519.PublicKey { return keyOf(name).Public().(ed25519.PublicKey) }

// serverNames are the names of the keys of servers 0, 1 and 2.
var serverNames = [transport.Servers]string{"alpha", "beta", "gamma"}

// listen opens a node of name on loopback, for the time of the test.
func listen(t testing.TB, name string, opts ...Option) *Node {
	t.Helper()
	n, err := Listen("127.0.0.1:0", keyOf(name), opts...)
	require.NoError(t, err)
	t.Cleanup(n.Close)
	return n
}

// nodes opens a node for each server.
func nodes(t testing.TB, opts ...Option) (n [transport.Servers]*Node) {
	t.Helper()
	for i := range n {
		n[i] = listen(t, serverNames[i], opts...)
	}
	return n
}

// peersOf is how a job names nodes.
func peersOf(nodes [transport.Servers]*Node) (p [transport.Servers]Peer) {
	for i, n := range nodes {
		p[i] = Peer{Address: n.Addr().String(), Key: n.Key()}
	}
	return p
}

var sessions atomic.Uint64

// newID returns a session id that no test has had.
func newID() SessionID {
	return sha256.Sum256(fmt.Append(nil, sessions.Add(1)))
}

// connectAll has all nodes join a session.
func connectAll(ctx context.Context, nodes [transport.Servers]*Node, id SessionID,
) (conns [transport.Servers]transport.Conn, errs [transport.Servers]error) {
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Go(func() { conns[i], errs[i] = n.Connect(ctx, id, i, peersOf(nodes)) })
	}
	all.Wait()
	return conns, errs
}

// joined is a fresh session over nodes.
func joined(t testing.TB, nodes [transport.Servers]*Node) [transport.Servers]transport.Conn {
	t.Helper()
	conns, errs := connectAll(t.Context(), nodes, newID())
	for _, err := range errs {
		require.NoError(t, err)
	}
	return conns
}

// long is how long tests wait for what must come, and tick how often they look.
const (
	long = 20 * time.Second
	tick = time.Millisecond
)
