package mpc

import (
	mathbits "math/bits"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Carry trees work on bit planes in bit-reversed order, because then the lower
// partners of every merge of a level are one contiguous range of planes and the
// upper partners the next, and a level is two calls on long vectors.

// treeWidth returns the width, a power of two, in which a circuit for numbers of
// this many bits runs.
func treeWidth(width int) int { return 1 << mathbits.Len(uint(width-1)) }

// slot returns where plane b of width stands in bit-reversed order.
func slot(b, width int) int {
	return int(mathbits.Reverse64(uint64(b)) >> (65 - mathbits.Len(uint(width))))
}

// carryTree is the state of carryOut.
type carryTree struct {
	g, e planes // generate and propagate of the groups
	alt  planes // generate, then propagate, of the top group without its top leaf
	n    int    // groups
}

// carryOut returns the carry out of the low `leaves` bits of m + n, where g = m&n
// and e = m^n are planes in bit-reversed order; leaves is a power of two, or one
// less. It works in place, and the result is the first plane of g. If watch is
// not 0, it also returns the carry out of all bits but the highest, for the
// first `watch` words, in a plane of its own.
//
// Protocol: the parallel-prefix tree of generate and propagate,
// (g,e)∘(g',e') = (g ^ e·g', e·e') with the more significant group on the left,
// of which only the last output is built, so the lowest group needs no e. All
// ANDs of a level leave in one message.
//
// Source: MP-SPDZ CarryOutRawLE; see docs/protocols/comparison.md.
//
// Cost: ⌈log2 leaves⌉ rounds; ANDs as carryAnds, one bit each per server.
func (p *Party) carryOut(g, e planes, leaves, watch int) (c, below planes) {
	t := &carryTree{g: g, e: e, n: leaves}
	p.climb(t, watch)
	if watch > 0 {
		below = p.belowTop(t, watch)
	}
	return g.at(0, 1), below
}

// climb merges all groups into the first.
func (p *Party) climb(t *carryTree, watch int) {
	for width := treeWidth(t.n); width > 1; width /= 2 {
		lo := width / 2
		p.mergeLevel(t, lo, t.n-lo, watch)
		t.n = lo
	}
}

// belowTop returns the carry out of all bits but the highest: none, if that is
// the only one.
func (p *Party) belowTop(t *carryTree, watch int) planes {
	if t.alt.own == nil {
		t.alt = p.newPlanes(2, watch)
		clear(t.alt.own)
		clear(t.alt.next)
	}
	return t.alt.at(0, 1)
}

// mergeLevel merges planes lo to lo+hi−1 into planes 0 to hi−1.
func (p *Party) mergeLevel(t *carryTree, lo, hi, watch int) {
	if watch == 0 || hi < lo { // without a partner, there is nothing below the top leaf
		p.merge(t, lo, hi, nil)
		return
	}
	low := func(x planes) planes { return x.at(lo-1, lo).head(watch) } // partner of the top group
	if t.alt.own == nil {
		t.alt = p.newPlanes(2, watch)
		copyPlanes(t.alt.at(0, 1), low(t.g))
		copyPlanes(t.alt.at(1, 2), low(t.e))
		p.merge(t, lo, hi, nil)
		return
	}
	extra := append(p.extra[:0], pair{t.alt.at(1, 2), low(t.g)})
	if lo > 1 {
		extra = append(extra, pair{t.alt.at(1, 2), low(t.e)})
	}
	p.extra = extra
	p.merge(t, lo, hi, extra)
}

// merge does the ANDs of one level, and the extra ones of the watched group, in
// one message.
func (p *Party) merge(t *carryTree, lo, hi int, extra []pair) {
	pairs := append(p.pairs[:0], pair{t.e.at(lo, lo+hi), t.g.at(0, hi)})
	if hi > 1 {
		pairs = append(pairs, pair{t.e.at(lo+1, lo+hi), t.e.at(1, hi)})
	}
	pairs = append(pairs, extra...)
	p.pairs = pairs
	z := p.and(pairs)
	xorPlanes(t.g.at(0, hi), z.at(0, hi), t.g.at(lo, lo+hi))
	if hi > 1 {
		copyPlanes(t.e.at(1, hi), z.at(hi, 2*hi-1))
	}
	if extra != nil {
		t.mergeAlt(z, 2*hi-1)
	}
	p.freePlanes(z)
}

// mergeAlt updates the watched group from the ANDs behind the first `done`
// planes of z.
func (t *carryTree) mergeAlt(z planes, done int) {
	n := t.alt.words
	at := done * z.words
	part := func(i int) planes { return planes{z.own[at+i*n : at+(i+1)*n], z.next[at+i*n : at+(i+1)*n], n} }
	g := t.alt.at(0, 1)
	xorPlanes(g, g, part(0))
	if at+n < len(z.own) {
		copyPlanes(t.alt.at(1, 2), part(1))
	}
}

// head returns the first words of a plane.
func (x planes) head(words int) planes { return planes{x.own[:words], x.next[:words], words} }

// carryAnds returns how many ANDs carryOut does for each number, how many more
// for a watched one, and in how many levels.
func carryAnds(leaves int) (ands, watched, levels int) {
	n, below := leaves, false
	for width := treeWidth(leaves); width > 1; width /= 2 {
		lo, hi := width/2, n-width/2
		ands += max(2*hi-1, 0)
		if below {
			watched += min(lo, 2)
		}
		below = below || hi == lo
		n = lo
		levels++
	}
	return ands, watched, levels
}

func xorPlanes(dst, x, y planes) {
	ring.Xor(dst.own, x.own, y.own)
	ring.Xor(dst.next, x.next, y.next)
}

func copyPlanes(dst, src planes) {
	copy(dst.own, src.own)
	copy(dst.next, src.next)
}
