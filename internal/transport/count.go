package transport

import "sync/atomic"

// Stats is what one server has sent and received so far.
type Stats struct {
	BytesSent     uint64 // payload: 8 bytes a word, no framing
	BytesReceived uint64
	Messages      uint64 // sent
	Rounds        uint32 // the longest chain of messages seen: largest Depth
}

// Counter is a Conn that counts what passes through it.
type Counter struct {
	Conn
	sent, received, messages atomic.Uint64
	rounds                   atomic.Uint32
}

// Count wraps c in a Counter.
func Count(c Conn) *Counter { return &Counter{Conn: c} }

// Send counts the payload and sends it.
func (c *Counter) Send(to int, tag Tag, words []uint64) error {
	n := uint64(len(words)) // words is gone after Send
	if err := c.Conn.Send(to, tag, words); err != nil {
		return err
	}
	c.sent.Add(8 * n)
	c.messages.Add(1)
	c.deepen(tag.Depth)
	return nil
}

// Recv receives and counts the payload.
func (c *Counter) Recv(from int, lane uint64, seq uint32) ([]uint64, uint32, error) {
	words, depth, err := c.Conn.Recv(from, lane, seq)
	if err == nil {
		c.received.Add(8 * uint64(len(words)))
		c.deepen(depth)
	}
	return words, depth, err
}

func (c *Counter) deepen(depth uint32) {
	for {
		old := c.rounds.Load()
		if depth <= old || c.rounds.CompareAndSwap(old, depth) {
			return
		}
	}
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	return Stats{
		BytesSent:     c.sent.Load(),
		BytesReceived: c.received.Load(),
		Messages:      c.messages.Load(),
		Rounds:        c.rounds.Load(),
	}
}
