package grpcnet

import (
	"sync"
	"sync/atomic"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// name finds a message among those of one peer.
type name struct {
	lane uint64
	seq  uint32
}

// message is a message that has arrived.
type message struct {
	depth uint32
	words []uint64
}

// waiter is a receiver whose message has not come.
type waiter struct {
	message
	got  outcome
	wake chan struct{} // holds one
}

// slot holds a message or its receiver, never both: the second to come takes
// the first.
type slot struct {
	message
	waiter *waiter
}

// inbox holds what one peer has sent and what this server waits for.
type inbox struct {
	mu      sync.Mutex
	slots   map[name]slot
	unread  atomic.Int64 // bytes
	closed  bool
	waiters sync.Pool
}

// size is what an unread message counts: its words, and something for itself.
func size(m message) int64 { return 8*int64(len(m.words)) + 64 }

func newInbox() *inbox { return &inbox{slots: map[name]slot{}} }

// put delivers m. It reports false if the name is there already.
func (b *inbox) put(n name, m message) bool {
	b.mu.Lock()
	s, ok := b.slots[n]
	switch {
	case b.closed:
	case !ok:
		b.slots[n] = slot{message: m}
		b.unread.Add(size(m))
	case s.waiter == nil:
		b.mu.Unlock()
		return false
	default:
		delete(b.slots, n)
		s.waiter.message, s.waiter.got = m, taken
		s.waiter.wake <- struct{}{}
	}
	b.mu.Unlock()
	return true
}

// outcome says how a take ended.
type outcome int

const (
	taken    outcome = iota
	pending          // not there yet: wait
	occupied         // someone else waits for it
	ended            // the session has ended
)

// take returns the message n, or else a waiter for it.
func (b *inbox) take(n name) (m message, w *waiter, got outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.slots[n]
	switch {
	case b.closed:
		return m, nil, ended
	case !ok:
		w = b.newWaiter()
		b.slots[n] = slot{waiter: w}
		return m, w, pending
	case s.waiter != nil:
		return m, nil, occupied
	}
	delete(b.slots, n)
	b.unread.Add(-size(s.message))
	return s.message, nil, taken
}

func (b *inbox) newWaiter() *waiter {
	if w, ok := b.waiters.Get().(*waiter); ok {
		return w
	}
	return &waiter{got: ended, wake: make(chan struct{}, 1)}
}

// result returns what w, which has been woken, was given.
func (b *inbox) result(w *waiter) (message, outcome) {
	m, got := w.message, w.got
	w.message, w.got = message{}, ended
	b.waiters.Put(w)
	return m, got
}

// close wakes all receivers and gives all messages to the pool.
func (b *inbox) close(pool *transport.Pool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, s := range b.slots {
		if s.waiter != nil {
			s.waiter.wake <- struct{}{}
		} else {
			pool.Put(s.words)
		}
	}
	b.slots = nil
	b.unread.Store(0)
}
