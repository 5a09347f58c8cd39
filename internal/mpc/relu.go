package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// ReLU returns [y] with y = max(0, x), element by element, and the bits
// [x ≥ 0] for a backward pass, for |x| < 2^(width−1); and for the first `watch`
// elements whether x is outside −2^(width−2) ≤ x < 2^(width−2), as
// [Party.NegativeWatch]. Exact, unless the session has coarse signs.
//
// With [Options.CoarseSigns] = d the sign is that of x + ε, for some |ε| < 2^d that
// depends on the shares: at 0 < |x| < 2^d it may be wrong, so that y is off by
// less than 2^d, and so may be the bounds of what is watched. x = s + r becomes
//
//	⌊(s + 2^d − 1) / 2^d⌋ + ⌊r / 2^d⌋ = (x + 2^d − 1 − (low bits of both)) / 2^d
//
// in width − d bits; what the low bits of s + 2^d − 1 and of r add up to is between 0
// and 2^(d+1) − 2.
//
// Protocol: [Party.Negative] and [Party.BitMul], chunk by chunk: while one chunk
// of a long vector is compared, another is multiplied.
//
// Source: composition; see docs/protocols/bit-times-value.md.
//
// Cost: that of the two, one after the other: 6 rounds and 54 bytes per element
// in all in 32 bits.
func (p *Party) ReLU(x Arith, width, watch int) (y Arith, positive, outside Bits) {
	return p.relu(x, width, watch, p.opts.coarse(width), p.opts.bitDotForm(len(p.arith(x).own), 1))
}

// ExactReLU is [Party.ReLU] without the bits, exact in sessions with coarse signs too,
// for functions that need their argument within a range.
//
// Cost: as [Party.ReLU] without coarse signs.
func (p *Party) ExactReLU(x Arith, width, watch int) (y Arith, outside Bits) {
	y, _, outside = p.relu(x, width, watch, 0, p.opts.bitDotForm(len(p.arith(x).own), 1))
	return y, outside
}

// bitDotForm returns the way in which n sums of so many terms of bit × value are found.
func (o Options) bitDotForm(n, terms int) bitDotForm {
	if o.bitDotOnce(n, terms) {
		return (*Party).bitDotOnce
	}
	return (*Party).bitDot
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
	return p.relu(x, width, watch, p.opts.coarse(width), p.opts.narrowBitDot(len(p.arith(x).own), 1))
}

// relu is [Party.ReLU] with a sign from all bits but the lowest of so many, and with
// this form of the product.
func (p *Party) relu(x Arith, width, watch, cut int, bitDot bitDotForm) (y Arith, positive, outside Bits) {
	p.checkWidth(width)
	a := p.arith(x)
	n := len(a.own)
	p.inRange(0, watch, n)
	signs := p.opts.comparison(n, width, watch, cut)
	y, c := p.newArith(n)
	positive, b := p.newBits(n)
	outside, o := p.newBits(watch)
	terms, values := []Bits{positive}, []Arith{x}
	p.spread(n, func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		q.compare(role, a, b, o, lo, hi, signs)
		q.flip(b, lo, hi)
		bitDot(q, role, terms, values, lo, hi, c.own[lo:hi], c.next[lo:hi])
	})
	return y, positive, outside
}

// coarse returns how many bits of a width a ReLU does not look at: it looks at 2
// at least.
func (o Options) coarse(width int) int { return max(0, min(o.CoarseSigns, width-2)) }

// flip negates bits lo to hi−1 of b in place. Local.
func (p *Party) flip(b *bits, lo, hi int) {
	switch part := func(w []uint64) []uint64 { return w[lo/64 : wordsFor(hi)] }; p.server {
	case 0:
		ring.Not(part(b.own), part(b.own))
	case 2:
		ring.Not(part(b.next), part(b.next))
	}
}
