package mpc

import (
	mathbits "math/bits"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// TopBit returns for each k ≤ width−2 the bits [2^k ≤ |x| < 2^(k+1)], of which at
// most one is set for each element, and the bits [x < 0], for
// −2^(width−1) ≤ x < 2^(width−1). A negative x is taken as |x| − 1. For x = 0 and
// x = −1 none is set.
//
// Protocol: as [Party.Negative], but with all carries (carries); that gives the
// bits of x, which XORed with the sign are those of |x|; the bits from the top down
// to each k are all zero or not (zerosFromTop), and bit k is the top one where
// that changes.
//
// Source: [CS10] for the bits of the highest one; the carries as [Sklansky60];
// see docs/protocols/normalisation.md.
//
// Cost: 2 + log2 w + ⌈log2(width−1)⌉ rounds for w the width rounded up to a power
// of two, and bytes as [Costs.TopBit]: 12 rounds and 31 bytes per element and
// server for 32, 14 and 93 for 62.
func (p *Party) TopBit(x Arith, width int) (at []Bits, negative Bits) {
	p.checkWidth(width)
	a := p.arith(x)
	n := len(a.own)
	at, tops := make([]Bits, width-1), make([]*bits, width)
	for k := range at {
		at[k], tops[k] = p.newBits(n)
	}
	negative, tops[width-1] = p.newBits(n)
	p.spread(n, func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		q.splitSum(role, a.own[lo:hi], a.next[lo:hi], sr)
		top := q.topBit(role, sr, width)
		for k, b := range tops {
			copyPlanes(planes{b.own[lo/64:], b.next[lo/64:], 0}, top.at(k, k+1))
		}
		q.freePlanes(top)
		q.free(sr)
	})
	return at, negative
}

// topBit returns the planes of TopBit for s + r, and the sign as the last. It
// overwrites sr.
func (p *Party) topBit(role int, sr []uint64, width int) planes {
	x := p.bitsOfSum(role, sr, width) // highest bit first
	sign := x.at(0, 1)
	zeros := x.at(1, width)
	for i := range width - 1 {
		xorPlanes(zeros.at(i, i+1), zeros.at(i, i+1), sign)
	}
	p.flipPlanes(zeros)
	p.zerosFromTop(zeros, width-1)
	top := p.newPlanes(width, x.words)
	copyPlanes(top.at(width-1, width), sign)
	for i := range width - 1 {
		k := width - 2 - i
		if i == 0 {
			copyPlanes(top.at(k, k+1), zeros.at(0, 1))
			p.flipPlanes(top.at(k, k+1))
			continue
		}
		xorPlanes(top.at(k, k+1), zeros.at(i-1, i), zeros.at(i, i+1))
	}
	p.freePlanes(x)
	return top
}

// flipPlanes negates planes in place. Local.
func (p *Party) flipPlanes(x planes) {
	switch p.server {
	case 0:
		ring.Not(x.own, x.own)
	case 2:
		ring.Not(x.next, x.next)
	}
}

// bitsOfSum returns the bits of s + r mod 2^width, the highest first. It
// overwrites sr.
func (p *Party) bitsOfSum(role int, sr []uint64, width int) planes {
	w := treeWidth(width)
	ring.ShiftLeft(sr, sr, uint(w-width))
	e, n := p.splitBits(role, sr, w)
	g := p.andKnown(role, e.at(0, w-1), n)
	p.xorKnown(role, e, n)
	if n != nil {
		p.free(n)
	}
	p.carries(g, e, w)
	x := p.newPlanes(width, e.words)
	for i := range width {
		b := w - 1 - i
		sum := x.at(i, i+1)
		copyPlanes(sum, plane(e, b, w))
		if b > 0 {
			xorPlanes(sum, sum, plane(g, b-1, w))
		}
	}
	p.freePlanes(g)
	p.freePlanes(e)
	return x
}

// plane returns bit b of planes in bit-reversed order.
func plane(x planes, b, width int) planes { s := slot(b, width); return x.at(s, s+1) }

// carries turns the generate bits g of the planes 0 to w−2 of a sum into the
// carries out of them, where e are the propagate bits. Both are in bit-reversed
// order.
//
// Protocol: the parallel-prefix tree of carryOut, with all outputs: at level l the
// upper half of every block of 2^(l+1) planes takes in the top group of the lower
// half. All ANDs of a level leave in one message.
//
// Cost: log2 w rounds; ANDs as carriesAnds, one bit each per server.
func (p *Party) carries(g, e planes, w int) {
	f := p.newPlanes(w-1, e.words) // propagate of groups
	copyPlanes(f, e.at(0, w-1))
	for half := 1; half < w-1; half *= 2 {
		pairs := p.pairs[:0]
		eachUpper(half, w-1, func(b, top int, lowest bool) {
			pairs = append(pairs, pair{plane(f, b, w), plane(g, top, w)})
			if !lowest {
				pairs = append(pairs, pair{plane(f, b, w), plane(f, top, w)})
			}
		})
		p.pairs = pairs
		z, at := p.and(pairs), 0
		eachUpper(half, w-1, func(b, _ int, lowest bool) {
			xorPlanes(plane(g, b, w), plane(g, b, w), z.at(at, at+1))
			if at++; !lowest {
				copyPlanes(plane(f, b, w), z.at(at, at+1))
				at++
			}
		})
		p.freePlanes(z)
	}
	p.freePlanes(f)
}

// eachUpper calls do for each b below n in the upper half of a block of 2·half,
// with the last of the lower half, and whether the block is the first.
func eachUpper(half, n int, do func(b, top int, lowest bool)) {
	for b := half; b < n; b++ {
		if b&half != 0 {
			base := b &^ (2*half - 1)
			do(b, base+half-1, base == 0)
		}
	}
}

// zerosFromTop turns the first n planes into the ANDs of each and all before it,
// by the same tree as carries.
//
// Cost: ⌈log2 n⌉ rounds; ANDs as prefixAnds, one bit each per server.
func (p *Party) zerosFromTop(x planes, n int) {
	for half := 1; half < n; half *= 2 {
		pairs := p.pairs[:0]
		eachUpper(half, n, func(b, top int, _ bool) {
			pairs = append(pairs, pair{x.at(b, b+1), x.at(top, top+1)})
		})
		p.pairs = pairs
		z, at := p.and(pairs), 0
		eachUpper(half, n, func(b, _ int, _ bool) {
			copyPlanes(x.at(b, b+1), z.at(at, at+1))
			at++
		})
		p.freePlanes(z)
	}
}

// carriesAnds and prefixAnds return how many ANDs carries and zerosFromTop do for
// each number, and in how many levels.
func carriesAnds(w int) (ands, levels int) {
	for half := 1; half < w-1; half *= 2 {
		eachUpper(half, w-1, func(_, _ int, lowest bool) {
			if ands++; !lowest {
				ands++
			}
		})
		levels++
	}
	return ands, levels
}

func prefixAnds(n int) (ands, levels int) {
	for half := 1; half < n; half *= 2 {
		eachUpper(half, n, func(int, int, bool) { ands++ })
	}
	return ands, mathbits.Len(uint(n - 1))
}
