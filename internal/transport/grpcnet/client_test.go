package grpcnet

import (
	"context"
	"crypto/ed25519"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// healthy has a node serve gRPC's health service.
func healthy(r grpc.ServiceRegistrar) {
	grpc_health_v1.RegisterHealthServer(r, health.NewServer())
}

// dialed is a client called "delta" of a node.
func dialed(t *testing.T, n *Node) *grpc.ClientConn {
	t.Helper()
	conn, err := Dial(t.Context(), keyOf("delta"), Peer{n.Addr().String(), n.Key()})
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func check(t *testing.T, conn *grpc.ClientConn) error {
	t.Helper()
	_, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	return err
}

func TestDialReachesServices(t *testing.T) {
	var caller atomic.Pointer[ed25519.PublicKey]
	n := listen(t, "alpha", WithServices(healthy), WithInterceptors(
		func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			key, ok := PeerKey(ctx)
			require.True(t, ok)
			caller.Store(&key)
			return next(ctx, req)
		}, nil))
	require.NoError(t, check(t, dialed(t, n)))
	require.Equal(t, public("delta"), *caller.Load())
}

func TestDialRefusesAnotherKey(t *testing.T) {
	n := listen(t, "alpha", WithServices(healthy))
	_, err := Dial(t.Context(), keyOf("delta"), Peer{n.Addr().String(), public("beta")})
	var wrong *KeyError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, public("alpha"), wrong.Got)
	_, err = Dial(t.Context(), keyOf("delta"), Peer{Address: n.Addr().String()})
	require.ErrorContains(t, err, "pinned key of 0")
}

// TestDialConnectsAgain restarts a server under a client.
func TestDialConnectsAgain(t *testing.T) {
	n, err := Listen("127.0.0.1:0", keyOf("alpha"), WithServices(healthy))
	require.NoError(t, err)
	conn := dialed(t, n)
	require.NoError(t, check(t, conn))
	n.Close()
	require.Eventually(t, func() bool {
		_, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		return err != nil && strings.HasPrefix(Readable(err).Error(), "nothing listens at 127.0.0.1")
	}, long, tick)
	again, err := Listen(n.Addr().String(), keyOf("alpha"), WithServices(healthy))
	require.NoError(t, err)
	t.Cleanup(again.Close)
	require.NoError(t, check(t, conn))
}

// TestInterceptorsLeaveSessionsAlone refuses every call of other services.
func TestInterceptorsLeaveSessionsAlone(t *testing.T) {
	refuse := WithInterceptors(nil, func(any, grpc.ServerStream, *grpc.StreamServerInfo, grpc.StreamHandler) error {
		return status.Error(codes.PermissionDenied, "not today")
	})
	n := nodes(t, WithServices(healthy), refuse)
	ring(t, joined(t, n), 0)
	st, err := grpc_health_v1.NewHealthClient(dialed(t, n[0])).Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	require.NoError(t, err)
	_, err = st.Recv()
	require.EqualError(t, Readable(err), "not today")
	require.NoError(t, Readable(nil))
}

func TestGuestsAreBounded(t *testing.T) {
	known := func(k ed25519.PublicKey) bool { return !k.Equal(public("delta")) }
	n := listen(t, "alpha", WithServices(healthy), WithGuests(known, 1))
	first := dialed(t, n)
	require.NoError(t, check(t, first))
	conn, err := Dial(t.Context(), keyOf("delta"), Peer{n.Addr().String(), n.Key()})
	require.NoError(t, err) // refused only once it is known who calls
	t.Cleanup(func() { conn.Close() })
	_, err = grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	require.Equal(t, codes.Unavailable, status.Code(err))
	friend, err := Dial(t.Context(), keyOf("beta"), Peer{n.Addr().String(), n.Key()})
	require.NoError(t, err)
	t.Cleanup(func() { friend.Close() })
	require.NoError(t, check(t, friend))
	first.Close()
	require.Eventually(t, func() bool { return n.port.places.guests.open.Load() == 0 || check(t, conn) == nil }, long, tick)
	require.NoError(t, check(t, conn))
}
