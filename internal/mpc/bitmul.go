package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

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
	p.bitDotBy((*Party).inputPivot, (*Party).inputPair, role, bs, xs, lo, hi, own, next)
}

func (p *Party) bitDotNarrow(role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	p.bitDotBy((*Party).inputPivotNarrow, (*Party).inputPairNarrow, role, bs, xs, lo, hi, own, next)
}

// inputForm brings what one or two servers know into a sharing, see reinput.go.
type inputForm func(p *Party, role int, v, own, next []uint64)

func (p *Party) bitDotBy(inputPivot, inputPair inputForm, role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	n, terms := hi-lo, len(bs)
	bit, half := p.words(terms*n), p.words(terms*n)
	for j := range bs {
		a := p.arith(xs[j])
		p.splitBit(role, p.bits(bs[j]), lo, bit[j*n:(j+1)*n])
		p.splitSum(role, a.own[lo:hi], a.next[lo:hi], half[j*n:(j+1)*n])
	}
	in, sOwn, sNext := p.words(2*terms*n), p.words(2*terms*n), p.words(2*terms*n)
	if role == 0 { // β, then β·S
		copy(in, bit)
		ring.Mul(in[terms*n:], bit, half)
	}
	inputPivot(p, role, in, sOwn, sNext)
	v, known := in[:n], in[n:2*n]
	clear(in[:2*n])
	if role != 0 {
		for j := range xs {
			p.bitTerm(role, p.arith(xs[j]), lo, bit[j*n:(j+1)*n], half[j*n:(j+1)*n],
				shareOfPivot(role, sOwn, sNext, j*n, n), shareOfPivot(role, sOwn, sNext, (terms+j)*n, n), v, known)
		}
	}
	inputPair(p, role, v, own, next)
	p.addKnown(role, known, own, next)
	for _, w := range [][]uint64{bit, half, in, sOwn, sNext} {
		p.free(w)
	}
}

// shareOfPivot returns the summand of P0's value that P1 (component 1) or P2
// (component 0) may use.
func shareOfPivot(role int, own, next []uint64, at, n int) []uint64 {
	if role == 1 {
		return own[at : at+n]
	}
	return next[at : at+n]
}

// bitTerm adds one term of BitDot at P1 or P2: v += c·x + (1−2c)·([βS] + R·[β])
// and known += c·R. It overwrites beta and r.
func (p *Party) bitTerm(role int, x *arith, lo int, c, r, beta, betaS, v, known []uint64) {
	n := len(c)
	mine := x.own[lo : lo+n] // x_1 at P1
	if role == 2 {
		mine = x.next[lo : lo+n] // x_0 at P2
	}
	ring.MulAdd(v, c, mine)
	ring.MulAdd(known, c, r)
	ring.Mul(beta, beta, r)
	ring.Add(beta, beta, betaS)
	ring.Add(v, v, beta)
	ring.Mul(beta, beta, c)
	ring.ScaleAdd(v, beta, ^uint64(1)) // −2
}

// Select returns [y + b∘(x − y)]: x where the bit is set, else y.
//
// Cost: 2 rounds, 32 bytes per element in all; 1 round, 48 bytes.
func (p *Party) Select(b Bits, x, y Arith) Arith {
	return p.Add(y, p.BitMul(b, p.Sub(x, y)))
}
