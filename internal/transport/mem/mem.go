// Package mem connects three servers inside one process.
//
//	conns := mem.New()   // conns[i] is server i's transport.Conn
//
// A message is not copied: the buffer sent is the buffer received. New starts
// no goroutine, so there is nothing to stop; Close wakes whoever waits.
package mem

import (
	"sync/atomic"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// DefaultBacklog is how many unread bytes one ordered pair holds before Send
// waits for a receiver that is busy.
const DefaultBacklog = 1 << 30

// Option changes the network that New makes.
type Option func(*network)

// WithBacklog sets how many unread bytes an ordered pair holds before Send
// waits; see [transport.Conn]. The default is [DefaultBacklog].
func WithBacklog(bytes int) Option {
	return func(n *network) { n.backlog = bytes }
}

// New returns the three ends of a new network.
func New(opts ...Option) [transport.Servers]transport.Conn {
	n := &network{backlog: DefaultBacklog}
	for _, o := range opts {
		o(n)
	}
	for i := range n.gates {
		n.gates[i].init()
	}
	var conns [transport.Servers]transport.Conn
	for i := range conns {
		conns[i] = &conn{network: n, self: i}
		for j := range conns {
			n.boxes[i][j] = newBox(&n.waiters)
		}
	}
	return conns
}

// network is what the three ends share.
type network struct {
	transport.Pool
	waiters waiters
	closed  atomic.Pointer[transport.PeerError]
	boxes   [transport.Servers][transport.Servers]*box // [to][from]
	gates   [transport.Servers]gate
	backlog int
	link    *emulator // nil: messages take no time
}

// conn is one server's end.
type conn struct {
	*network
	self int
}

// Server is this server's index.
func (c *conn) Server() int { return c.self }

// Send puts words in the receiver's box, or into its hands if it waits.
func (c *conn) Send(to int, tag transport.Tag, words []uint64) error {
	if err := transport.CheckPeer(c.self, to); err != nil {
		return err
	}
	if err := c.closed.Load(); err != nil {
		return err
	}
	m := message{depth: tag.Depth, words: words}
	if c.link != nil {
		m.due = c.link.due(c.self, len(words))
	}
	unread, ok := c.boxes[to][c.self].put(tag.Lane, tag.Seq, m)
	if !ok {
		return &transport.DuplicateError{From: c.self, To: to, Tag: tag, What: "message"}
	}
	if unread > c.backlog {
		return c.hold(to)
	}
	return nil
}

// hold waits until server to has read enough or is no longer busy.
func (c *conn) hold(to int) error {
	b := c.boxes[to][c.self]
	c.gates[c.self].wait(func() {
		c.gates[to].hold(func() bool { return c.closed.Load() == nil && b.backlog() > c.backlog })
	})
	if err := c.closed.Load(); err != nil {
		return err
	}
	return nil
}

// Recv takes the message (lane, seq) out of its box, or waits for it.
func (c *conn) Recv(from int, lane uint64, seq uint32) ([]uint64, uint32, error) {
	if err := transport.CheckPeer(c.self, from); err != nil {
		return nil, 0, err
	}
	m, w, got := c.boxes[c.self][from].take(lane, seq, &c.closed)
	if got == pending {
		m, got = c.wait(w)
	} else {
		c.gates[c.self].free()
	}
	switch got {
	case ended:
		return nil, 0, c.closed.Load()
	case occupied:
		tag := transport.Tag{Lane: lane, Seq: seq}
		return nil, 0, &transport.DuplicateError{From: from, To: c.self, Tag: tag, What: "receiver"}
	}
	return c.arrive(m)
}

// wait returns what w was waiting for.
func (c *conn) wait(w *waiter) (message, outcome) {
	if !w.poll() {
		c.gates[c.self].wait(w.park)
	}
	return c.waiters.put(w)
}

// arrive waits until the link has delivered m.
func (c *conn) arrive(m message) ([]uint64, uint32, error) {
	if c.link != nil {
		c.gates[c.self].wait(func() { c.link.await(m.due) })
		if err := c.closed.Load(); err != nil {
			return nil, 0, err
		}
	}
	return m.words, m.depth, nil
}

// Close ends the session of all three servers. Only the first call counts.
func (c *conn) Close(cause error) {
	if !c.closed.CompareAndSwap(nil, transport.Closing(c.self, cause)) {
		return
	}
	for _, from := range &c.boxes {
		for _, b := range from {
			b.close()
		}
	}
	for i := range c.gates {
		c.gates[i].free()
	}
	if c.link != nil {
		c.link.alarms.stop()
	}
}
