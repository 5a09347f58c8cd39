package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// ExpOut is the scale of what [Party.Exp] gives for exponents up to 0.
const ExpOut = 60

// The least exponents of [Party.Exp], with top 0 and above.
const (
	expLeast     = -16
	expLeastWide = -24
)

// maxExpTop is the largest top of [Party.Exp].
const maxExpTop = 15

// powers is the shape of [Party.Exp]: a ring element stands for an exponent
// x/2^in of 2, with digits values of the digit of weight 8, mod 8·digits. P0's
// numbers have `offer` fraction bits, those of P1 and P2 what is missing to
// ExpOut. The results are 2^top at the most.
type powers struct{ digits, in, offer, top int }

func powersFor(top int) powers {
	if top == 0 {
		return powers{digits: 4, in: 59, offer: 34}
	}
	return powers{digits: 8, in: 58, offer: 40, top: top}
}

// Exp returns [y] with y/2^(60−top) = e^v, element by element, for v = x/2^scale
// and scale at most 30. With top = 0 it takes −16 ≤ v ≤ 0 and is off by less than
// 2^−25; with top up to 15, −24 ≤ v ≤ top·ln 2, and is off by less than
// e^v·2^−20 + 2^(top−32). Outside of that range the result is arbitrary.
//
// Protocol: t = v·log2(e) − top − 2^−in is a public function of x, negative, held
// mod 8D with D = 4 or 8, and in = 59 or 58. Let t = s + r with s known to P0 and r
// to P1 and P2. Cut both into a digit of weight 8 and a rest, s = 8·(a + s') and
// r = 8·(b + r') with a, b < D and s', r' < 1. Whether or not the rests carry,
//
//	2^t = 2^(8s')·2^(8r')·2^(8n)   n = (a + b mod D) − D
//
// For each digit k that b may be P0 offers T_k = 2^(8s' + 8((a + k) mod D) − 8D), and
// P1 and P2 have the factors f_k = [b = k]·2^(8r'). Then y = Σ_k f_k·T_k, by
// sumOffers.
//
// Source: ours; argument in docs/protocols/exponential.md.
//
// Cost: 1 round, 80 bytes per element in all with top = 0, else 144.
func (p *Party) Exp(x Arith, scale, top int) Arith {
	a := p.arith(x)
	e, factor := p.powers(scale, top)
	y, c := p.newArith(len(a.own))
	p.spread(len(a.own), func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		q.splitSum(role, a.own[lo:hi], a.next[lo:hi], sr)
		ring.Scale(sr, sr, factor)
		q.exp2(role, sr, e, c.own[lo:hi], c.next[lo:hi])
		q.free(sr)
	})
	return y
}

// powers returns the shape for exponents of e at a scale, and what those are
// multiplied with, to be exponents of 2 at the scale inside: log2(e), rounded.
func (s *session) powers(scale, top int) (e powers, factor uint64) {
	const log2e = 0xb8aa3b295c17f0bc // log2(e)·2^63
	if scale < 0 || scale > 30 || top < 0 || top > maxExpTop {
		s.Fail(fmt.Errorf("exponential: got a scale of %d and powers up to 2^%d, want 0 to 30 and up to 2^%d", scale, top, maxExpTop))
	}
	e = powersFor(top)
	return e, roundShift(log2e, uint64(63+scale-e.in))
}

// exp2 shares 2^t for t = s + r, sr being this role's half before top is taken
// away.
func (p *Party) exp2(role int, sr []uint64, e powers, own, next []uint64) {
	n := len(sr)
	t, v := p.words(e.digits*n), p.words(n)
	if role == 0 {
		ring.AddScalar(sr, sr, -(uint64(e.top)<<e.in + 1))
		e.offers(t, sr)
	} else {
		e.factors(t, sr)
	}
	clear(v)
	p.sumOffers(role, t, v, own, next)
	p.free(t)
	p.free(v)
}

// offers writes T_k for all k, one vector after another. Local.
func (e powers) offers(t, s []uint64) {
	n := len(s)
	for i, v := range s {
		for k := range e.digits {
			t[k*n+i] = e.at(v+uint64(k)<<(e.in+3), 8*e.digits, e.offer)
		}
	}
}

// factors writes f_k for all k, one vector after another. Local.
func (e powers) factors(f, r []uint64) {
	n := len(r)
	for i, v := range r {
		w := e.at(v&(1<<(e.in+3)-1), 0, ExpOut-e.offer)
		for k := range e.digits {
			f[k*n+i] = w & isEqual(v>>(e.in+3), uint64(k))
		}
	}
}

// isEqual returns all ones where a = b, for numbers below 2^63, else 0.
func isEqual(a, b uint64) uint64 { return sign((a ^ b) - 1) }
