package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// dot is what bitDotIn sums up: elements from lo on, in messages of numbers mod
// 2^width, 64 or 32.
type dot struct {
	width uint
	bs    []Bits
	xs    []Arith
	lo    int
}

// words returns how many words hold packed numbers.
func (d dot) words(n int) int { return ring.PackedLen(n, int(d.width)) }

// numbers returns those of a message: at 64 bits itself.
// Otherwise they are written to room.
func (d dot) numbers(room, packed []uint64) []uint64 {
	if d.width == 64 {
		return packed
	}
	ring.UnpackBits(room, packed, int(d.width))
	return room
}

// target returns where numbers are computed that [dot.pack] then writes to packed.
func (d dot) target(room, packed []uint64) []uint64 {
	if d.width == 64 {
		return packed
	}
	return room
}

// pack makes packed the message of v, which [dot.target] returned for it.
func (d dot) pack(packed, v []uint64) {
	if d.width != 64 {
		ring.PackBits(packed, v, int(d.width))
	}
}

// bitDotIn is [Party.BitDot] in two rounds. P0's message is, block by block of
// elements, β_j for all j, then β_j·S_j; draws are packed as messages are.
func (p *Party) bitDotIn(width uint, role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	d, offered := dot{width, bs, xs, lo}, 2*len(bs)*(hi-lo)
	switch role {
	case 0:
		p.bitDotOffer(d, hi-lo)
		p.drawIn(width, p.fillPrev, own)
		p.drawIn(width, p.fillNext, next)
	case 1:
		s := p.recv(p.prev(), d.words(offered))
		p.bitDotPair(d, role, p.fillPrev, p.next(), s, own, next)
	case 2:
		s := p.words(d.words(offered))
		p.fillNext(s)
		p.bitDotPair(d, role, p.fillNext, p.prev(), s, next, own)
	}
}

// drawIn fills dst with numbers of a width from a key.
func (p *Party) drawIn(width uint, draw func([]uint64), dst []uint64) {
	if width == 64 {
		draw(dst)
		return
	}
	packed := p.words(ring.PackedLen(len(dst), int(width)))
	draw(packed)
	ring.UnpackBits(dst, packed, int(width))
	p.free(packed)
}

// bitDotOffer is P0, which shares β and βS: P1 gets them under draws of the key of P0
// and P2, which are the other summands.
func (p *Party) bitDotOffer(d dot, n int) {
	k := 2 * len(d.bs)
	pads := p.words(d.words(k * n))
	p.fillPrev(pads)
	v, pad, out := p.words(k*min(n, block)), p.words(k*min(n, block)), p.words(len(pads))
	for from, to := range blocks(n) {
		sent := packedPart(out, k*from, k*to, d.width)
		v := d.target(v[:k*(to-from)], sent)
		p.bitTimesSum(d.bs, d.xs, d.lo+from, d.lo+to, v)
		ring.Sub(v, v, d.numbers(pad[:k*(to-from)], packedPart(pads, k*from, k*to, d.width)))
		d.pack(sent, v)
	}
	hideRest(out, k*n, pads, d.width)
	p.send(p.next(), classInput, masked{out})
	for _, w := range [][]uint64{pads, v, pad} {
		p.free(w)
	}
}

// bitTimesSum writes β_j for all j, then β_j·S_j, of elements lo to hi−1. Local.
func (p *Party) bitTimesSum(bs []Bits, xs []Arith, lo, hi int, dst []uint64) {
	n := hi - lo
	for j := range bs {
		a, bit, product := p.arith(xs[j]), dst[j*n:(j+1)*n], dst[(len(bs)+j)*n:(len(bs)+j+1)*n]
		p.splitBit(0, p.bits(bs[j]), lo, bit)
		ring.Add(product, a.own[lo:hi], a.next[lo:hi])
		ring.Mul(product, product, bit)
	}
}

// bitDotPair is P1 or P2: s holds its components of β and βS, from P0 or a key. It
// swaps its sum with the other under draws of its key with P0, which the other lacks; they
// become component pad. The rest is sum.
func (p *Party) bitDotPair(d dot, role int, draw func([]uint64), other int, s, pad, sum []uint64) {
	n, k := len(sum), 2*len(d.bs)
	pads := p.words(d.words(n))
	draw(pads)
	parts, v, out := p.words(k*min(n, block)), p.words(min(n, block)), p.words(len(pads))
	for from, to := range blocks(n) {
		sent, part, rest := packedPart(out, from, to, d.width), pad[from:to], sum[from:to]
		v := d.target(v[:to-from], sent)
		p.bitTerms(d, role, from, d.numbers(parts[:k*(to-from)], packedPart(s, k*from, k*to, d.width)), v, rest)
		ring.UnpackBits(part, packedPart(pads, from, to, d.width), int(d.width))
		ring.Sub(v, v, part)
		d.pack(sent, v)
		ring.Add(rest, rest, v)
	}
	hideRest(out, n, pads, d.width)
	p.send(other, classInput, masked{out})
	p.addPacked(other, sum, d.width)
	for _, w := range [][]uint64{pads, parts, v, s} {
		p.free(w)
	}
}

// bitTerms writes what P1 or P2 knows of the sum, of elements from `from` on, to v, and
// what both do to known. It overwrites parts, its components of β and βS.
func (p *Party) bitTerms(d dot, role, from int, parts, v, known []uint64) {
	n, terms, c := len(v), len(d.bs), p.words(len(v))
	clear(v)
	clear(known)
	for j := range d.bs {
		p.splitBit(role, p.bits(d.bs[j]), d.lo+from, c)
		p.bitTerm(role, p.arith(d.xs[j]), d.lo+from, c, parts[j*n:(j+1)*n], parts[(terms+j)*n:(terms+j+1)*n], v, known)
	}
	p.free(c)
}

// bitTerm adds one term of BitDot at P1 or P2: v += c·x + (1−2c)·([βS] + R·[β])
// and known += c·R. It overwrites beta.
func (p *Party) bitTerm(role int, x *arith, lo int, c, beta, betaS, v, known []uint64) {
	mine, r := x.own[lo:lo+len(c)], x.next[lo:lo+len(c)] // x_1 and x_2 at P1
	if role == 2 {
		mine, r = r, mine
	}
	ring.MulAdd(v, c, mine)
	ring.MulAdd(known, c, r)
	ring.Mul(beta, beta, r)
	ring.Add(beta, beta, betaS)
	ring.Add(v, v, beta)
	ring.Mul(beta, beta, c)
	ring.ScaleAdd(v, beta, minusTwo)
}

// addPacked adds the next message of server from, numbers of a width, to dst.
func (p *Party) addPacked(from int, dst []uint64, width uint) {
	in, term := p.recv(from, ring.PackedLen(len(dst), int(width))), p.words(min(len(dst), block))
	for lo, hi := range blocks(len(dst)) {
		v := dot{width: width}.numbers(term[:hi-lo], packedPart(in, lo, hi, width))
		ring.Add(dst[lo:hi], dst[lo:hi], v)
	}
	p.free(in)
	p.free(term)
}
