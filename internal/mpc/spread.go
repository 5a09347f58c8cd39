package mpc

// chunk is how many elements of a vector one lane works on at a time: small
// enough for the second-level cache, large enough to hide a message.
const chunk = 1 << 13

// spread runs body on [0,n) in chunks, each on a lane of its own with a pivot
// of its own, so that sending, keystream and arithmetic of different chunks
// overlap and the three roles are shared out evenly. A short vector is one
// chunk on this lane.
func (p *Party) spread(n int, body func(q *Party, pivot, lo, hi int)) {
	size := p.opts.chunkOf(n)
	if n <= size {
		body(p, p.pivot(), 0, n)
		return
	}
	for lo := 0; lo < n; lo += size {
		c := p.nextLane()
		c.body, c.pivot, c.lo, c.hi = body, p.pivot(), lo, min(lo+size, n)
	}
	p.runLanes()
}

// cut runs body on [0,n) in chunks of equal length, at most size, each on a lane of
// its own, for protocols in which all servers do the same and for local work: no
// role goes round. One chunk stays on this lane; callers that must not allocate do
// that themselves, without the closure.
func (p *Party) cut(n, size int, body func(q *Party, _, lo, hi int)) {
	if n <= size {
		body(p, 0, 0, n)
		return
	}
	for lo := 0; lo < n; lo += size {
		c := p.nextLane()
		c.body, c.lo, c.hi = body, lo, min(lo+size, n)
	}
	p.runLanes()
}

// chunkOf returns the length of the chunks of n elements: whole words of bits.
// Where a link limits what a server can send, short vectors are cut too, in
// three, so that each server sends a third.
func (o Options) chunkOf(n int) int {
	if o.Link.Bandwidth == 0 {
		return chunk
	}
	return max(64, min(chunk, 64*((wordsFor(n)+2)/3)))
}
