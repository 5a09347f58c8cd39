package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Negative returns the bits [x < 0] for |x| < 2^(width−1), exactly. Width is 64,
// or smaller when the range of x allows it: all shares are reduced mod 2^width,
// and the cost follows that of the next power of two.
//
// Protocol: x = s + r with s known to P0 and r to P1 and P2; both become bit
// planes (splitBits), and msb(x) = carry ^ msb(s) ^ msb(r) with the carry into
// the top bit from the tree of carryOut.
//
// Source: MP-SPDZ LtzRingRaw with split2; see docs/protocols/comparison.md.
//
// From 3 bits on leafMsb takes the place of the lowest levels of the tree.
//
// Cost: log2(w) rounds for w the width rounded up to a power of two: 6 rounds and
// 373 bits per element in all for 64, 5 and 176 for 32, 5 and 116 for 24; over a
// link where that is quicker 3 to 5 rounds and more bits. See [Costs.Negative].
func (p *Party) Negative(x Arith, width int) Bits {
	b, _ := p.NegativeWatch(x, width, 0)
	return b
}

// NegativeWatch is [Party.Negative], and returns for the first `watch` elements
// also whether x is outside −2^(width−2) ≤ x < 2^(width−2): whether the two top
// bits of x differ. The second needs one more carry, from the same tree.
//
// Cost: as [Party.Negative], and about 6 (width 32) or 8 (width 64) more bits per
// watched element and server.
func (p *Party) NegativeWatch(x Arith, width, watch int) (negative, outside Bits) {
	p.checkWidth(width)
	a := p.arith(x)
	p.inRange(0, watch, len(a.own))
	signs := p.opts.comparison(len(a.own), width, watch, 0)
	negative, b := p.newBits(len(a.own))
	outside, o := p.newBits(watch)
	p.spread(len(a.own), func(q *Party, pivot, lo, hi int) {
		q.compare(q.role(pivot), a, b, o, lo, hi, signs)
	})
	return negative, outside
}

// comparison is how the signs of a vector are taken.
type comparison struct {
	cut   int // low bits that are not looked at
	width int // bits that are
	watch int // elements that are watched
	form  leafForm
}

// comparison returns how signs are taken of n numbers of a width.
func (o Options) comparison(n, width, watch, cut int) comparison {
	return comparison{cut, width - cut, watch, o.leafForm(n, width-cut, watch)}
}

// compare writes elements lo to hi−1 of the results of [Party.NegativeWatch].
func (p *Party) compare(role int, x *arith, negative, outside *bits, lo, hi int, c comparison) {
	sr := p.words(hi - lo)
	p.splitSum(role, x.own[lo:hi], x.next[lo:hi], sr)
	if c.cut > 0 {
		if role == 0 {
			ring.AddScalar(sr, sr, 1<<c.cut-1)
		}
		ring.ShiftRight(sr, sr, uint(c.cut))
	}
	seen := max(0, min(c.watch, hi)-lo)
	top, out := p.msb(role, sr, c.width, seen, c.form)
	copyPlanes(planes{negative.own[lo/64:], negative.next[lo/64:], 0}, top)
	p.freePlanes(top)
	if seen > 0 {
		copyPlanes(planes{outside.own[lo/64:], outside.next[lo/64:], 0}, out)
		p.freePlanes(out)
	}
	p.free(sr)
}

func (s *session) checkWidth(width int) {
	if width < 2 || width > 64 {
		s.Fail(fmt.Errorf("comparison: got a width of %d bits, want 2 to 64", width))
	}
}

// msb returns the top bit of s + r mod 2^width as one plane, and for the first
// `watch` of them whether the bit below it differs. It overwrites sr.
func (p *Party) msb(role int, sr []uint64, width, watch int, form leafForm) (top, outside planes) {
	if form.bits > 0 {
		return p.leafMsb(role, sr, width, leavesOf(form, width, len(sr), watch))
	}
	return p.treeMsb(role, sr, width, wordsFor(watch))
}

// treeMsb is msb by the tree of single bits, with watch in words.
func (p *Party) treeMsb(role int, sr []uint64, width, watch int) (top, outside planes) {
	w := treeWidth(width)
	ring.ShiftLeft(sr, sr, uint(w-width))
	m, n := p.splitBits(role, sr, w)
	g := p.andKnown(role, m.at(0, w-1), n)
	p.xorKnown(role, m, n)
	if n != nil {
		p.free(n)
	}
	if watch > 0 {
		s := slot(w-2, w)
		outside = p.newPlanes(1, watch)
		copyPlanes(outside, m.at(s, s+1).head(watch))
	}
	c, below := p.carryOut(g, m, w-1, watch)
	top = p.newPlanes(1, m.words)
	xorPlanes(top, c, m.at(w-1, w))
	if watch > 0 {
		xorPlanes(outside, outside, below)
		xorPlanes(outside, outside, top.head(watch))
		p.freePlanes(planes{below.own[:2*watch], below.next[:2*watch], watch})
	}
	p.freePlanes(g)
	p.freePlanes(m)
	return top, outside
}
