package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// orWrapTwoRounds is [Party.orWrap] in two rounds and fewer bytes: P1 alone gets
// help from both others, and passes the result on to P2.
//
// With draws c of 64 bits, π of t bits and a bit k from the key of P0 and P2, a draw
// ρ_1 of t bits from that of P0 and P1, a' = a ^ k, A the local term of P0 and B that
// of P1 and P2, numbers of t bits mod 2^t:
//
//	P0 → P1: a', A − 2^(64−t)·(1 − 2a')·π − c     P2 → P1: b·k + π
//	P1 → P2: m = b·a' + (1 − 2a')·(b·k + π) − ρ_1
//
// Since b·a' + (1 − 2a')·b·k = b·(a' ^ k) = a·b, the sum of c, of P0's word +
// 2^(64−t)·ρ_1 and of B + 2^(64−t)·m is the result. P0 receives nothing, P1 lacks the
// key of c, π and k, P2 that of ρ_1.
//
// Source: ours; argument in docs/protocols/truncation.md.
//
// Cost: 2 rounds, (65 + 2t)/8 bytes per element in all.
func (p *Party) orWrapTwoRounds(role int, sr []uint64, t uint, constant uint64, own, next []uint64) {
	switch role {
	case 0:
		p.orWrapFlip(sr, t, constant, own, next)
	case 1:
		p.orWrapRelay(sr, t, own, next)
	case 2:
		p.orWrapHelp(sr, t, own, next)
	}
}

// orWrapFlip is P0.
func (p *Party) orWrapFlip(s []uint64, t uint, constant uint64, own, next []uint64) {
	n, l := len(s), ring.PackedLen(len(s), int(t))
	pads, out := p.words(l+wordsFor(n)), p.words(n+wordsFor(n))
	term, local := p.words(min(n, block)), p.words(min(n, block))
	p.fillPrev(own)
	p.fillPrev(pads)
	for lo, hi := range blocks(n) {
		a, term, local := s[lo:hi], term[:hi-lo], local[:hi-lo]
		p.wrapTerm(0, a, t, constant, local)
		flipped := packedPart(out[n:], lo, hi, 1)
		ring.PackBits(flipped, a, 1)
		ring.Xor(flipped, flipped, packedPart(pads[l:], lo, hi, 1))
		ring.UnpackBits(a, flipped, 1)
		ring.UnpackBits(term, packedPart(pads, lo, hi, t), int(t))
		ring.NegUnless(term, term, a) // −(1 − 2a')·π
		ring.ShiftLeftAdd(local, term, local, 64-t)
		ring.Sub(next[lo:hi], local, own[lo:hi])
		copy(out[lo:hi], next[lo:hi])
	}
	p.send(p.next(), classSelection, masked{out})

	p.fillNext(pads[:l])
	p.addHigh(next, pads[:l], t)
	for _, w := range [][]uint64{pads, term, local} {
		p.free(w)
	}
}

// orWrapRelay is P1. P2's part is there first.
func (p *Party) orWrapRelay(r []uint64, t uint, own, next []uint64) {
	n, l := len(r), ring.PackedLen(len(r), int(t))
	pad, out := p.words(l), p.words(l)
	flip, local := p.words(min(n, block)), p.words(min(n, block))
	p.fillPrev(pad)
	help := p.recv(p.next(), l)
	in := p.recv(p.prev(), n+wordsFor(n))
	for lo, hi := range blocks(n) {
		b, rho, m, flip, local := r[lo:hi], own[lo:hi], next[lo:hi], flip[:hi-lo], local[:hi-lo]
		p.wrapTerm(1, b, t, 0, local)
		ring.UnpackBits(rho, packedPart(pad, lo, hi, t), int(t))
		ring.UnpackBits(m, packedPart(help, lo, hi, t), int(t))
		ring.UnpackBits(flip, packedPart(in[n:], lo, hi, 1), 1)
		ring.SubWhere(m, m, b, flip)
		ring.Sub(m, m, rho)
		ring.PackBits(packedPart(out, lo, hi, t), m, int(t))
		ring.ShiftLeftAdd(m, m, local, 64-t)
		ring.ShiftLeftAdd(rho, rho, in[lo:hi], 64-t)
	}
	hideRest(out, n, pad, t)
	p.send(p.next(), classSelection, masked{out})
	for _, w := range [][]uint64{pad, flip, local, in, help} {
		p.free(w)
	}
}

// orWrapHelp is P2.
func (p *Party) orWrapHelp(r []uint64, t uint, own, next []uint64) {
	n, l := len(r), ring.PackedLen(len(r), int(t))
	pads, out := p.words(l+wordsFor(n)), p.words(l)
	part, pad := p.words(min(n, block)), p.words(min(n, block))
	p.fillNext(next)
	p.fillNext(pads)
	for lo, hi := range blocks(n) {
		b, part, pad := r[lo:hi], part[:hi-lo], pad[:hi-lo]
		p.wrapTerm(2, b, t, 0, own[lo:hi])
		ring.UnpackBits(part, packedPart(pads[l:], lo, hi, 1), 1)
		ring.And(part, part, b)
		ring.UnpackBits(pad, packedPart(pads, lo, hi, t), int(t))
		ring.Add(part, part, pad)
		ring.PackBits(packedPart(out, lo, hi, t), part, int(t))
	}
	hideRest(out, n, pads[:l], t)
	p.send(p.prev(), classSelection, masked{out})

	in := p.recv(p.prev(), l)
	p.addHigh(own, in, t)
	for _, w := range [][]uint64{pads, part, pad, in} {
		p.free(w)
	}
}

// addHigh adds packed t-bit values, each times 2^(64−t), to dst. Local.
func (p *Party) addHigh(dst, packed []uint64, t uint) {
	term := p.words(min(len(dst), block))
	for lo, hi := range blocks(len(dst)) {
		v := term[:hi-lo]
		ring.UnpackBits(v, packedPart(packed, lo, hi, t), int(t))
		ring.ShiftLeftAdd(dst[lo:hi], v, dst[lo:hi], 64-t)
	}
	p.free(term)
}
