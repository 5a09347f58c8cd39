package mpc

// Log returns [ln x] at the scale of x for 0 < x < 2^14. Outside has bits that are
// set if some are not, as long as |x| < 2^15.
//
// Protocol: x = S·2^k by normalise, ln S by a polynomial, and ln x = ln S + k·ln 2,
// the latter as a sum over the bits of the digits of k.
//
// Source: SPU log_minmax_normalized; see docs/protocols/normalisation.md.
//
// Error: below 2^−20 and the rounding to the scale.
//
// Cost: see [Costs.Log]: at most 25 rounds at a scale of 16.
func Log(e Engine, x Arith, scale int) (y Arith, outside Bits) {
	width := functionWidth(e, "logarithm", scale)
	d := cut(width - 2)
	v := normalise(e, x, width, false, d.list(
		func(m int) uint64 { return ln2Times(m - scale - d.offset) },
		func(h int) uint64 { return ln2Times(8 * h) },
	))
	y = e.Add(polynomial(e, logPolynomial(), v.fraction(e), normalScale), v.sums[0])
	positive := e.And(v.within(e, 0, v.top-1), e.Not(v.negative))
	return e.Trunc(y, uint(normalScale-scale)), e.Not(positive)
}

// ln2Times returns i·ln 2 at normalScale, rounded.
func ln2Times(i int) uint64 {
	const ln2 = 744261118 // ln 2·2^30
	return uint64((int64(i)*ln2 + 1<<5) >> 6)
}

// expTop bounds what [Exponential] gives: below 2^expTop.
const expTop = rangeBits

// Exponential returns [e^x] at the scale of x for x ≤ 14·ln 2 = 9.7, so that it is
// at most 2^14; below −24 it is taken as e^−24. Outside has bits that are set if
// some are greater, or −x ≥ 2^14, as long as |x| < 2^15.
//
// Protocol: max(x, −24) by comparison, [Party.Exp].
//
// Source: composition; see docs/protocols/exponential.md.
//
// Error: below e^x·2^−19 + 2^−18 and the rounding to the scale.
//
// Cost: see [Costs.Exponential]: 9 rounds at a scale of 16.
func Exponential(e Engine, x Arith, scale int) (y Arith, outside Bits) {
	width := functionWidth(e, "exponential", scale)
	n := x.Len()
	least, most := uint64(-expLeastWide)<<scale, uint64(expTop*ln2Times(1))>>(normalScale-scale)
	moved := e.AddConstants(x, []uint64{least, -most - 1})
	negative, bad := e.NegativeWatch(moved, width, n)
	above := e.BitMul(e.Not(e.SliceBits(negative, 0, n)), e.Slice(moved, 0, n))
	power := e.Exp(e.AddConstants(above, []uint64{-least}), scale, expTop)
	return e.Trunc(power, uint(ExpOut-expTop-scale)), e.ConcatBits(bad, e.Not(e.SliceBits(negative, n, 2*n)))
}
