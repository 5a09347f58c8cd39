package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// BitSums returns [Σ_j c_ij·b_j], element by element, for J vectors of bits and
// each of I lists of J public constants.
//
// Protocol: as [Party.ToArith], with one summand for each j: for β_j at P0 and γ_j
// at P1 and P2, b_j = β_j·(1 − 2γ_j) + γ_j. P0 shares the β_j; P1 and P2 take the
// sums of their parts, one for each i, and share those.
//
// Source: composition; see docs/protocols/bit-to-ring.md.
//
// Over a link where that is quicker, and with one list, by bitSumsOnce.
//
// Cost: 2 rounds, 8J + 16I bytes per element in all; 1 round, 16J + 16.
func (p *Party) BitSums(bs []Bits, cs [][]uint64) []Arith {
	n := p.checkSums(bs, cs)
	zs, out := make([]Arith, len(cs)), make([]*arith, len(cs))
	for i := range cs {
		zs[i], out[i] = p.newArith(n)
	}
	body := (*Party).bitSums
	if p.opts.bitSumsOnce(n, len(bs), len(cs)) {
		body = (*Party).bitSumsOnce
	}
	p.spread(n, func(q *Party, pivot, lo, hi int) { body(q, q.role(pivot), bs, cs, out, lo, hi) })
	return zs
}

// checkSums fails unless there are bits, all vectors of one length, which it
// returns, and as many constants in each list.
func (s *session) checkSums(bs []Bits, cs [][]uint64) (n int) {
	if len(bs) == 0 || len(cs) == 0 {
		s.Fail(fmt.Errorf("sums of bits: got %d vectors and %d lists of constants, want at least one of each", len(bs), len(cs)))
	}
	n = s.bits(bs[0]).n
	for _, b := range bs {
		s.sameLen("sums of bits", s.bits(b).n, n)
	}
	for _, c := range cs {
		s.sameLen("sums of bits: constants", len(c), len(bs))
	}
	return n
}

func (p *Party) bitSums(role int, bs []Bits, cs [][]uint64, out []*arith, lo, hi int) {
	n, terms := hi-lo, len(bs)
	bit, own, next := p.words(terms*n), p.words(terms*n), p.words(terms*n)
	for j, b := range bs {
		p.splitBit(role, p.bits(b), lo, bit[j*n:(j+1)*n])
	}
	p.inputPivot(role, bit, own, next)
	signed, v := p.words(terms*n), p.words(len(cs)*n)
	p.timesSign(role, bit, own, next, signed)
	sumsOf(v, signed, cs)
	vOwn, vNext := p.words(len(v)), p.words(len(v))
	p.inputPair(role, v, vOwn, vNext)
	p.storeSums(role, bit, cs, out, lo, v, vOwn, vNext)
	for _, w := range [][]uint64{bit, own, next, signed, v, vOwn, vNext} {
		p.free(w)
	}
}

// storeSums adds what P1 and P2 both know, Σ_j c_ij·γ_j, and writes the results.
// It overwrites v.
func (p *Party) storeSums(role int, bit []uint64, cs [][]uint64, out []*arith, lo int, v, own, next []uint64) {
	if role != 0 {
		sumsOf(v, bit, cs)
		p.addKnown(role, v, own, next)
	}
	n := len(v) / len(cs)
	for i, z := range out {
		copy(z.own[lo:lo+n], own[i*n:(i+1)*n])
		copy(z.next[lo:lo+n], next[i*n:(i+1)*n])
	}
}

// sumsOf writes Σ_j c_ij·x_j for each i, one vector after another.
func sumsOf(dst, x []uint64, cs [][]uint64) {
	n := len(dst) / max(len(cs), 1)
	clear(dst)
	for i, c := range cs {
		for j, k := range c {
			if k != 0 {
				ring.ScaleAdd(dst[i*n:(i+1)*n], x[j*n:(j+1)*n], k)
			}
		}
	}
}

// bitSumsOnce is bitSums for one list by sumOffers: T is β_j for all j, the
// factors are c_j·(1 − 2γ_j).
//
// Cost: 1 round, 16J + 16 bytes per element in all.
func (p *Party) bitSumsOnce(role int, bs []Bits, cs [][]uint64, out []*arith, lo, hi int) {
	n, terms := hi-lo, len(bs)
	bit, t, v := p.words(terms*n), p.words(terms*n), p.words(n)
	own, next := p.words(n), p.words(n)
	for j, b := range bs {
		p.splitBit(role, p.bits(b), lo, bit[j*n:(j+1)*n])
	}
	copy(t, bit)
	if role != 0 {
		signOf(t, bit)
		for j, k := range cs[0] {
			ring.Scale(t[j*n:(j+1)*n], t[j*n:(j+1)*n], k)
		}
	}
	clear(v)
	p.sumOffers(role, t, v, own, next)
	p.storeSums(role, bit, cs, out, lo, v, own, next)
	for _, w := range [][]uint64{bit, t, v, own, next} {
		p.free(w)
	}
}
