package mem

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// box holds what one server has sent to another and what the other waits for.
//
// It is a hash table of items by (lane, seq). An item is either a message not
// yet received or a receiver whose message has not come; a name never has both,
// because the second to arrive takes the first. Items are recycled.
type box struct {
	mu     sync.Mutex
	heads  []*item // chains; the length is a power of two
	used   int
	free   *item
	unread int // bytes
	spare  *waiters
	_      [64]byte // boxes do not share cache lines
}

type item struct {
	next   *item
	lane   uint64
	seq    uint32
	waiter *waiter // nil for a message
	message
}

// message is what a receiver gets.
type message struct {
	depth uint32
	due   time.Duration // when a link delivers it, on the link's clock
	words []uint64
}

// outcome says how a take ended.
type outcome int

const (
	pending  outcome = iota // not yet: wait
	taken                   // with the message
	occupied                // someone else waits for this name
	ended                   // the session has ended
)

const firstHeads = 16

func newBox(spare *waiters) *box {
	return &box{heads: make([]*item, firstHeads), spare: spare}
}

// put delivers m and returns how many bytes are unread. It reports false if the
// name is there already.
func (b *box) put(lane uint64, seq uint32, m message) (unread int, ok bool) {
	b.mu.Lock()
	link := b.find(lane, seq)
	it := *link
	switch {
	case it == nil:
		b.add(item{lane: lane, seq: seq, message: m})
		b.unread += 8 * len(m.words)
		unread = b.unread
		b.mu.Unlock()
		return unread, true
	case it.waiter == nil:
		b.mu.Unlock()
		return 0, false
	}
	w := it.waiter
	b.remove(link)
	b.mu.Unlock()
	w.finish(m, taken)
	return 0, true
}

// take returns the message (lane, seq), or else a waiter for it.
func (b *box) take(lane uint64, seq uint32, closed *atomic.Pointer[transport.PeerError]) (m message, w *waiter, got outcome) {
	b.mu.Lock()
	if closed.Load() != nil { // under the lock: close has yet to come here, or has been
		b.mu.Unlock()
		return m, nil, ended
	}
	link := b.find(lane, seq)
	it := *link
	switch {
	case it == nil:
		w = b.spare.get()
		b.add(item{lane: lane, seq: seq, waiter: w})
		got = pending
	case it.waiter != nil:
		got = occupied
	default:
		m, got = it.message, taken
		b.unread -= 8 * len(m.words)
		b.remove(link)
	}
	b.mu.Unlock()
	return m, w, got
}

// backlog is how many bytes are unread.
func (b *box) backlog() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.unread
}

// close wakes all receivers and forgets all messages.
func (b *box) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.heads {
		for b.heads[i] != nil {
			w := b.heads[i].waiter
			b.remove(&b.heads[i])
			if w != nil {
				w.finish(message{}, ended)
			}
		}
	}
	b.unread = 0
}

// find returns the link to the item with this name, or the nil link that ends
// its chain.
func (b *box) find(lane uint64, seq uint32) **item {
	link := &b.heads[b.slot(lane, seq)]
	for it := *link; it != nil && (it.lane != lane || it.seq != seq); it = *link {
		link = &it.next
	}
	return link
}

func (b *box) slot(lane uint64, seq uint32) int {
	h := (lane + uint64(seq)) * 0x9e3779b97f4a7c15
	return int(h>>32) & (len(b.heads) - 1)
}

// add puts a copy of it into the table.
func (b *box) add(it item) {
	if b.used >= 2*len(b.heads) {
		b.grow()
	}
	p := b.free
	if p == nil {
		p = new(item)
	} else {
		b.free = p.next
	}
	head := &b.heads[b.slot(it.lane, it.seq)]
	it.next = *head
	*p = it
	*head = p
	b.used++
}

// remove takes the item at link out and recycles it.
func (b *box) remove(link **item) {
	it := *link
	*link = it.next
	*it = item{next: b.free}
	b.free = it
	b.used--
}

// grow doubles the table.
func (b *box) grow() {
	old := b.heads
	b.heads = make([]*item, 2*len(old))
	for _, it := range old {
		for it != nil {
			next := it.next
			head := &b.heads[b.slot(it.lane, it.seq)]
			it.next, *head = *head, it
			it = next
		}
	}
}
