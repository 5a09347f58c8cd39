package mpc

import "math"

// Exp is [Party.Exp], to within 2^−36 of the result. It reports exponents out of
// range.
func (c *Clear) Exp(x Arith, scale, top int) Arith {
	a := c.arith(x).own
	e, factor := c.powers(scale, top)
	c.checkExponents(a, scale, top)
	y := make([]uint64, len(a))
	reach := uint64(8 * (e.digits - 1))
	for i, v := range a {
		t := v*factor - uint64(top)<<e.in - 1
		y[i] = e.at(t+reach<<e.in, int(reach), ExpOut)
	}
	return c.newArith(y)
}

// checkExponents reports exponents that [Party.Exp] does not take, as numbers
// that reach 2^(scale+4), or 2^(scale+5) with a top above 0.
func (c *Clear) checkExponents(x []uint64, scale, top int) {
	least, most, limit := int64(expLeast)<<scale, int64(0), scale+4
	if top > 0 {
		least, limit = int64(expLeastWide)<<scale, scale+5
		most = int64(math.Ldexp(float64(top)*math.Ln2, scale))
	}
	at := clone(x)
	for i, v := range x {
		switch w := int64(v); {
		case least <= w && w <= most:
			at[i] = 0
		case w < 0:
			at[i] = uint64(min(w, -1<<limit))
		default:
			at[i] = uint64(max(w, 1<<limit))
		}
	}
	c.checkEach("exponential", limit, at)
}
