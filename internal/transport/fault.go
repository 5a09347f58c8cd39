package transport

import "time"

// Fault is what a [Hook] wants done with a message. The zero value lets it
// pass.
type Fault struct {
	Drop  bool          // the message never arrives
	Delay time.Duration // it arrives later than this
	Close error         // the sender's session ends with this cause
}

// Hook looks at a message before it leaves. It may alter words, which it must
// not keep. It may be called from several goroutines at once.
type Hook func(from, to int, tag Tag, words []uint64) Fault

// Inject returns a Conn whose sent messages pass through hook: for tests that
// watch, drop, alter or delay messages, or end a session at a chosen one.
func Inject(c Conn, hook Hook) Conn { return &injected{Conn: c, hook: hook} }

type injected struct {
	Conn
	hook Hook
}

func (c *injected) Send(to int, tag Tag, words []uint64) error {
	f := c.hook(c.Server(), to, tag, words)
	switch {
	case f.Close != nil:
		c.Close(f.Close)
	case f.Drop:
		c.Put(words)
		return nil
	case f.Delay > 0:
		time.AfterFunc(f.Delay, func() { c.late(to, tag, words) })
		return nil
	}
	return c.Conn.Send(to, tag, words)
}

// late sends a delayed message. Its caller has gone, so an error ends the
// session (which changes nothing when the error is that it has ended).
func (c *injected) late(to int, tag Tag, words []uint64) {
	if err := c.Conn.Send(to, tag, words); err != nil {
		c.Close(err)
	}
}
