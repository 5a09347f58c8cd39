package grpcnet

import (
	"sync"

	"google.golang.org/grpc/mem"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// gRPC reads what it is given after SendMsg has returned. So a frame is either
// a packet, a copy that goes back to its pool when gRPC lets go of it, or a view
// of a lease, which gives the words back when gRPC lets go of the last view.

// packetBytes is the largest frame that is copied. gRPC does not pool buffers
// of 1 KiB or less.
const packetBytes = 16 << 10

// packet is a small frame in memory of its own.
type packet struct {
	pool *packets
	data []byte
	room [packetBytes]byte
}

// packets recycles packets. It is safe for use by several goroutines.
type packets struct{ sync.Pool }

// frame returns a packet with the whole message.
func (p *packets) frame(tag transport.Tag, words []uint64) mem.Buffer {
	k, ok := p.Get().(*packet)
	if !ok {
		k = &packet{pool: p}
	}
	head{Tag: tag, total: uint32(len(words))}.put(k.room[:])
	k.data = appendWords(k.room[:headBytes], words)
	return mem.NewBuffer(&k.data, (*packetReturn)(k))
}

// packetReturn is the packet as the pool of its own buffer.
type packetReturn packet

// Get is never called: gRPC only gives back.
func (k *packetReturn) Get(n int) *[]byte { b := make([]byte, n); return &b }

// Put recycles the packet.
func (k *packetReturn) Put(*[]byte) { k.pool.Pool.Put((*packet)(k)) }

// lease is a large message in the words it came in.
type lease struct {
	pool  *transport.Pool
	words []uint64
	data  []byte
}

// newLease returns the bytes of words, which go back to pool with the last
// reference.
func newLease(pool *transport.Pool, words []uint64) mem.Buffer {
	if !littleEndian() {
		return mem.SliceBuffer(appendWords(nil, words))
	}
	l := &lease{pool: pool, words: words, data: wordBytes(words)}
	return mem.NewBuffer(&l.data, l)
}

// Get is never called: gRPC only gives back.
func (l *lease) Get(n int) *[]byte { b := make([]byte, n); return &b }

// Put gives the words back.
func (l *lease) Put(*[]byte) { l.pool.Put(l.words) }
