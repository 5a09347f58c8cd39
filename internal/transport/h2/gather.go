package h2

import (
	"net"
	"sync"
	"sync/atomic"
)

// A Gatherer is a connection below TLS that can write the records of a frame to the system in
// one piece: crypto/tls hands on each of them, of 16 KiB, by itself. A call over TLS whose
// connection is one uses it.
type Gatherer struct {
	net.Conn

	mu      sync.Mutex // TLS also writes when it reads: alerts and answers to KeyUpdates
	holding bool
	held    []byte
	err     error // of a write of what was held: the rest of it is lost
	cut     atomic.Bool
}

// mostHeld is how many bytes are held back at most: a message of 64 KiB and what HTTP/2 and
// TLS add. Longer ones go in several pieces, so that the other end has something to do.
const mostHeld = 66 << 10

// Gather returns a Gatherer, which holds nothing back by itself.
func Gather(conn net.Conn) *Gatherer { return &Gatherer{Conn: conn} }

// GathererOf returns the Gatherer below a connection of TLS, or nil.
func GathererOf(raw net.Conn) *Gatherer {
	if above, ok := raw.(interface{ NetConn() net.Conn }); ok {
		g, _ := above.NetConn().(*Gatherer)
		return g
	}
	return nil
}

// Write writes p, or keeps it for later.
func (g *Gatherer) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return 0, g.err
	}
	if len(g.held)+len(p) > mostHeld {
		if err := g.write(); err != nil {
			return 0, err
		}
	}
	if !g.holding || len(p) > mostHeld {
		return g.Conn.Write(p)
	}
	g.held = append(g.held, p...)
	return len(p), nil
}

// Cut is for before TLS is closed, which waits for writes to say its last words. It closes
// the connection if something is written just now, as crypto/tls does where it writes by
// itself, and no frame is written any more: neither what is held nor later ones.
func (g *Gatherer) Cut() {
	if g == nil {
		return
	}
	g.cut.Store(true)
	if !g.mu.TryLock() {
		_ = g.Conn.Close() // what is lost is the end of a frame
		return
	}
	g.mu.Unlock()
}

// hold keeps back what is written from now on.
func (g *Gatherer) hold() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held == nil {
		g.held = make([]byte, 0, mostHeld)
	}
	g.holding = true
}

// release writes what was kept back.
func (g *Gatherer) release() error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding = false
	return g.write()
}

func (g *Gatherer) write() error {
	if len(g.held) == 0 || g.err != nil {
		return g.err
	}
	if g.cut.Load() {
		g.err = net.ErrClosed
		return g.err
	}
	_, g.err = g.Conn.Write(g.held)
	g.held = g.held[:0]
	return g.err
}
