package grpcnet

import (
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/mem"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// gRPC reads what it is given after SendMsg has returned. So a frame is either
// a packet, a copy, or a run, a view of words that are lent to gRPC. Both go back to
// their pools when gRPC lets go of their last bytes, and hold all that it is given,
// so that sending allocates nothing here. A slice of buffers is not looked at after
// its last buffer was let go, which is the one that is counted.

// packetBytes is the largest frame that is copied. gRPC does not pool buffers
// of 1 KiB or less, nor gives them back.
const (
	packetBytes = 16 << 10
	notPooled   = 1 << 10
)

// packet is a small frame in memory of its own.
type packet struct {
	pool  *packets
	data  []byte
	room  [packetBytes]byte
	slice [1]mem.Buffer
}

// packets recycles packets. It is safe for use by several goroutines.
type packets struct{ sync.Pool }

// frame returns a packet with the whole message.
func (p *packets) frame(tag transport.Tag, words []uint64) mem.BufferSlice {
	k, ok := p.Get().(*packet)
	if !ok {
		k = &packet{pool: p}
	}
	head{Tag: tag, total: uint32(len(words))}.put(k.room[:])
	k.data = appendWords(k.room[:headBytes], words)
	k.slice[0] = mem.NewBuffer(&k.data, (*packetReturn)(k))
	return k.slice[:]
}

// packetReturn is the packet as the pool of its own buffer.
type packetReturn packet

// Get is never called: gRPC only gives back.
func (k *packetReturn) Get(n int) *[]byte { b := make([]byte, n); return &b }

// Put recycles the packet.
func (k *packetReturn) Put(*[]byte) { k.pool.Pool.Put((*packet)(k)) }

// lease is a large message that is lent to gRPC, in the words it came in.
type lease struct {
	words []uint64
	data  []byte
	held  atomic.Int32 // by its runs, and by whoever makes them
}

// run is a frame with a part of a lease, behind a head of its own.
type run struct {
	runs  *runs
	lease *lease
	data  []byte
	room  [headBytes]byte
	slice [2]mem.Buffer
}

// runs recycles leases and runs, and gives words back to a pool.
type runs struct {
	words         *transport.Pool
	leases, views sync.Pool
}

// lend returns a lease of words, which its caller holds.
func (r *runs) lend(words []uint64) *lease {
	l, ok := r.leases.Get().(*lease)
	if !ok {
		l = new(lease)
	}
	l.words = words
	if littleEndian() {
		l.data = wordBytes(words)
	} else {
		l.data = appendWords(nil, words)
	}
	l.held.Store(1)
	return l
}

// release lets go of a lease.
func (r *runs) release(l *lease) {
	if l.held.Add(-1) > 0 {
		return
	}
	r.words.Put(l.words)
	l.words, l.data = nil, nil
	r.leases.Put(l)
}

// frame returns a run with the bytes of l from begin to end, which are more than
// notPooled or all that gRPC is lent.
func (r *runs) frame(l *lease, h head, begin, end int) mem.BufferSlice {
	v, ok := r.views.Get().(*run)
	if !ok {
		v = &run{runs: r}
		v.slice[0] = mem.SliceBuffer(v.room[:])
	}
	l.held.Add(1)
	h.offset = uint32(begin / 8)
	h.put(v.room[:])
	v.lease, v.data = l, l.data[begin:end]
	v.slice[1] = mem.NewBuffer(&v.data, (*runReturn)(v))
	return v.slice[:]
}

// runReturn is the run as the pool of its own buffer.
type runReturn run

// Get is never called: gRPC only gives back.
func (v *runReturn) Get(n int) *[]byte { b := make([]byte, n); return &b }

// Put recycles the run, and lets go of its lease.
func (v *runReturn) Put(*[]byte) {
	l := v.lease
	v.lease, v.data = nil, nil
	v.runs.views.Put((*run)(v))
	v.runs.release(l)
}
