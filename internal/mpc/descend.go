package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Descent is a vector of weights w with the summands of its gradient g, and the
// public factors of both in a step; see [Party.Descend].
type Descent struct {
	W           Arith
	Gradient    Product
	Rate, Decay uint64
}

// Descend does one step of gradient descent with momentum, in place, on vectors
// of weights w_j and on u, which holds their velocities one after another:
//
//	u_j ← (rate_j·g_j + decay_j·w_j + momentum·u_j) / 2^t,   w_j ← w_j − u_j
//
// It is a [Party.TruncProduct] of that sum, done chunk by chunk, so that every
// number is fetched from memory once.
//
// Cost: as [Party.TruncProduct].
func (p *Party) Descend(parts []Descent, u Arith, momentum uint64, t uint) {
	v := p.arith(u)
	p.checkShift(t)
	p.checkParts(parts, len(v.own))
	p.change(v)
	for _, d := range parts {
		p.change(p.arith(d.W))
	}
	wrap := p.opts.wrapForm(len(v.own), t)
	p.spread(len(v.own), func(q *Party, pivot, lo, hi int) {
		own, next := v.own[lo:hi], v.next[lo:hi]
		sum, sr := q.words(hi-lo), q.words(hi-lo)
		q.eachPart(parts, lo, hi, func(d Descent, from, to, at int) {
			g, w, s, u := q.product(d.Gradient).sum[from:to], q.arith(d.W).own[from:to], sum[at:][:to-from], own[at:][:to-from]
			for i, j := range blocks(to - from) {
				ring.Scale(s[i:j], g[i:j], d.Rate)
				if d.Decay != 0 {
					ring.ScaleAdd(s[i:j], w[i:j], d.Decay)
				}
				if momentum != 0 {
					ring.ScaleAdd(s[i:j], u[i:j], momentum)
				}
			}
		})
		role := q.role(pivot)
		q.gatherSum(role, sum, sr)
		q.truncSum(wrap, role, sr, t, own, next)
		q.eachPart(parts, lo, hi, func(d Descent, from, to, at int) {
			w := q.arith(d.W)
			ring.Sub(w.own[from:to], w.own[from:to], own[at:at+to-from])
			ring.Sub(w.next[from:to], w.next[from:to], next[at:at+to-from])
		})
		q.free(sum)
		q.free(sr)
	})
}

// checkParts fails unless the parts have n elements together, and each as many
// weights as gradients.
func (s *session) checkParts(parts []Descent, n int) {
	sum := 0
	for _, d := range parts {
		m := len(s.arith(d.W).own)
		s.sameLen("descend: gradient", len(s.product(d.Gradient).sum), m)
		sum += m
	}
	if sum != n {
		s.Fail(fmt.Errorf("descend: got %d weights and a velocity of %d, want as many", sum, n))
	}
}

// eachPart calls body for what lies in [lo,hi) of the parts one after another:
// elements from to to−1 of a part, which begin at lo + at.
func (s *session) eachPart(parts []Descent, lo, hi int, body func(d Descent, from, to, at int)) {
	begin := 0
	for _, d := range parts {
		end := begin + len(s.arith(d.W).own)
		if a, b := max(lo, begin), min(hi, end); a < b {
			body(d, a-begin, b-begin, a-lo)
		}
		begin = end
	}
}
