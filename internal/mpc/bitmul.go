package mpc

import "fmt"

// BitMul returns [b∘x], element by element: x where the bit is set, else 0.
// See [Party.BitDot] for one term.
//
// Cost: 2 rounds, 32 bytes per element in all; 1 round, 48 bytes.
func (p *Party) BitMul(b Bits, x Arith) Arith { return p.BitDot([]Bits{b}, []Arith{x}) }

// BitDot returns [Σ_j b_j∘x_j], element by element, for J vectors of bits and J
// of ring elements.
//
// Protocol: with β = b_0 ^ b_1 and S = x_0 + x_1 at P0, c = b_2 and R = x_2 at
// P1 and P2,
//
//	b·x = βS·(1 − 2c) + c·S + Rβ·(1 − 2c) + c·R
//
// P0 shares β_j and β_j·S_j. P1 then knows a summand of each of the first three
// terms (x_1 of S), P2 the other (x_0), and they share the sum over j of theirs;
// c·R is known to both.
//
// Source: ours; argument in docs/protocols/bit-times-value.md.
//
// Over a link where that is quicker, by bitDotOnce.
//
// Cost: 2 rounds, 16J + 16 bytes per element in all; 1 round, 32J + 16.
func (p *Party) BitDot(bs []Bits, xs []Arith) Arith {
	n := p.checkTerms(bs, xs)
	z, c := p.newArith(n)
	bitDot := p.opts.bitDotForm(n, len(bs))
	p.spread(n, func(q *Party, pivot, lo, hi int) {
		bitDot(q, q.role(pivot), bs, xs, lo, hi, c.own[lo:hi], c.next[lo:hi])
	})
	return z
}

// checkTerms fails unless there are as many vectors of bits as of values, all of
// one length, which it returns.
func (s *session) checkTerms(bs []Bits, xs []Arith) (n int) {
	if len(bs) == 0 || len(bs) != len(xs) {
		s.Fail(fmt.Errorf("bit times value: got %d vectors of bits and %d of values, want as many and at least one", len(bs), len(xs)))
	}
	n = len(s.arith(xs[0]).own)
	for j := range xs {
		s.sameLen("bit times value: bits", s.bits(bs[j]).n, n)
		s.sameLen("bit times value: values", len(s.arith(xs[j]).own), n)
	}
	return n
}

// bitDotForm is one way to compute elements lo to hi−1.
type bitDotForm func(p *Party, role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64)

func (p *Party) bitDot(role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	p.bitDotIn(64, role, bs, xs, lo, hi, own, next)
}

func (p *Party) bitDotNarrow(role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	p.bitDotIn(narrowBits, role, bs, xs, lo, hi, own, next)
}

// Select returns [y + b∘(x − y)]: x where the bit is set, else y.
//
// Cost: 2 rounds, 32 bytes per element in all; 1 round, 48 bytes.
func (p *Party) Select(b Bits, x, y Arith) Arith {
	return p.Add(y, p.BitMul(b, p.Sub(x, y)))
}
