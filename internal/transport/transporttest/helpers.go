package transporttest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

func next(c transport.Conn) int { return (c.Server() + 1) % transport.Servers }
func prev(c transport.Conn) int { return (c.Server() + 2) % transport.Servers }

// together runs f as each of the servers and fails the test with their errors.
func together(t *testing.T, net conns, f func(transport.Conn) error) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range net {
		wg.Go(func() {
			if err := f(c); err != nil {
				t.Errorf("server %d: %v", c.Server(), err)
			}
		})
	}
	wg.Wait()
}

// word is the i-th word of the message (lane, seq) of a server, so that
// a message delivered to the wrong place or half overwritten is noticed.
func word(from int, lane uint64, seq uint32, i int) uint64 {
	return (uint64(from)+1)<<60 ^ lane<<40 ^ uint64(seq)<<20 ^ uint64(i)
}

// send sends n words of the pattern.
func send(c transport.Conn, to int, lane uint64, seq uint32, n int) error {
	w := c.Get(n)
	for i := range w {
		w[i] = word(c.Server(), lane, seq, i)
	}
	return c.Send(to, transport.Tag{Lane: lane, Seq: seq, Depth: seq + 1}, w)
}

// recv receives n words and checks pattern and depth.
func recv(c transport.Conn, from int, lane uint64, seq uint32, n int) error {
	w, depth, err := c.Recv(from, lane, seq)
	if err != nil {
		return err
	}
	defer c.Put(w)
	if len(w) != n || depth != seq+1 {
		return fmt.Errorf("lane %d seq %d: %d words at depth %d, want %d at %d", lane, seq, len(w), depth, n, seq+1)
	}
	for i := range w {
		if w[i] != word(from, lane, seq, i) {
			return fmt.Errorf("lane %d seq %d word %d: %#x, want %#x", lane, seq, i, w[i], word(from, lane, seq, i))
		}
	}
	return nil
}

// rounds plays rounds of the ring on one lane.
func rounds(c transport.Conn, lane uint64, rounds, n int) error {
	for seq := range uint32(rounds) {
		if err := send(c, next(c), lane, seq, n); err != nil {
			return err
		}
		if err := recv(c, prev(c), lane, seq, n); err != nil {
			return err
		}
	}
	return nil
}
