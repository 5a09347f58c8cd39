package grpcnet

import (
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Messages up to inline go to the connection in Send. Larger ones go to the outbox, so
// that their senders compute on while they are encrypted, and wait for it while maxOutbox
// bytes or more are there.
const (
	inline    = 64 << 10
	maxOutbox = 4 << 20
)

// parcel is a message on its way out.
type parcel struct {
	tag   transport.Tag
	words []uint64
}

func (p parcel) bytes() int { return 8 * len(p.words) }

// outbox holds the large messages to one peer, which one goroutine sends.
type outbox struct {
	mu     sync.Mutex
	change sync.Cond
	queue  []parcel
	bytes  int // of those in the queue, and of the one that is being sent
	closed bool
}

func (o *outbox) init() { o.change.L = &o.mu }

// put waits for room. It reports false if the session is over.
func (o *outbox) put(p parcel) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.closed && o.bytes >= maxOutbox {
		o.change.Wait()
	}
	if o.closed {
		return false
	}
	o.queue = append(o.queue, p)
	o.bytes += p.bytes()
	o.change.Broadcast()
	return true
}

// take waits for the next message. It reports false if the session is over.
func (o *outbox) take() (parcel, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.closed && len(o.queue) == 0 {
		o.change.Wait()
	}
	if o.closed {
		return parcel{}, false
	}
	p := o.queue[0]
	o.queue = slices.Delete(o.queue, 0, 1) // they are few
	return p, true
}

// done makes room where a message was that is sent.
func (o *outbox) done(bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= bytes
	o.change.Broadcast()
}

// close wakes all, and gives what is left to the pool.
func (o *outbox) close(pool *transport.Pool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, p := range o.queue {
		pool.Put(p.words)
	}
	o.queue = nil
	o.change.Broadcast()
}
