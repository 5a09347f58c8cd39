// Package transporttest holds the tests that every transport passes.
//
//	func TestConformance(t *testing.T) {
//		transporttest.Conformance(t, func(t *testing.T) [3]transport.Conn { return mem.New() })
//	}
package transporttest

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Net makes a fresh network of three servers. Conformance closes it; what else
// must be undone goes into t.Cleanup.
type Net func(t *testing.T) [transport.Servers]transport.Conn

// conns are the three ends of a network.
type conns = [transport.Servers]transport.Conn

// Conformance checks that names find their messages in any order, that buffers
// have one owner, that a sender may be 8 MB ahead of a receiver that does
// nothing yet, that Close ends everything with its cause, and that no goroutine
// is left then.
//
// It runs every test on a network of its own.
func Conformance(t *testing.T, newNet Net) {
	before := runtime.NumGoroutine()
	for _, test := range []struct {
		name string
		run  func(*testing.T, conns)
	}{
		{"servers know their index", testServer},
		{"peers are the two others", testPeers},
		{"buffers have the length asked for", testGet},
		{"a buffer has one owner", testOwner},
		{"messages arrive whole", testLengths},
		{"messages arrive by name", testNames},
		{"both directions of a pair are separate", testDirections},
		{"a sender may run ahead", testAhead},
		{"large messages", testLarge},
		{"a ring of rounds", testRing},
		{"lanes are independent", testLanes},
		{"close wakes everyone with its cause", testClose},
		{"the first cause wins", testFirstCause},
		{"an orderly close", testOrderly},
		{"a cause keeps its origin", testOrigin},
		{"a peer dies", testDeath},
	} {
		t.Run(test.name, func(t *testing.T) {
			net := newNet(t)
			t.Cleanup(func() { net[0].Close(nil) })
			test.run(t, net)
		})
	}
	requireNoLeak(t, before)
}

// requireNoLeak waits until there are no more goroutines than before.
func requireNoLeak(t *testing.T, before int) {
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines after the sessions closed, want %d:\n%s",
				runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func testServer(t *testing.T, net conns) {
	for i, c := range net {
		require.Equal(t, i, c.Server())
	}
}

func testPeers(t *testing.T, net conns) {
	for i, c := range net {
		for _, peer := range []int{i, -1, transport.Servers} {
			var bad *transport.AddressError
			require.ErrorAs(t, c.Send(peer, transport.Tag{}, c.Get(1)), &bad)
			require.Equal(t, transport.AddressError{Server: i, Peer: peer}, *bad)
			_, _, err := c.Recv(peer, 0, 0)
			require.ErrorAs(t, err, &bad)
		}
	}
}

func testGet(t *testing.T, net conns) {
	for n := range 300 {
		w := net[n%3].Get(n)
		require.Len(t, w, n)
		net[(n+1)%3].Put(w)
	}
	net[0].Put(nil)
	net[0].Put(make([]uint64, 5)) // foreign: must do no harm
	net[0].Put(make([]uint64, 1000)[:7])
}
