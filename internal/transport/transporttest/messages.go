package transporttest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// testOwner has many goroutines hold buffers for a while: two of them with the
// same memory would see each other's words.
func testOwner(t *testing.T, net conns) {
	var wg sync.WaitGroup
	for g := range 12 {
		wg.Go(func() {
			c, random := net[g%3], rand.New(rand.NewPCG(uint64(g), 1))
			for range 300 {
				a, b := c.Get(1+random.IntN(200)), c.Get(1+random.IntN(200))
				mark(a, uint64(2*g))
				mark(b, uint64(2*g+1))
				if !marked(a, uint64(2*g)) || !marked(b, uint64(2*g+1)) {
					t.Errorf("goroutine %d: a buffer changed while it was owned", g)
				}
				c.Put(a)
				c.Put(b)
			}
		})
	}
	wg.Wait()
}

func mark(w []uint64, v uint64) {
	for i := range w {
		w[i] = v
	}
}

func marked(w []uint64, v uint64) bool {
	for i := range w {
		if w[i] != v {
			return false
		}
	}
	return true
}

func testLengths(t *testing.T, net conns) {
	lengths := []int{0, 1, 2, 7, 8, 9, 63, 64, 65, 1000, 4096, 100_000}
	together(t, net, func(c transport.Conn) error {
		for i, n := range lengths {
			if err := send(c, next(c), 9, uint32(i), n); err != nil {
				return err
			}
		}
		for i, n := range lengths {
			if err := recv(c, prev(c), 9, uint32(i), n); err != nil {
				return err
			}
		}
		return nil
	})
}

// testNames sends in one order and receives in another, on several lanes.
func testNames(t *testing.T, net conns) {
	const lanes, seqs = 16, 32
	names := func(c transport.Conn, salt uint64) []int {
		return rand.New(rand.NewPCG(uint64(c.Server()), salt)).Perm(lanes * seqs)
	}
	together(t, net, func(c transport.Conn) error {
		for _, k := range names(c, 1) {
			if err := send(c, next(c), uint64(k%lanes)<<50|3, uint32(k/lanes), 1+k%5); err != nil {
				return err
			}
		}
		for _, k := range names(c, 2) {
			if err := recv(c, prev(c), uint64(k%lanes)<<50|3, uint32(k/lanes), 1+k%5); err != nil {
				return err
			}
		}
		return nil
	})
}

// testDirections uses one name in all six directions at once.
func testDirections(t *testing.T, net conns) {
	together(t, net, func(c transport.Conn) error {
		for _, to := range []int{next(c), prev(c)} {
			if err := send(c, to, 5, 7, 10); err != nil {
				return err
			}
		}
		for _, from := range []int{next(c), prev(c)} {
			if err := recv(c, from, 5, 7, 10); err != nil {
				return err
			}
		}
		return nil
	})
}

// testAhead has server 0 send everything before server 1 receives anything.
func testAhead(t *testing.T, net conns) {
	const messages, n = 2000, 500
	for seq := range uint32(messages) {
		require.NoError(t, send(net[0], 1, 1, seq, n))
	}
	for seq := range uint32(messages) {
		require.NoError(t, recv(net[1], 0, 1, messages-1-seq, n))
	}
}

// testLarge passes 64 MiB around the ring in one message each.
func testLarge(t *testing.T, net conns) {
	const n = 8 << 20
	together(t, net, func(c transport.Conn) error {
		w := c.Get(n)
		for i := 0; i < n; i += 511 {
			w[i] = word(c.Server(), 1, 1, i)
		}
		if err := c.Send(next(c), transport.Tag{Lane: 1, Seq: 1}, w); err != nil {
			return err
		}
		got, _, err := c.Recv(prev(c), 1, 1)
		if err != nil {
			return err
		}
		defer c.Put(got)
		for i := 0; i < n; i += 511 {
			if len(got) != n || got[i] != word(prev(c), 1, 1, i) {
				return fmt.Errorf("%d words with %#x at %d, want %d with %#x", len(got), got[i], i, n, word(prev(c), 1, 1, i))
			}
		}
		return nil
	})
}

func testRing(t *testing.T, net conns) {
	together(t, net, func(c transport.Conn) error { return rounds(c, 1, 500, 8) })
}

// testLanes runs many rings at once.
func testLanes(t *testing.T, net conns) {
	const lanes = 12
	together(t, net, func(c transport.Conn) error {
		errs := make(chan error, lanes)
		for lane := range uint64(lanes) {
			go func() { errs <- rounds(c, lane, 60, 1+int(lane)*3) }()
		}
		var first error
		for range lanes {
			if err := <-errs; err != nil && first == nil {
				first = err
			}
		}
		return first
	})
}
