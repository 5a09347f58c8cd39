package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// carryOut returns the carry out of the low `width` bits of m + n, where g =
// m&n and e = m^n are given in planes 0 to width−1. It frees neither.
//
// Protocol: the parallel-prefix tree of generate and propagate,
// (g,e)∘(g',e') = (g ^ e·g', e·e') with the more significant group on the left,
// of which only the last output is built, so the lowest group needs no e. All
// ANDs of a level leave in one message.
//
// Source: MP-SPDZ CarryOutRawLE; protocols.md §3.3.
//
// Cost: ⌈log2 width⌉ rounds; ANDs as carryAnds, one bit each per server.
func (p *Party) carryOut(g, e planes, width int) planes {
	w := g.words
	own := false // g and e still belong to the caller
	for width > 1 {
		half, odd := width/2, width%2
		p.pairs = mergePairs(p.pairs[:0], g, e, half)
		z := p.and(p.pairs)
		g2, e2 := p.newPlanes(half+odd, w), p.newPlanes(half+odd, w)
		for j := range half {
			xorPlanes(g2.at(j, j+1), z.at(j, j+1), g.at(2*j+1, 2*j+2))
			if j > 0 {
				copyPlanes(e2.at(j, j+1), z.at(half+j-1, half+j))
			}
		}
		if odd == 1 {
			copyPlanes(g2.at(half, half+1), g.at(width-1, width))
			copyPlanes(e2.at(half, half+1), e.at(width-1, width))
		}
		p.freePlanes(z)
		if own {
			p.freePlanes(g)
			p.freePlanes(e)
		}
		g, e, width, own = g2, e2, half+odd, true
	}
	if own {
		p.freePlanes(e)
		return g
	}
	c := p.newPlanes(1, w)
	copyPlanes(c, g.at(0, 1))
	return c
}

// mergePairs appends the ANDs of one level: e_hi·g_lo of every merge, then
// e_hi·e_lo of all but the lowest.
func mergePairs(pairs []pair, g, e planes, half int) []pair {
	for j := range half {
		pairs = append(pairs, pair{e.at(2*j+1, 2*j+2), g.at(2*j, 2*j+1)})
	}
	for j := 1; j < half; j++ {
		pairs = append(pairs, pair{e.at(2*j+1, 2*j+2), e.at(2*j, 2*j+1)})
	}
	return pairs
}

// carryAnds returns how many ANDs carryOut does.
func carryAnds(width int) (ands, levels int) {
	for width > 1 {
		half := width / 2
		ands += 2*half - 1
		width -= half
		levels++
	}
	return ands, levels
}

func xorPlanes(dst, x, y planes) {
	ring.Xor(dst.own, x.own, y.own)
	ring.Xor(dst.next, x.next, y.next)
}

func copyPlanes(dst, src planes) {
	copy(dst.own, src.own)
	copy(dst.next, src.next)
}
