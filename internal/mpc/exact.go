package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// truncExact rounds s + r to the nearest multiple of 2^t, ties up: with
// s' = s + 2^62 + 2^(t−1),
//
//	y = (s'>>t) + (r>>t) + carry − 2^(64−t)·(a + b − a·b) − 2^(62−t)
//
// where carry = [(s' mod 2^t) + (r mod 2^t) ≥ 2^t] comes from the tree of
// carryOut, and the rest from orWrap without its rounding offset. The rest goes
// first: it waits for nothing, and the carry does not wait for it. Since
// x + 2^62 + 2^(t−1) must stay below 2^63, x must be below 2^62 − 2^(t−1).
//
// Source: MP-SPDZ TruncRing; see docs/protocols/truncation.md.
//
// Cost, with w for t rounded up to a power of two: 4 + log2 w rounds, 3 + log2 w
// where the logarithm is a multiple of 3 (see [Costs.Trunc]); w + 2w +
// 3·carryAnds(w) bits, 24 bytes and (64 + 4t)/8 bytes
// per element in all.
func (p *Party) truncExact(role int, sr []uint64, t uint, own, next []uint64) {
	if role == 0 {
		ring.AddScalar(sr, sr, 1<<headroom+1<<(t-1))
	}
	sum := p.words(len(sr))
	copy(sum, sr)
	p.orWrap(role, sum, t, -(1 << (headroom - t)), own, next)
	carry := p.lowCarry(role, sr, int(t))
	c := p.newPlanes(1, len(sr))
	p.bitToArith(role, &bits{own: carry.own, next: carry.next, n: len(sr)}, 0, c.own, c.next)
	ring.Add(own, own, c.own)
	ring.Add(next, next, c.next)
	p.free(sum)
	p.freePlanes(carry)
	p.freePlanes(c)
}

// lowCarry returns the carry out of the low t bits of s + r as one plane. It
// overwrites sr: moved up to the width of the tree, with zeros below, its bits
// carry as before.
func (p *Party) lowCarry(role int, sr []uint64, t int) planes {
	w := treeWidth(t)
	ring.ShiftLeft(sr, sr, uint(w-t))
	m, n := p.splitBits(role, sr, w)
	g := p.andKnown(role, m, n)
	p.xorKnown(role, m, n)
	if n != nil {
		p.free(n)
	}
	out, _ := p.carryOut(g, m, w, 0)
	c := p.newPlanes(1, m.words)
	copyPlanes(c, out)
	p.freePlanes(g)
	p.freePlanes(m)
	return c
}
