package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// ReLU returns [y] with y = max(0, x), element by element, and the bits
// [x ≥ 0] for a backward pass, for |x| < 2^(width−1); and for the first `watch`
// elements whether x is outside −2^(width−2) ≤ x < 2^(width−2), as
// [Party.NegativeWatch]. Exact.
//
// Protocol: [Party.Negative] and [Party.BitMul], chunk by chunk: while one chunk
// of a long vector is compared, another is multiplied.
//
// Source: composition; see docs/protocols/bit-times-value.md.
//
// Cost: that of the two, one after the other: 6 rounds and 54 bytes per element
// in all in 32 bits.
func (p *Party) ReLU(x Arith, width, watch int) (y Arith, positive, outside Bits) {
	bitDot := bitDotForm((*Party).bitDot)
	if p.opts.bitDotOnce(len(p.arith(x).own), 1) {
		bitDot = (*Party).bitDotOnce
	}
	return p.relu(x, width, watch, bitDot)
}

// ReLUNarrow is [Party.ReLU] for a narrow sharing and a width of at most 32; the
// result is narrow.
//
// Cost: as [Party.NegativeWatch] and [Party.BitDotNarrow], one after the other: 6
// rounds and 41 bytes per element in all in 32 bits.
func (p *Party) ReLUNarrow(x Arith, width, watch int) (y Arith, positive, outside Bits) {
	if width > narrowBits {
		p.Fail(fmt.Errorf("narrow comparison: got a width of %d bits, want at most %d", width, narrowBits))
	}
	return p.relu(x, width, watch, p.opts.narrowBitDot(len(p.arith(x).own), 1))
}

// relu is [Party.ReLU] with this form of the product.
func (p *Party) relu(x Arith, width, watch int, bitDot bitDotForm) (y Arith, positive, outside Bits) {
	p.checkWidth(width)
	a := p.arith(x)
	n := len(a.own)
	p.inRange(0, watch, n)
	form := p.opts.leafForm(n, width, watch)
	y, c := p.newArith(n)
	positive, b := p.newBits(n)
	outside, o := p.newBits(watch)
	terms, values := []Bits{positive}, []Arith{x}
	p.spread(n, func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		q.compare(role, a, b, o, lo, hi, width, watch, form)
		q.flip(b, lo, hi)
		bitDot(q, role, terms, values, lo, hi, c.own[lo:hi], c.next[lo:hi])
	})
	return y, positive, outside
}

// compare writes elements lo to hi−1 of the results of [Party.NegativeWatch].
func (p *Party) compare(role int, x *arith, negative, outside *bits, lo, hi, width, watch int, form leafForm) {
	sr := p.words(hi - lo)
	p.splitSum(role, x.own[lo:hi], x.next[lo:hi], sr)
	seen := max(0, min(watch, hi)-lo)
	top, out := p.msb(role, sr, width, seen, form)
	copyPlanes(planes{negative.own[lo/64:], negative.next[lo/64:], 0}, top)
	p.freePlanes(top)
	if seen > 0 {
		copyPlanes(planes{outside.own[lo/64:], outside.next[lo/64:], 0}, out)
		p.freePlanes(out)
	}
	p.free(sr)
}

// flip negates bits lo to hi−1 of b in place. Local.
func (p *Party) flip(b *bits, lo, hi int) {
	switch part := func(w []uint64) []uint64 { return w[lo/64 : wordsFor(hi)] }; p.server {
	case 0:
		ring.Not(part(b.own), part(b.own))
	case 2:
		ring.Not(part(b.next), part(b.next))
	}
}
