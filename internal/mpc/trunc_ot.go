package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// orWrap is the OR-wrap truncation in one round, for x' = s + r < 2^63:
//
//	y = (s>>t) + (r>>t) − 2^(64−t)·(a + b − a·b) + constant
//
// with a = msb(s), b = msb(r).
//
// P0 knows a, P1 and P2 know b, and a·b is wanted mod 2^t. With pads w and a draw
// ρ_2 from the key of P0 and P2, u and ρ_1 from that of P0 and P1, of t bits each:
//
//	P0 → P1: a − w     P2 → P1: b·w − ρ_2
//	P0 → P2: a − u     P1 → P2: b·u − ρ_1
//
// P1 and P2 both find m = a·b − ρ_1 − ρ_2, so that ab = ρ_2 + ρ_1 + m is
// replicated. In the same round P0 shares its local term with P1. P0 receives
// nothing; P1 lacks the key of w and ρ_2, P2 that of u and ρ_1.
//
// Source: ours; argument in docs/protocols/truncation.md.
//
// Cost: 1 round, (64 + 4t)/8 bytes per element in all.
func (p *Party) orWrap(role int, sr []uint64, t uint, constant uint64, own, next []uint64) {
	n := len(sr)
	local := p.words(n)
	p.wrapTerm(role, sr, t, constant, local)
	switch role {
	case 0:
		p.orWrapSender(sr, local, t, own, next)
	case 1:
		p.orWrapChoice(p.fillPrev, p.next(), p.prev(), n, sr, t, own, next)
		ring.Add(next, next, local)
	case 2:
		c := p.words(n)
		p.fillNext(c)
		p.orWrapChoice(p.fillNext, p.prev(), p.next(), 0, sr, t, next, own)
		ring.Add(next, next, c)
		ring.Add(own, own, local)
		p.free(c)
	}
	p.free(local)
}

// orWrapSender is P0: a holds its top bits, local its term of the result.
func (p *Party) orWrapSender(a, local []uint64, t uint, own, next []uint64) {
	n, l := len(a), ring.PackedLen(len(a), int(t))
	c, toP1, toP2 := p.words(n), p.words(n+l), p.words(l)
	p.fillPrev(c)
	ring.Sub(toP1[:n], local, c)
	p.orWrapOffer(p.fillPrev, a, t, own, toP1[n:])
	p.orWrapOffer(p.fillNext, a, t, next, toP2)
	ring.Add(own, own, c)
	ring.Add(next, next, toP1[:n])
	p.send(p.next(), classSelection, masked{toP1})
	p.send(p.prev(), classSelection, masked{toP2})
	p.free(c)
}

// orWrapOffer draws ρ·2^(64−t) and pads, and packs a minus the pads. Local.
func (p *Party) orWrapOffer(draw func([]uint64), a []uint64, t uint, rho, offer []uint64) {
	l := len(offer)
	packed, pads := p.words(2*l), p.words(len(a))
	draw(packed)
	unpackHigh(rho, packed[:l], t)
	ring.UnpackBits(pads, packed[l:], int(t))
	ring.Sub(pads, a, pads)
	packHidden(offer, pads, packed[l:], t)
	p.free(packed)
	p.free(pads)
}

// orWrapChoice is P1 or P2: b holds the top bits of r. It sends the other its
// part of the pads and writes ρ and m, times 2^(64−t). The first `head` words of
// P0's message are added to ρ: the term that P0 shares with P1.
func (p *Party) orWrapChoice(draw func([]uint64), other, sender, head int, b []uint64, t uint, rho, m []uint64) {
	l := ring.PackedLen(len(b), int(t))
	packed, part := p.words(2*l), p.words(len(b))
	draw(packed)
	ring.Neg(b, b) // all ones where the bit is set
	ring.UnpackBits(rho, packed[:l], int(t))
	out := p.words(l)
	chosenPart(part, packed[l:], b, rho, t)
	packHidden(out, part, packed[:l], t)
	p.send(other, classSelection, masked{out})
	p.free(packed)

	in := p.recv(sender, head+l)
	chosenPart(m, in[head:], b, rho, t)
	help := p.recv(other, l)
	ring.UnpackBits(part, help, int(t))
	ring.Add(m, m, part)
	ring.ShiftLeft(m, m, 64-t)
	ring.ShiftLeft(rho, rho, 64-t)
	ring.Add(rho[:head], rho[:head], in[:head])
	for _, w := range [][]uint64{part, in, help} {
		p.free(w)
	}
}

// chosenPart writes b·x − ρ for packed t-bit x and a mask b. Local.
func chosenPart(dst, x, b, rho []uint64, t uint) {
	ring.UnpackBits(dst, x, int(t))
	ring.And(dst, dst, b)
	ring.Sub(dst, dst, rho)
}

// packHidden packs t-bit values that are under a pad of as many words.
func packHidden(dst, v, pad []uint64, t uint) {
	ring.PackBits(dst, v, int(t))
	hideRest(dst, len(v), pad, t)
}

// hideRest puts the last bits of a pad where n packed t-bit values leave room, so that
// no part of a message is constant.
func hideRest(dst []uint64, n int, pad []uint64, t uint) {
	if used := uint(n) * t % 64; used > 0 {
		last := len(dst) - 1
		dst[last] |= pad[last] >> used << used
	}
}

// unpackHigh writes packed t-bit values, each times 2^(64−t).
func unpackHigh(dst, packed []uint64, t uint) {
	ring.UnpackBits(dst, packed, int(t))
	ring.ShiftLeft(dst, dst, 64-t)
}
