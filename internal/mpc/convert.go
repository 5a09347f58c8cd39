package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// ToArith returns the bits as ring elements 0 and 1.
//
// Protocol ("unsplit"): β = b_0 ^ b_1 is known to P0 and c = b_2 to P1 and P2,
// and b = β + c − 2βc = β·(1 − 2c) + c. P0 shares β; P1 and P2 multiply their
// summand of β by 1 − 2c and share the products; c is added by its two holders.
//
// Source: MP-SPDZ Rep3 unsplit; see docs/protocols/bit-to-ring.md.
//
// Over a link where that is quicker, by bitToArithOnce.
//
// Cost: 2 rounds, 24 bytes per element in all; 1 round, 32 bytes.
func (p *Party) ToArith(b Bits) Arith {
	a := p.bits(b)
	x, c := p.newArith(a.n)
	toArith := (*Party).bitToArith
	if p.opts.toArithOnce(a.n) {
		toArith = (*Party).bitToArithOnce
	}
	p.spread(a.n, func(q *Party, pivot, lo, hi int) {
		toArith(q, q.role(pivot), a, lo, c.own[lo:hi], c.next[lo:hi])
	})
	return x
}

// bitToArith is ToArith for the bits from lo on, as many as own has words.
func (p *Party) bitToArith(role int, b *bits, lo int, own, next []uint64) {
	n := len(own)
	bit, v := p.words(n), p.words(n)
	beta, betaNext := p.words(n), p.words(n)
	p.splitBit(role, b, lo, bit)
	p.inputPivot(role, bit, beta, betaNext)
	p.timesSign(role, bit, beta, betaNext, v)
	p.inputPair(role, v, own, next)
	p.addKnown(role, bit, own, next)
	for _, w := range [][]uint64{bit, v, beta, betaNext} {
		p.free(w)
	}
}

// splitBit writes this role's half of b = β ^ c, as 0 and 1: β at P0, c at P1
// and P2. Local.
func (p *Party) splitBit(role int, b *bits, lo int, dst []uint64) {
	w := wordsFor(len(dst))
	switch from := lo / 64; role {
	case 0:
		packed := p.words(w)
		ring.Xor(packed, b.own[from:from+w], b.next[from:from+w])
		ring.UnpackBits(dst, packed, 1)
		p.free(packed)
	case 1:
		ring.UnpackBits(dst, b.next[from:from+w], 1)
	case 2:
		ring.UnpackBits(dst, b.own[from:from+w], 1)
	}
}

// timesSign writes x·(1 − 2c) for the summand of x that this role may use:
// x_1 at P1, x_0 at P2. Local.
func (p *Party) timesSign(role int, c, own, next, dst []uint64) {
	x := own
	switch role {
	case 0:
		return
	case 2:
		x = next
	}
	ring.Mul(dst, x, c)
	ring.Scale(dst, dst, ^uint64(1)) // −2
	ring.Add(dst, dst, x)
}

// addKnown adds v, known to P1 and P2, as component 2. Local.
func (p *Party) addKnown(role int, v, own, next []uint64) {
	switch role {
	case 1:
		ring.Add(next, next, v)
	case 2:
		ring.Add(own, own, v)
	}
}
