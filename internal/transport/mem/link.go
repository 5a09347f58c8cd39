package mem

import (
	"sync"
	"time"
)

// Link describes the emulated link out of each server.
//
// A message of b bytes occupies the link for b/Bandwidth once the messages
// before it have left, and arrives Delay after that. Bandwidth is what one
// server can send to the two others together, as for a machine with one network
// card. Only payload counts, and what is received is not limited.
//
// Waiting for a message costs no processor time. The operating system wakes a
// receiver a little late, as with a real network: 30 to 50 µs on Linux,
// elsewhere up to 1 ms.
type Link struct {
	Delay     time.Duration // one way; 0 for none
	Bandwidth float64       // bytes per second; 0 for unlimited
}

// WithLink makes messages take the time that l would.
func WithLink(l Link) Option {
	return func(n *network) {
		n.link = &emulator{Link: l, epoch: time.Now()}
	}
}

// emulator says when messages arrive and waits until then.
type emulator struct {
	Link
	epoch  time.Time
	egress [3]egress
	alarms alarms
}

// egress is the link out of one server.
type egress struct {
	mu   sync.Mutex
	free time.Duration // when all sent so far has left
	_    [64]byte
}

// due returns when a message of n words that server sends now arrives.
func (e *emulator) due(server, n int) time.Duration {
	out := &e.egress[server]
	out.mu.Lock()
	defer out.mu.Unlock()
	out.free = e.leaves(max(out.free, time.Since(e.epoch)), n)
	return out.free + e.Delay
}

// leaves returns when a message of n words that begins to leave at start has
// left.
func (l Link) leaves(start time.Duration, n int) time.Duration {
	if l.Bandwidth <= 0 {
		return start
	}
	return start + time.Duration(8*float64(n)/l.Bandwidth*float64(time.Second))
}

// await returns at due, or earlier when the session ends.
func (e *emulator) await(due time.Duration) {
	if left := due - time.Since(e.epoch); left > 0 {
		e.alarms.sleep(left)
	}
}
