package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// A narrow sharing is one mod 2^32: of an [Arith] only the low 32 bits of every
// word count. Linear operations leave it so, comparisons in at most 32 bits work
// on it as it is, and messages carry half the bytes. [Party.Widen] makes it an
// ordinary one.
const narrowBits = 32

// Rounding says how this session rounds.
func (s *session) Rounding() Rounding { return s.opts.Rounding }

// Narrow returns [z / 2^t] mod 2^32 from summands, for t up to 32: at most 1.5
// units off, with a mean error of 1.5/2^t units (whatever the session's rounding),
// and never wrong by more, for |z| < 2^63.
//
// Protocol: with a zero sharing α, server i takes
//
//	v_i = ⌊(z_i + α_i + 2^(t−1)) / 2^t⌋ mod 2^32
//
// and sends it to server i−1, as in [Party.Reshare]. In the integers Σ (z_i + α_i)
// is z + c·2^64, and c·2^(64−t) is 0 mod 2^32, so
//
//	Σ v_i = z/2^t + Σ (1/2 − l_i/2^t)   mod 2^32
//
// with l_i the low t bits of z_i + α_i + 2^(t−1): three numbers above −1/2 and at
// most 1/2, any two of them independent and uniform.
//
// Source: ours; the local truncation of [ABY3, §5.1], whose error is a multiple of
// 2^(64−t), in a ring where that is 0. Argument in docs/protocols/narrow.md.
//
// Cost: 1 round, 12 bytes per element in all.
func (p *Party) Narrow(z Product, t uint) Arith {
	a := p.product(z)
	p.checkNarrow(t)
	y, c := p.newArith(len(a.sum))
	p.spread(len(a.sum), func(q *Party, _, lo, hi int) {
		q.narrow(a.sum[lo:hi], t, c.own[lo:hi], c.next[lo:hi])
	})
	return y
}

// narrow is Narrow of a few summands. What server i−1 gets is under the key of
// servers i and i+1; of an odd number, so is the half word that is left over.
func (p *Party) narrow(z []uint64, t uint, own, next []uint64) {
	n := len(z)
	pad, out := p.words(n+n%2), p.words(ring.PackedLen(n, narrowBits))
	p.fillPrev(own)
	p.fillNext(pad)
	for lo, hi := range blocks(n) {
		v := own[lo:hi]
		ring.SubAdd(v, v, pad[lo:hi], z[lo:hi])
		ring.AddScalar(v, v, 1<<(t-1))
		ring.ShiftRight(v, v, t)
		ring.PackBits(packedPart(out, lo, hi, narrowBits), v, narrowBits)
	}
	hideRest(out, n, pad[len(pad)-len(out):], narrowBits)
	p.free(pad)
	p.send(p.prev(), classProduct, masked{out})
	p.takeNarrow(p.next(), next)
}

func (s *session) checkNarrow(t uint) {
	if t < 1 || t > narrowBits {
		s.Fail(fmt.Errorf("narrow truncation: got a shift of %d bits, want 1 to %d", t, narrowBits))
	}
}

// takeNarrow unpacks the next message of server from to dst.
func (p *Party) takeNarrow(from int, dst []uint64) {
	in := p.recv(from, ring.PackedLen(len(dst), narrowBits))
	ring.UnpackBits(dst, in, narrowBits)
	p.free(in)
}

// Widen returns a narrow sharing of numbers |x| < 2^30 as one mod 2^64, exactly.
//
// Protocol: the OR-wrap of [Party.Trunc] on 2^32·(x + 2^30), whose low bits are 0,
// so that nothing is rounded.
//
// Source: composition; see docs/protocols/narrow.md.
//
// Cost: 1 round, 24 bytes per element in all, or 2 rounds, 16⅛ bytes.
func (p *Party) Widen(x Arith) Arith {
	a := p.arith(x)
	y, c := p.newArith(len(a.own))
	wrap := p.opts.wrapForm(len(a.own), narrowBits)
	p.spread(len(a.own), func(q *Party, pivot, lo, hi int) {
		role := q.role(pivot)
		sr := q.words(hi - lo)
		for i, j := range blocks(hi - lo) {
			s := sr[i:j]
			q.splitSum(role, a.own[lo+i:lo+j], a.next[lo+i:lo+j], s)
			if role == 0 {
				ring.AddScalar(s, s, 1<<widenBits)
			}
			ring.ShiftLeft(s, s, 64-narrowBits)
		}
		wrap(q, role, sr, narrowBits, 1<<64-1<<widenBits, c.own[lo:hi], c.next[lo:hi])
		q.free(sr)
	})
	return y
}

// widenBits bounds what can be widened: |x| < 2^widenBits.
const widenBits = narrowBits - 2

// BitDotNarrow is [Party.BitDot] for narrow values; the result is narrow.
//
// Source: as BitDot, with numbers of 32 bits; see docs/protocols/narrow.md.
//
// Cost: 2 rounds, 8J + 8 bytes per element in all. Where BitDot takes one round,
// so does this, for the same bytes.
func (p *Party) BitDotNarrow(bs []Bits, xs []Arith) Arith {
	n := p.checkTerms(bs, xs)
	z, c := p.newArith(n)
	bitDot := p.opts.narrowBitDot(n, len(bs))
	p.spread(n, func(q *Party, pivot, lo, hi int) {
		bitDot(q, q.role(pivot), bs, xs, lo, hi, c.own[lo:hi], c.next[lo:hi])
	})
	return z
}

// narrowBitDot chooses the form for so many elements and terms.
func (o Options) narrowBitDot(n, terms int) bitDotForm {
	if o.bitDotOnce(n, terms) {
		return (*Party).bitDotOnce
	}
	return (*Party).bitDotNarrow
}
