package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// The two-round protocols of bits and values have P0 share what it knows, and
// P1 and P2 multiply their components by what both know. The forms in this file
// take one round, for more bytes: P0 hides what it knows from P1 and P2 apart,
// under a pad that the other one knows, and each tells the other its part of the
// pads at once.

// sumOffers shares Σ_k f_k∘T_k + v_1 + v_2, element by element: P0 knows the
// vectors T, P1 and P2 know the factors f, P1 v_1 and P2 v_2 (each passes what
// it knows, P1 and P2 the factors as t). With pads w and a draw ρ_2 from the key
// of P0 and P2, u and ρ_1 from that of P0 and P1:
//
//	P0 → P1: T − w     P2 → P1: f·w + v_2 − ρ_2
//	P0 → P2: T − u     P1 → P2: f·u + v_1 − ρ_1
//
// P1 and P2 both find f·T + v_1 + v_2 − ρ_1 − ρ_2, the third component beside ρ_2
// and ρ_1. Each lacks the key of all that it gets; P0 gets nothing.
//
// Source: ours; the argument is in docs/protocols/bit-times-value.md.
//
// Cost: 1 round, 16 bytes per element of T and 16 per element in all.
func (p *Party) sumOffers(role int, t, v, own, next []uint64) {
	switch role {
	case 0:
		pads := p.words(len(t))
		p.fillPrev(own)
		p.fillPrev(pads)
		p.send(p.next(), classInput, p.hide(t, pads))
		p.fillNext(next)
		p.fillNext(pads)
		p.send(p.prev(), classInput, p.hide(t, pads))
		p.free(pads)
	case 1:
		p.sumOffered(p.fillPrev, p.next(), p.prev(), t, v, own, next)
	case 2:
		p.sumOffered(p.fillNext, p.prev(), p.next(), t, v, next, own)
	}
}

// sumOffered is P1 or P2 in sumOffers.
func (p *Party) sumOffered(draw func([]uint64), other, sender int, factors, v, rho, sum []uint64) {
	pads := p.words(len(factors))
	draw(rho)
	draw(pads)
	copy(sum, v)
	addProducts(sum, factors, pads)
	p.send(other, classInput, p.hide(sum, rho))
	p.free(pads)
	offers := p.recv(sender, len(factors))
	ring.Sub(sum, v, rho)
	addProducts(sum, factors, offers)
	p.free(offers)
	in := p.recv(other, len(sum))
	ring.Add(sum, sum, in)
	p.free(in)
}

// addProducts adds Σ_k f_k∘x_k to sum, for as many vectors as there are.
func addProducts(sum, f, x []uint64) {
	n := len(sum)
	for at := 0; at < len(f); at += n {
		ring.MulAdd(sum, f[at:at+n], x[at:at+n])
	}
}

// bitToArithOnce is bitToArith by sumOffers: T is β, the factor 1 − 2c.
//
// Cost: 1 round, 32 bytes per element in all.
func (p *Party) bitToArithOnce(role int, b *bits, lo int, own, next []uint64) {
	n := len(own)
	bit, t, v := p.words(n), p.words(n), p.words(n)
	p.splitBit(role, b, lo, bit)
	copy(t, bit)
	if role != 0 {
		signOf(t, bit)
	}
	clear(v)
	p.sumOffers(role, t, v, own, next)
	p.addKnown(role, bit, own, next)
	for _, w := range [][]uint64{bit, t, v} {
		p.free(w)
	}
}

// signOf writes 1 − 2c.
func signOf(dst, c []uint64) {
	ring.Scale(dst, c, ^uint64(1)) // −2
	ring.AddScalar(dst, dst, 1)
}

// bitDotOnce is bitDot by sumOffers: T is β_j and β_j·S_j for all j, the factors
// are (1 − 2c_j)·R_j and 1 − 2c_j, and c_j·x is what P1 and P2 add.
//
// Cost: 1 round, 32J + 16 bytes per element in all.
func (p *Party) bitDotOnce(role int, bs []Bits, xs []Arith, lo, hi int, own, next []uint64) {
	n, terms := hi-lo, len(bs)
	t, half, v, known := p.words(2*terms*n), p.words(n), p.words(n), p.words(n)
	clear(v)
	clear(known)
	for j := range bs {
		a, bit, product := p.arith(xs[j]), t[j*n:(j+1)*n], t[(terms+j)*n:(terms+j+1)*n]
		p.splitBit(role, p.bits(bs[j]), lo, bit)
		p.splitSum(role, a.own[lo:hi], a.next[lo:hi], half)
		if role == 0 {
			ring.Mul(product, bit, half)
			continue
		}
		ring.MulAdd(known, bit, half)
		ring.MulAdd(v, bit, shareOfPivot(role, a.own, a.next, lo, n))
		signOf(product, bit)
		ring.Mul(bit, product, half)
	}
	p.sumOffers(role, t, v, own, next)
	p.addKnown(role, known, own, next)
	for _, w := range [][]uint64{t, half, v, known} {
		p.free(w)
	}
}

// shareOfPivot returns the summand of P0's value that P1 (component 1) or P2
// (component 0) may use.
func shareOfPivot(role int, own, next []uint64, at, n int) []uint64 {
	if role == 1 {
		return own[at : at+n]
	}
	return next[at : at+n]
}
