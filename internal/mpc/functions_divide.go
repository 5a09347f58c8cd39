package mpc

import "fmt"

// rangeBits bounds the numbers of functions at a scale: |x| < 2^rangeBits; their
// words are below 2^(scale + rangeBits), and a comparison of twice as much takes
// scale + rangeBits + 2 bits.
const rangeBits = 14

// functionWidth returns the width of the numbers of a function, and fails if
// there is no room for them.
func functionWidth(e Engine, name string, scale int) int {
	if scale < 4 || scale > 20 {
		e.Fail(fmt.Errorf("%s: got a scale of %d, want 4 to 20", name, scale))
	}
	return scale + rangeBits + 2
}

// Reciprocal returns [1/x] at the scale of x for 2^−14 ≤ |x| < 2^14, and at least
// twice the least number of the scale. Outside has bits that are set if some |x|
// are below 2^−15, 0, or 2^14 or more, as long as |x| < 2^15. (Down to 2^−15 the
// result is right.)
//
// Protocol: |x| = S·2^k by normalise, 1/S by Goldschmidt's iteration for numbers
// in [1, 2], and 1/x = ±(1/S)·2^−k.
//
// Source: [CS10]; see docs/protocols/normalisation.md.
//
// Error: below 2^−20/|x| and the rounding to the scale.
//
// Cost: see [Costs.Reciprocal]: at most 28 rounds at a scale of 16.
func Reciprocal(e Engine, x Arith, scale int) (y Arith, outside Bits) {
	v := normalise(e, x, functionWidth(e, "reciprocal", scale), true)
	r := reciprocalOf(e, v.sum)
	shift := v.top + normalScale - 2*scale
	return e.TruncProduct(e.Mul(r, v.scaled), uint(shift)), v.notDivisor(e, scale)
}

// reciprocalOf returns 1/S for S in [1, 2], both at normalScale.
func reciprocalOf(e Engine, sum Arith) Arith {
	r, _ := planFor(2, 22).reciprocal(e, sum)
	return r
}

// notDivisor returns bits that are set where |x| is not from 2^−15 to 2^14, where a
// negative one may be 2^−scale nearer to 0. Local.
func (n normal) notDivisor(e Engine, scale int) Bits {
	return e.Not(n.within(e, scale-rangeBits-1, n.top-1))
}

// Divide returns [x/y] for numbers at one scale, at that scale, with |x| < 2^14 and
// y as for [Reciprocal], and |x/y| < 2^14. Outside has bits that are set if
// something is not, as long as |x|, |y| < 2^15.
//
// Protocol: as [Reciprocal], x multiplied by 1/S first. That the quotient is in
// range is found by comparing x with ±2^14·y.
//
// Error: below |x/y|·2^−20 + 2^−scale and the rounding to the scale.
//
// Cost: see [Costs.Divide].
func Divide(e Engine, x, y Arith, scale int) (q Arith, outside Bits) {
	width := functionWidth(e, "division", scale)
	v := normalise(e, y, width, true)
	spare := spareBits(v.top)
	r := reciprocalOf(e, v.sum)
	part := e.TruncProduct(e.Mul(x, r), uint(normalScale-spare))
	q = e.TruncProduct(e.Mul(part, v.scaled), uint(v.top+spare-scale))
	return q, e.ConcatBits(v.notDivisor(e, scale), tooLarge(e, x, y, v.negative))
}

// spareBits returns how many bits more than x the quotient x/S may have, so that
// it can be multiplied by 2^top.
func spareBits(top int) int { return min(headroom-rangeBits-top-1, normalScale-1) }

// tooLarge returns bits that are set if some |x| ≥ 2^14·|y|, for words below 2^48.
func tooLarge(e Engine, x, y Arith, negative Bits) Bits {
	limit := e.ShiftLeft(e.Select(negative, e.Neg(y), y), rangeBits)
	limit = e.AddConstants(limit, []uint64{^uint64(0)}) // |x| ≤ limit is what is wanted
	return e.Negative(e.Concat(e.Sub(limit, x), e.Add(limit, x)), 64)
}
