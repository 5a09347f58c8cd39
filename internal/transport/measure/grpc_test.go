package measure

import (
	"context"
	"crypto/ed25519"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// TestOverGRPC measures loopback. How near it seems depends on what else the
// machine does; that the servers agree does not.
func TestOverGRPC(t *testing.T) {
	reports, errs := all(t.Context(), overGRPC(t))
	for i := range reports {
		require.NoError(t, errs[i])
		require.Equal(t, reports[0], reports[i])
	}
	each(func(from, to int) { require.Positive(t, reports[0].Each[from][to].Delay) })
}

// overGRPC is a session over loopback.
func overGRPC(t *testing.T) (conns [transport.Servers]transport.Conn) {
	t.Helper()
	var nodes [transport.Servers]*grpcnet.Node
	var peers [transport.Servers]grpcnet.Peer
	for i := range nodes {
		key := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), byte(i)))
		n, err := grpcnet.Listen("127.0.0.1:0", key)
		require.NoError(t, err)
		t.Cleanup(n.Close)
		nodes[i], peers[i] = n, grpcnet.Peer{Address: n.Addr().String(), Key: n.Key()}
	}
	var errs [transport.Servers]error
	var wg sync.WaitGroup
	for i, n := range nodes {
		wg.Go(func() { conns[i], errs[i] = n.Connect(context.Background(), grpcnet.SessionID{1}, i, peers) })
	}
	wg.Wait()
	for i := range errs {
		require.NoError(t, errs[i])
	}
	return conns
}
