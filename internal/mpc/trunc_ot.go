package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// orWrap is the OR-wrap truncation in one round, for x' = s + r < 2^63:
//
//	y = (s>>t) + (r>>t) − 2^(64−t)·(a + b − a·b) + constant
//
// with a = msb(s), b = msb(r).
//
// With ρ_1 = PRG(P0–P1), ρ_2 = PRG(P0–P2) in Z_2^t, P0 offers the two messages
// m_j = j·a − ρ_1 − ρ_2 mod 2^t, of which P1 and P2 both get m_b = ab − ρ_1 − ρ_2:
//
//	P0 → P1: m_0 ^ w_0, m_1 ^ w_1   with w = PRG(P0–P2)
//	P2 → P1: w_b
//	P0 → P2: m_0 ^ u_0, m_1 ^ u_1   with u = PRG(P0–P1)
//	P1 → P2: u_b
//
// so that ab = ρ_2 + ρ_1 + m_b is replicated. In the same round P0 shares its
// local term with P1. These are two three-party oblivious transfers of [ABY3,
// §5.4.1] with the same choice bit. P0 receives nothing; P1 sees one message
// under w, w_b, and m_b, uniform given ρ_2; P2 likewise with u and ρ_1.
//
// Source: ours; argument in docs/protocols/truncation.md.
//
// Cost: 1 round, (64 + 6t)/8 bytes per element in all.
func (p *Party) orWrap(role int, sr []uint64, t uint, constant uint64, own, next []uint64) {
	n := len(sr)
	local := p.words(n)
	p.wrapTerm(role, sr, t, constant, local)
	l := (n*int(t) + 63) / 64
	switch role {
	case 0:
		p.orWrapSender(sr, local, t, l, own, next)
	case 1:
		pads := p.words(3 * l)
		p.fillPrev(pads)
		unpackHigh(own, pads[:l], t)
		p.orWrapChoice(p.next(), p.prev(), sr, pads[l:], t, own, local)
		copy(next, local)
		p.free(pads)
	case 2:
		pads := p.words(n + 3*l)
		p.fillNext(pads)
		unpackHigh(next, pads[n:n+l], t)
		ring.Add(next, next, pads[:n])
		p.orWrapChoice(p.prev(), p.next(), sr, pads[n+l:], t, nil, local)
		copy(own, local)
		p.free(pads)
	}
	p.free(local)
}

// orWrapSender is P0: a holds its top bits, local its term of the result.
func (p *Party) orWrapSender(a, local []uint64, t uint, l int, own, next []uint64) {
	n := len(a)
	toP2, toP1 := p.words(3*l), p.words(n+3*l) // ρ_1, u_0, u_1 and c_0, ρ_2, w_0, w_1
	p.fillNext(toP2)
	p.fillPrev(toP1)
	rho1, rho2 := p.words(n), p.words(n)
	ring.UnpackBits(rho1, toP2[:l], int(t))
	ring.UnpackBits(rho2, toP1[n:n+l], int(t))
	ring.ShiftLeft(next, rho1, 64-t)
	ring.ShiftLeft(own, rho2, 64-t)
	ring.Add(own, own, toP1[:n])
	offers := p.words(2 * l)
	p.packOffers(a, rho1, rho2, t, offers)
	ring.Sub(local, local, toP1[:n])
	ring.Add(next, next, local)
	p.sendOffers(p.next(), local, offers, toP1[n+l:])
	p.sendOffers(p.prev(), nil, offers, toP2[l:])
	for _, w := range [][]uint64{toP2, toP1, rho1, rho2, offers} {
		p.free(w)
	}
}

// packOffers packs m_0 = −ρ_1 − ρ_2 and m_1 = m_0 + a, t bits each; rho1 and
// rho2 are overwritten.
func (p *Party) packOffers(a, rho1, rho2 []uint64, t uint, offers []uint64) {
	l := len(offers) / 2
	ring.Add(rho1, rho1, rho2)
	ring.Neg(rho1, rho1)
	ring.PackBits(offers[:l], rho1, int(t))
	ring.Add(rho1, rho1, a)
	ring.PackBits(offers[l:], rho1, int(t))
}

// sendOffers sends head, already under a pad, and the offers under pads.
func (p *Party) sendOffers(to int, head, offers, pads []uint64) {
	out := p.words(len(head) + len(offers))
	copy(out, head)
	ring.Xor(out[len(head):], offers, pads)
	p.send(to, classSelection, masked{out})
}

// orWrapChoice is P1 or P2: b holds the top bits of r. It helps the other with
// the pad of its choice, opens its own, and adds 2^(64−t)·m_b to sum. head, if
// not nil, gets the term that P0 shares with P1.
func (p *Party) orWrapChoice(other, sender int, b, pads []uint64, t uint, head, sum []uint64) {
	l := len(pads) / 2
	choice := p.words(l)
	ring.Neg(b, b) // all ones where the bit is set
	ring.PackBits(choice, b, int(t))
	out := p.words(l)
	choose(out, choice, pads[:l], pads[l:])
	p.send(other, classSelection, masked{out})
	in := p.recv(sender, len(head)+2*l)
	if head != nil {
		ring.Add(head, head, in[:len(head)])
	}
	offers := in[len(head):]
	choose(offers[:l], choice, offers[:l], offers[l:])
	pad := p.recv(other, l)
	ring.Xor(pad, pad, offers[:l])
	unpackHigh(b, pad, t)
	ring.Add(sum, sum, b)
	p.free(pad)
	p.free(in)
	p.free(choice)
}

// choose writes x_0 where mask is 0 and x_1 where it is 1, bit by bit.
func choose(dst, mask, x0, x1 []uint64) {
	for i, m := range mask {
		dst[i] = x0[i] ^ m&(x0[i]^x1[i])
	}
}

// unpackHigh writes packed t-bit values, each times 2^(64−t).
func unpackHigh(dst, packed []uint64, t uint) {
	ring.UnpackBits(dst, packed, int(t))
	ring.ShiftLeft(dst, dst, 64-t)
}

// orWrapTwoRounds is the OR-wrap truncation in its published form: P0 shares
// its local term and a; P1 and P2 multiply their summand of a by b and share
// the products.
//
// Source: [Keller25]; MP-SPDZ Rep3 trunc_pr_finish.
//
// Cost: 2 rounds, 32 bytes per element in all.
func (p *Party) orWrapTwoRounds(role int, sr []uint64, t uint, constant uint64, own, next []uint64) {
	n := len(sr)
	local, ab := p.words(n), p.words(2*n)
	aOwn, aNext := p.words(2*n), p.words(2*n)
	p.wrapTerm(role, sr, t, constant, local)
	both := p.words(2 * n)
	copy(both, local)
	copy(both[n:], sr)
	p.inputPivot(role, both, aOwn, aNext)
	switch role {
	case 1:
		ring.Mul(ab[:n], aOwn[n:], sr)
	case 2:
		ring.Mul(ab[:n], aNext[n:], sr)
	}
	p.inputPair(role, ab[:n], own, next)
	ring.ShiftLeft(own, own, 64-t)
	ring.ShiftLeft(next, next, 64-t)
	ring.Add(own, own, aOwn[:n])
	ring.Add(next, next, aNext[:n])
	switch role {
	case 1:
		ring.Add(next, next, local)
	case 2:
		ring.Add(own, own, local)
	}
	for _, w := range [][]uint64{local, ab, aOwn, aNext, both} {
		p.free(w)
	}
}
