package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// headroom is the power of two that bounds what a truncation accepts:
// |x| < 2^headroom. Within it, the OR-wrap never errs by more than rounding.
const headroom = 62

// Trunc returns [x / 2^t], rounded as the session's options say, for
// |x| < 2^62. Stochastic: y = ⌊x/2^t⌋ or ⌊x/2^t⌋+1 with E[y] = x/2^t, error
// below one unit. Exact: nearest, ties up, for −2^62 ≤ x < 2^62 − 2^(t−1).
//
// Protocol (stochastic, "OR-wrap"): x' = x + 2^62 = s + r with s known to P0
// and r to P1 and P2. Since x' < 2^63, the sum wraps iff either top bit is set,
// so with a = msb(s−1), b = msb(r) and logical shifts
//
//	y = ((s−1)>>t) + (r>>t) − 2^(64−t)·(a + b − a·b) − 2^(62−t) + 1
//
// Only a·b, mod 2^t, needs talking: see orWrap and, for long vectors and where
// bytes count for more than rounds, orWrapTwoRounds. The rounding bit is a
// function of x and of r; docs/protocols/truncation.md has the functionality.
//
// Source: [Keller25], MP-SPDZ Rep3 trunc_pr; a·b by forms of our own.
//
// Cost: stochastic 1 round, (64 + 4t)/8 bytes per element in all, or 2 rounds,
// (65 + 2t)/8 bytes; exact see truncExact.
func (p *Party) Trunc(x Arith, t uint) Arith {
	a := p.arith(x)
	p.checkShift(t)
	y, c := p.newArith(len(a.own))
	wrap := p.opts.wrapForm(len(a.own), t)
	p.spread(len(a.own), func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		q.splitSum(role, a.own[lo:hi], a.next[lo:hi], sr)
		q.truncSum(wrap, role, sr, t, c.own[lo:hi], c.next[lo:hi])
		q.free(sr)
	})
	return y
}

// TruncProduct returns [z / 2^t] from summands, without resharing them first:
// with u and r from the key of P1 and P2, P1 sends z_1 − u and P2 sends
// z_2 + u − r to P0, which then holds s = z − r, and the truncation goes on as
// [Party.Trunc]. P0's view is uniform: it knows neither u nor r, which are
// independent.
//
// Source: ours; argument in docs/protocols/truncation.md.
//
// Cost: as [Party.Trunc], and 1 round and 16 bytes per element in all before.
func (p *Party) TruncProduct(z Product, t uint) Arith {
	a := p.product(z)
	p.checkShift(t)
	y, c := p.newArith(len(a.sum))
	wrap := p.opts.wrapForm(len(a.sum), t)
	p.spread(len(a.sum), func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		q.gatherSum(role, a.sum[lo:hi], sr)
		q.truncSum(wrap, role, sr, t, c.own[lo:hi], c.next[lo:hi])
		q.free(sr)
	})
	return y
}

func (s *session) checkShift(t uint) {
	if t < 1 || t >= headroom {
		s.Fail(fmt.Errorf("truncation: got a shift of %d bits, want 1 to %d", t, headroom-1))
	}
}

// splitSum writes this role's half of x = s + r: s = x_0 + x_1 at P0, r = x_2
// at P1 and P2. Local.
func (p *Party) splitSum(role int, own, next, dst []uint64) {
	switch role {
	case 0:
		ring.Add(dst, own, next)
	case 1:
		copy(dst, next)
	case 2:
		copy(dst, own)
	}
}

// gatherSum turns summands into this role's half of z = s + r; see
// [Party.TruncProduct]. P0, who receives, lacks the key of P1 and P2.
func (p *Party) gatherSum(role int, z, dst []uint64) {
	switch role {
	case 0:
		first, second := p.recv(p.next(), len(dst)), p.recv(p.prev(), len(dst))
		for lo, hi := range blocks(len(dst)) {
			ring.Add(dst[lo:hi], z[lo:hi], first[lo:hi])
			ring.Add(dst[lo:hi], dst[lo:hi], second[lo:hi])
		}
		p.free(first)
		p.free(second)
	case 1:
		out := p.words(len(z))
		p.fillNext(out)
		p.fillNext(dst)
		ring.Sub(out, z, out)
		p.send(p.prev(), classProduct, masked{out})
	case 2:
		out := p.words(len(z))
		p.fillPrev(out)
		p.fillPrev(dst)
		ring.SubAdd(out, out, dst, z)
		p.send(p.next(), classProduct, masked{out})
	}
}

// wrapForm is one way to do the OR-wrap, see orWrap. It overwrites sr.
type wrapForm func(p *Party, role int, sr []uint64, t uint, constant uint64, own, next []uint64)

// truncSum truncates s + r by t bits, exactly or in one of the stochastic forms;
// sr is this role's half and is overwritten.
func (p *Party) truncSum(wrap wrapForm, role int, sr []uint64, t uint, own, next []uint64) {
	if p.opts.Rounding == Exact {
		p.truncExact(role, sr, t, own, next)
		return
	}
	if role == 0 {
		ring.AddScalar(sr, sr, 1<<headroom-1)
	}
	wrap(p, role, sr, t, 1-1<<(headroom-t), own, next)
}

// wrapTerm writes the part of the result that this role knows alone to local:
// (v>>t) − 2^(64−t)·msb(v), and the constant at P0. It leaves the top bits in
// sr. Local.
func (p *Party) wrapTerm(role int, sr []uint64, t uint, constant uint64, local []uint64) {
	ring.ShiftRightArith(local, sr, t)
	ring.ShiftRight(sr, sr, 63)
	if role == 0 {
		ring.AddScalar(local, local, constant)
	}
}
