package mem

import (
	"sync"
	"sync/atomic"
)

// gate stands before one server. It holds back the others while they have sent
// it more than it has read and it is busy. While it waits for anything itself,
// nobody is held: it may be waiting for what a held server would send next, so
// holding could end in a deadlock.
type gate struct {
	mu      sync.Mutex
	freed   sync.Cond
	held    atomic.Int32 // senders held here
	waiting atomic.Int32 // calls in which this server itself waits
}

func (g *gate) init() { g.freed.L = &g.mu }

// wait counts this server as waiting while f runs.
func (g *gate) wait(f func()) {
	g.waiting.Add(1)
	g.free()
	f()
	g.waiting.Add(-1)
}

// free lets held senders look again.
func (g *gate) free() {
	if g.held.Load() > 0 {
		g.mu.Lock()
		g.freed.Broadcast()
		g.mu.Unlock()
	}
}

// hold returns when this server waits or full no longer reports true.
func (g *gate) hold(full func() bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held.Add(1) // before the first look: whoever changes the answer later calls free
	defer g.held.Add(-1)
	for g.waiting.Load() == 0 && full() {
		g.freed.Wait()
	}
}
