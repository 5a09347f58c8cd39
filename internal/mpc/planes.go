package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// planes is a replicated XOR sharing of w-bit numbers, bit-sliced: plane b
// holds bit b of all n numbers, packed 64 to a word, so that an AND costs one
// bit per number and server and no work is done on unused bits.
type planes struct {
	own, next []uint64
	words     int // per plane
}

func (p *Party) newPlanes(count, words int) planes {
	return planes{p.words(count * words), p.words(count * words), words}
}

func (p *Party) freePlanes(x planes) {
	p.free(x.own)
	p.free(x.next)
}

// at returns planes lo to hi−1, without copying.
func (x planes) at(lo, hi int) planes {
	return planes{x.own[lo*x.words : hi*x.words], x.next[lo*x.words : hi*x.words], x.words}
}

// reversedPlanes writes the low `width` bits of x, a power of two, as planes in
// bit-reversed order. Local.
func (p *Party) reversedPlanes(dst, x []uint64, width int) {
	planes, words := p.words(len(dst)), len(dst)/width
	ring.ToPlanes(planes, x, width)
	for b := range width {
		s := slot(b, width)
		copy(dst[s*words:(s+1)*words], planes[b*words:(b+1)*words])
	}
	p.free(planes)
}

// splitBits brings the two summands of s + r, w bits each (a power of two), into
// XOR sharings, with the planes in bit-reversed order:
// m = bits of s, known to P0, who shares it; n = bits of r, known to P1 and P2,
// so already replicated as (0, 0, n). Split2 of MP-SPDZ.
//
// Only the known-to-two summand is returned as plain planes (nil at P0).
//
// Cost: 1 round, w bits per number in all.
func (p *Party) splitBits(role int, sr []uint64, width int) (m planes, n []uint64) {
	words := wordsFor(len(sr))
	m = p.newPlanes(width, words)
	plain := p.words(width * words)
	p.reversedPlanes(plain, sr, width)
	p.inputPivotBits(role, plain, m.own, m.next)
	if role == 0 {
		p.free(plain)
		return m, nil
	}
	return m, plain
}

// andKnown returns m & n for n known to P1 and P2: each of them multiplies the
// one component of m that it may use, and the pair shares the two products.
//
// Cost: 1 round, 2 bits per bit in all.
func (p *Party) andKnown(role int, m planes, n []uint64) planes {
	g := planes{p.words(len(m.own)), p.words(len(m.own)), m.words}
	v := p.words(len(m.own))
	switch role {
	case 1:
		ring.And(v, m.own, n[:len(v)])
	case 2:
		ring.And(v, m.next, n[:len(v)])
	}
	p.inputPairBits(role, v, g.own, g.next)
	p.free(v)
	return g
}

// xorKnown adds n, known to P1 and P2, to m in place. Local.
func (p *Party) xorKnown(role int, m planes, n []uint64) {
	switch role {
	case 1:
		ring.Xor(m.next, m.next, n[:len(m.next)])
	case 2:
		ring.Xor(m.own, m.own, n[:len(m.own)])
	}
}

// pair is one AND of two plane ranges of equal size.
type pair struct{ x, y planes }

// and computes all the ANDs in one message:
//
//	z_i = x_i&(y_i ^ y_{i+1}) ^ x_{i+1}&y_i ^ α_i,   α_0 ^ α_1 ^ α_2 = 0
//
// Source: [AFLNO16, Protocol 3.1] over Z_2.
//
// Cost: 1 round, 1 bit per AND and server.
func (p *Party) and(pairs []pair) planes {
	total := 0
	for _, a := range pairs {
		total += len(a.x.own)
	}
	m := p.zeroBits(total)
	at := 0
	for _, a := range pairs {
		end := at + len(a.x.own)
		ring.AndShare(m.words[at:end], a.x.own, a.x.next, a.y.own, a.y.next)
		at = end
	}
	z := planes{own: p.words(total), words: pairs[0].x.words}
	copy(z.own, m.words)
	p.send(p.prev(), classAnd, m)
	z.next = p.recv(p.next(), total)
	return z
}

// zeroBits returns this server's summand of an XOR sharing of zero, to be
// XORed with what it hides. Local.
func (p *Party) zeroBits(n int) masked {
	out, f := p.words(n), p.words(n)
	p.fillPrev(out)
	p.fillNext(f)
	ring.Xor(out, out, f)
	p.free(f)
	return masked{out}
}
