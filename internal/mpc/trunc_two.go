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
	local := p.words(len(sr))
	p.wrapTerm(role, sr, t, constant, local)
	switch role {
	case 0:
		p.orWrapFlip(sr, local, t, own, next)
	case 1:
		p.orWrapRelay(sr, local, t, own, next)
	case 2:
		p.orWrapHelp(sr, local, t, own, next)
	}
	p.free(local)
}

// orWrapFlip is P0: a holds its top bits, local its term of the result.
func (p *Party) orWrapFlip(a, local []uint64, t uint, own, next []uint64) {
	n, l := len(a), ring.PackedLen(len(a), int(t))
	pads, term, out := p.words(l+wordsFor(n)), p.words(n), p.words(n+wordsFor(n))
	p.fillPrev(own)
	p.fillPrev(pads)
	flipped := out[n:]
	ring.PackBits(flipped, a, 1)
	ring.Xor(flipped, flipped, pads[l:])
	ring.UnpackBits(a, flipped, 1)
	ring.UnpackBits(term, pads[:l], int(t))
	ring.NegUnless(term, term, a) // −(1 − 2a')·π
	ring.ShiftLeftAdd(local, term, local, 64-t)
	ring.Sub(out[:n], local, own)
	copy(next, out)
	p.send(p.next(), classSelection, masked{out})

	p.fillNext(pads[:l])
	ring.UnpackBits(term, pads[:l], int(t))
	ring.ShiftLeftAdd(next, term, next, 64-t)
	p.free(pads)
	p.free(term)
}

// orWrapRelay is P1: b holds the top bits of r. P2's part is there first.
func (p *Party) orWrapRelay(b, local []uint64, t uint, own, next []uint64) {
	n, l := len(b), ring.PackedLen(len(b), int(t))
	pad, flip := p.words(l), p.words(n)
	p.fillPrev(pad)
	ring.UnpackBits(own, pad, int(t))
	help := p.recv(p.next(), l)
	ring.UnpackBits(next, help, int(t))

	in := p.recv(p.prev(), n+wordsFor(n))
	ring.UnpackBits(flip, in[n:], 1)
	ring.SubWhere(next, next, b, flip)
	ring.Sub(next, next, own)
	out := p.words(l)
	packHidden(out, next, pad, t)
	p.send(p.next(), classSelection, masked{out})

	ring.ShiftLeftAdd(next, next, local, 64-t)
	ring.ShiftLeftAdd(own, own, in[:n], 64-t)
	for _, w := range [][]uint64{pad, flip, in, help} {
		p.free(w)
	}
}

// orWrapHelp is P2: b holds the top bits of r.
func (p *Party) orWrapHelp(b, local []uint64, t uint, own, next []uint64) {
	n, l := len(b), ring.PackedLen(len(b), int(t))
	pads, part := p.words(l+wordsFor(n)), p.words(n)
	p.fillNext(next)
	p.fillNext(pads)
	ring.UnpackBits(part, pads[l:], 1)
	ring.And(part, part, b)
	ring.UnpackBits(own, pads[:l], int(t))
	ring.Add(part, part, own)
	out := p.words(l)
	packHidden(out, part, pads[:l], t)
	p.send(p.prev(), classSelection, masked{out})
	p.free(pads)
	p.free(part)

	in := p.recv(p.prev(), l)
	ring.UnpackBits(own, in, int(t))
	ring.ShiftLeftAdd(own, own, local, 64-t)
	p.free(in)
}
