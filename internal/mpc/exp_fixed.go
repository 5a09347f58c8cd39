package mpc

import mathbits "math/bits"

// at returns 2^(x/2^in − less)·2^scale, x unsigned, rounded to the nearest
// integer, with a relative error below 2^−39 before rounding. All servers compute
// it in integers, so that it is the same on every processor, and without a branch
// or an index that depends on x. x/2^in + scale − less must be below 62.
func (e powers) at(x uint64, less, scale int) uint64 {
	whole, rest := x>>e.in, x<<(64-e.in)
	return roundShift(mantissa(rest), uint64(62+less-scale)-whole)
}

// roundShift returns x/2^s rounded to the nearest, ties up, for s from 1 on; 0
// for s > 63.
func roundShift(x, s uint64) uint64 {
	half := (s - 1) & 63
	keep := ^sign(63 - s) // all ones for s ≤ 63
	return (x>>half + 1) >> 1 & keep
}

// mantissa returns 2^(62 + x/2^64) to within 2^−39 of itself, by a polynomial that
// agrees with 2^φ at the Chebyshev points of [0,1].
func mantissa(x uint64) uint64 {
	const (
		c0 = 4611686018432294299
		c1 = 3196577160506158409
		c2 = 1107849244541036810
		c3 = 255967305710973848
		c4 = 44356896086337577
		c5 = 6145859823174235
		c6 = 715635617017672
		c7 = 65271195596925
		c8 = 8644936927559
	)
	y := c7 + high(c8, x)
	y = c6 + high(y, x)
	y = c5 + high(y, x)
	y = c4 + high(y, x)
	y = c3 + high(y, x)
	y = c2 + high(y, x)
	y = c1 + high(y, x)
	return c0 + high(y, x)
}

// high returns x·y/2^64, rounded down.
func high(x, y uint64) uint64 {
	h, _ := mathbits.Mul64(x, y)
	return h
}
