package mpc

import "fmt"

// Negative returns the bits [x < 0] for |x| < 2^(width−1), exactly. Width is 64,
// or smaller when the range of x allows it: all shares are reduced mod 2^width,
// and the cost follows.
//
// Protocol: x = s + r with s known to P0 and r to P1 and P2; both become bit
// planes (splitBits), and msb(x) = carry ^ msb(s) ^ msb(r) with the carry into
// the top bit from the tree of carryOut.
//
// Source: MP-SPDZ LtzRingRaw with split2; protocols.md §3.3.
//
// Cost: 2 + ⌈log2(width−1)⌉ rounds; width + 2(width−1) + 3·carryAnds(width−1)
// bits per element in all: 8 rounds and 544 bits for 64, 7 and 259 for 32.
func (p *Party) Negative(x Arith, width int) Bits {
	p.checkWidth(width)
	a := p.arith(x)
	b, c := p.newBits(len(a.own))
	p.spread(len(a.own), func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		q.splitSum(role, a.own[lo:hi], a.next[lo:hi], sr)
		top := q.msb(role, sr, width)
		copy(c.own[lo/64:], top.own)
		copy(c.next[lo/64:], top.next)
		q.freePlanes(top)
		q.free(sr)
	})
	return b
}

func (s *session) checkWidth(width int) {
	if width < 2 || width > 64 {
		s.Fail(fmt.Errorf("comparison: got a width of %d bits, want 2 to 64", width))
	}
}

// msb returns the top bit of s + r mod 2^width as one plane.
func (p *Party) msb(role int, sr []uint64, width int) planes {
	m, n := p.splitBits(role, sr, width)
	low := m.at(0, width-1)
	g := p.andKnown(role, low, n)
	p.xorKnown(role, m, n)
	if n != nil {
		p.free(n)
	}
	c := p.carryOut(g, low, width-1)
	xorPlanes(c, c, m.at(width-1, width))
	p.freePlanes(g)
	p.freePlanes(m)
	return c
}
