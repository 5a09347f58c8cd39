package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Not returns [1 ^ b], bit by bit: the component b_0 is flipped.
//
// Cost: local.
func (p *Party) Not(b Bits) Bits {
	a := p.bits(b)
	z, c := p.newBits(a.n)
	copy(c.own, a.own)
	copy(c.next, a.next)
	switch p.server {
	case 0:
		ring.Not(c.own, a.own)
	case 2:
		ring.Not(c.next, a.next)
	}
	return z
}

// Xor returns [a ^ b], bit by bit.
//
// Cost: local.
func (p *Party) Xor(a, b Bits) Bits {
	x, y := p.bits(a), p.bits(b)
	p.sameLen("xor", y.n, x.n)
	z, c := p.newBits(x.n)
	ring.Xor(c.own, x.own, y.own)
	ring.Xor(c.next, x.next, y.next)
	return z
}

// And returns [a & b], bit by bit.
//
// Source: [AFLNO16, Protocol 3.1] over Z_2.
//
// Cost: 1 round, 1 bit per bit and server.
func (p *Party) And(a, b Bits) Bits {
	x, y := p.bits(a), p.bits(b)
	p.sameLen("and", y.n, x.n)
	z, c := p.newBits(x.n)
	p.andInto(c.planes(), x.planes(), y.planes())
	return z
}

// andInto writes x & y to z, long planes in chunks. z may be a part of x or y.
func (p *Party) andInto(z, x, y planes) {
	if z.words <= chunk {
		p.andRange(z, x, y, 0, z.words)
		return
	}
	p.cut(z.words, chunk, func(q *Party, _, lo, hi int) { q.andRange(z, x, y, lo, hi) })
}

func (p *Party) andRange(z, x, y planes, lo, hi int) {
	m := p.zeroBits(hi - lo)
	ring.AndShare(m.words, x.own[lo:hi], x.next[lo:hi], y.own[lo:hi], y.next[lo:hi])
	copy(z.own[lo:hi], m.words)
	p.send(p.prev(), classAnd, m)
	p.take(p.next(), z.next[lo:hi])
}

// Or returns [a | b] = [¬(¬a & ¬b)], bit by bit.
//
// Cost: as [Party.And].
func (p *Party) Or(a, b Bits) Bits { return p.Not(p.And(p.Not(a), p.Not(b))) }

func (b *bits) planes() planes { return planes{b.own, b.next, len(b.own)} }

// ConcatBits returns the bits one after another.
//
// Cost: local.
func (p *Party) ConcatBits(bs ...Bits) Bits {
	n := 0
	for _, b := range bs {
		n += p.bits(b).n
	}
	z, c := p.newBits(n)
	clear(c.own)
	clear(c.next)
	at := 0
	for _, b := range bs {
		a := p.bits(b)
		copyBits(c.own, at, a.own, a.n)
		copyBits(c.next, at, a.next, a.n)
		at += a.n
	}
	return z
}

// Any returns the one bit [b_0 | b_1 | …].
//
// Protocol: ¬∧¬ over a tree: halves of the words, then halves of the last word.
//
// Cost: ⌈log2 n⌉ rounds; 8 bytes per server for each of the ⌈n/64⌉ − 1 ANDs of
// two words and the min(6, ⌈log2 n⌉) ANDs within the last one.
func (p *Party) Any(b Bits) Bits {
	n := p.bits(b).n
	p.notEmpty("any", n)
	x := p.padded(p.Not(b)).planes()
	for len(x.own) > 1 {
		x = p.foldWords(x)
	}
	for left := min(n, 64); left > 1; left = (left + 1) / 2 {
		x = p.foldBits(x, uint(left+1)/2)
	}
	z, c := p.newBits(1)
	copy(c.own, x.own)
	copy(c.next, x.next)
	return p.Not(z)
}

// foldWords ANDs the first half of the words with the second, in place; a last odd
// one is kept.
func (p *Party) foldWords(x planes) planes {
	half := len(x.own) / 2
	p.andInto(x.range1(0, half), x.range1(0, half), x.range1(half, 2*half))
	if len(x.own)%2 == 1 {
		x.own[half], x.next[half] = x.own[2*half], x.next[2*half]
		half++
	}
	return x.range1(0, half)
}

// foldBits ANDs one word with itself shifted down by s.
func (p *Party) foldBits(x planes, s uint) planes {
	y := p.newPlanes(1, 1)
	ring.ShiftRight(y.own, x.own, s)
	ring.ShiftRight(y.next, x.next, s)
	z := p.and([]pair{{x, y}})
	p.freePlanes(y)
	return z
}

// range1 returns words lo to hi−1 as one plane.
func (x planes) range1(lo, hi int) planes { return planes{x.own[lo:hi], x.next[lo:hi], hi - lo} }

// padded returns b with the unused bits of its last word set. Local.
func (p *Party) padded(b Bits) *bits {
	a := p.bits(b)
	if a.n%64 == 0 {
		return a
	}
	last, used := len(a.own)-1, uint64(1)<<(a.n%64)-1
	a.own[last] &= used
	a.next[last] &= used
	switch p.server {
	case 0:
		a.own[last] |= ^used
	case 2:
		a.next[last] |= ^used
	}
	return a
}
