package mpc

import "fmt"

// Sqrt returns [√x] at the scale of x for 0 ≤ x < 2^14. Outside has bits that are
// set if some are not, as long as |x| < 2^15.
//
// Protocol: x = S·2^k by normalise, √S by a polynomial, and √x = √S·2^(k/2), with one
// number for the low digit of k and one for the high digit.
//
// Source: SPU f_rsqrt; see docs/protocols/normalisation.md.
//
// Error: below √x·2^−20 and the rounding to the scale.
//
// Cost: see [Costs.Sqrt]: at most 28 rounds at a scale of 16.
func Sqrt(e Engine, x Arith, scale int) (y Arith, outside Bits) {
	width := functionWidth(e, "square root", scale)
	d := cut(width - 2)
	odd := (scale + d.offset) % 2
	v := normalise(
		e, x, width, false,
		d.list(func(m int) uint64 { return halfPower(m-odd, normalScale) }, zero),
		d.list(zero, func(h int) uint64 { return 1 << (4 * h) }),
	)
	root := polynomial(e, sqrtPolynomial(), v.fraction(e), normalScale)
	root = e.TruncProduct(e.Mul(root, v.sums[0]), normalScale)
	shift := normalScale + (scale+d.offset-odd)/2 - scale
	y = e.TruncProduct(e.Mul(root, v.sums[1]), uint(shift))
	return y, e.ConcatBits(v.negative, v.at[v.top])
}

// fraction returns S − 1. Local.
func (n normal) fraction(e Engine) Arith {
	return e.AddConstants(n.sum, []uint64{^uint64(1<<normalScale) + 1})
}

// invSqrtWidth is the width of what [InvSqrt] takes.
const invSqrtWidth = 62

// rootScale is the scale of 1/√x before the high digit of its exponent counts.
const rootScale = 28

// InvSqrt returns [1/√x] at scale `to` for x at scale `from`, 0 to 60, whose words
// are 1 to 2^60 − 1. Outside has bits that are set if some are not.
//
// Protocol: as [Sqrt], with 2^(−k/2).
//
// Source: SPU f_rsqrt; see docs/protocols/normalisation.md.
//
// Error: below 2^−20/√x and the rounding to the scale.
//
// Cost: see [Costs.InvSqrt]: at most 30 rounds.
func InvSqrt(e Engine, x Arith, from, to int) (y Arith, outside Bits) {
	d := cut(invSqrtWidth - 2)
	odd := (from + d.offset) % 2
	shift := rootScale + 4*d.highest - to - (from+d.offset-odd)/2
	if from < 0 || from > 60 || to < 0 || shift < 1 {
		e.Fail(fmt.Errorf("inverse square root: got scales %d and %d, want 0 to 60 and a smaller result", from, to))
	}
	v := normalise(
		e, x, invSqrtWidth, false,
		d.list(func(m int) uint64 { return halfPower(odd-m, rootScale) }, zero),
		d.list(zero, func(h int) uint64 { return 1 << (4 * (d.highest - h)) }),
	)
	root := polynomial(e, invSqrtPolynomial(), v.fraction(e), normalScale)
	root = e.TruncProduct(e.Mul(root, v.sums[0]), normalScale)
	y = e.TruncProduct(e.Mul(root, v.sums[1]), uint(shift))
	return y, e.ConcatBits(v.negative, v.at[v.top], e.Not(v.within(e, 0, v.top)))
}

// halfPower returns 2^(i/2) at a scale, rounded, for scales from 4 to 28 and i from
// −8 to 8.
func halfPower(i, scale int) uint64 {
	const root2 = 0xb504f333f9de6484 // √2·2^63
	if i%2 == 0 {
		return 1 << (scale + i/2)
	}
	return roundShift(root2, uint64(63-scale-(i-1)/2))
}
