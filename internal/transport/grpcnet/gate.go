package grpcnet

import (
	"sync"
	"sync/atomic"
)

// gate stops this server from reading more than it uses. While the server is
// busy and has a great deal unread, the readers of its links are held, the
// buffers of TCP fill and its peers' Send waits. While the server itself
// waits for anything nobody is held: it may be waiting for what a held peer
// would send next.
type gate struct {
	mu      sync.Mutex
	freed   *sync.Cond
	held    atomic.Int32 // readers held here
	waiting atomic.Int32 // calls in which this server waits
}

func (g *gate) init() { g.freed = sync.NewCond(&g.mu) }

// enter and leave surround what may wait.
func (g *gate) enter() {
	g.waiting.Add(1)
	g.free()
}

func (g *gate) leave() { g.waiting.Add(-1) }

// free lets held readers look again.
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
