package grpcnet

import "sync"

// buffers is what gRPC reads frames of HTTP/2 into. It is as gRPC's own pool, but
// does not clear what gRPC overwrites.
type buffers struct{ pool sync.Pool }

// http2Frame is the largest frame of HTTP/2 that gRPC sends.
const http2Frame = 16 << 10

// Get returns a buffer of n bytes.
func (p *buffers) Get(n int) *[]byte {
	if n > http2Frame {
		b := make([]byte, n)
		return &b
	}
	b, ok := p.pool.Get().(*[]byte)
	if !ok {
		b = new([]byte)
		*b = make([]byte, http2Frame)
	}
	*b = (*b)[:n]
	return b
}

// Put takes a buffer back.
func (p *buffers) Put(b *[]byte) {
	if cap(*b) == http2Frame {
		p.pool.Put(b)
	}
}
