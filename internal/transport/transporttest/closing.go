package transporttest

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

var errTest = errors.New("the disk is full")

// requireCause checks that err names its origin and wraps its cause.
func requireCause(t *testing.T, err error, server int, cause error) {
	t.Helper()
	var peer *transport.PeerError
	require.ErrorAs(t, err, &peer)
	require.Equal(t, server, peer.Server)
	require.ErrorIs(t, err, cause)
	require.Contains(t, err.Error(), fmt.Sprintf("server %d: ", server))
}

// blockAll starts a Recv in all six directions and returns where their errors
// come.
func blockAll(net conns) <-chan error {
	errs := make(chan error)
	for _, c := range net {
		for _, from := range []int{next(c), prev(c)} {
			go func() {
				_, _, err := c.Recv(from, 77, 7)
				errs <- err
			}()
		}
	}
	return errs
}

// requireEnded checks blocked, and later, calls of all servers.
func requireEnded(t *testing.T, net conns, blocked <-chan error, server int, cause error) {
	t.Helper()
	for range 6 {
		requireCause(t, <-blocked, server, cause)
	}
	// What a server is told by another may take a moment longer to reach its
	// Send than its Recv, so Recv comes first.
	for _, c := range net {
		_, _, err := c.Recv(next(c), 78, 8)
		requireCause(t, err, server, cause)
		requireCause(t, c.Send(next(c), transport.Tag{Lane: 79}, c.Get(1)), server, cause)
	}
}

func testClose(t *testing.T, net conns) {
	blocked := blockAll(net)
	net[1].Close(errTest)
	requireEnded(t, net, blocked, 1, errTest)
}

func testFirstCause(t *testing.T, net conns) {
	blocked := blockAll(net)
	net[2].Close(errTest)
	requireEnded(t, net, blocked, 2, errTest)
	net[0].Close(errors.New("too late"))
	net[2].Close(nil)
	_, _, err := net[0].Recv(1, 1, 1)
	requireCause(t, err, 2, errTest)
}

func testOrderly(t *testing.T, net conns) {
	together(t, net, func(c transport.Conn) error { return rounds(c, 1, 3, 8) })
	blocked := blockAll(net)
	net[0].Close(nil)
	requireEnded(t, net, blocked, 0, transport.ErrClosed)
}

// testOrigin passes on an error that arose at another server.
func testOrigin(t *testing.T, net conns) {
	blocked := blockAll(net)
	net[0].Close(fmt.Errorf("step 7: %w", &transport.PeerError{Server: 2, Cause: errTest}))
	requireEnded(t, net, blocked, 2, errTest)
}

// testDeath ends a session in the middle of traffic on several lanes.
func testDeath(t *testing.T, net conns) {
	var wg sync.WaitGroup
	for _, c := range net {
		for lane := range uint64(4) {
			wg.Go(func() {
				requireOrigin(t, rounds(c, lane, math.MaxInt32, 8))
			})
		}
	}
	together(t, net, func(c transport.Conn) error { return rounds(c, 100, 200, 3) })
	net[2].Close(errTest)
	wg.Wait()
}

func requireOrigin(t *testing.T, err error) {
	var peer *transport.PeerError
	if !errors.As(err, &peer) || peer.Server != 2 || !errors.Is(err, errTest) {
		t.Errorf("error %v, want one of server 2 that wraps %q", err, errTest)
	}
}
