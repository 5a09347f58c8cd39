package mpc

import mathbits "math/bits"

// goldschmidt is how 1/S is found for 1 ≤ S ≤ n: r and e with S·r = 1 − e, the
// steps making e small.
//
// The first r is linear, r = β − α·S, so that e = 1 − β·S + α·S²; with
// α = 8/D, β = (n + 1)·α and D = n² + 6n + 1 it is a Chebyshev polynomial and
// |e| ≤ (n − 1)²/D. Each step takes r·(1 + e)·c and c·e² − (c − 1) for them, which
// keeps S·r = 1 − e for any c; with c = 2/(2 − ε²), ε bounding |e|, the new bound
// is about ε²/(2 − ε²).
type goldschmidt struct {
	scale       int      // of S, r and e
	bits        int      // fraction bits of alpha and beta
	alpha, beta uint64   // at those
	steps       []uint64 // c of each step, with stepBits fraction bits
}

const stepBits = 12

// planFor returns the constants for sums in [1, n], with as many steps as bring
// |e| below 2^−bits. They are computed in integers, so that all servers have the
// same.
func planFor(n, bits int) goldschmidt {
	d := uint64(n*n + 6*n + 1)
	g := goldschmidt{bits: mathbits.Len64(d/8) + 7}
	g.scale = min(24, (58-g.bits)/2)
	g.alpha = (8<<g.bits + d/2) / d
	g.beta = (8*uint64(n+1)<<g.bits + d/2) / d
	const one = 1 << 31
	eps := uint64((n-1)*(n-1)) * one / d
	for eps += eps >> 6; eps > one>>bits; { // alpha and beta are rounded
		square := eps * eps / one
		c := (2*one<<stepBits + (2*one-square)/2) / (2*one - square)
		g.steps = append(g.steps, c)
		center := (c - 1<<stepBits) * one >> stepBits // e is from −center to c·ε² − center
		eps = max(center, c*square>>stepBits-center)
	}
	return g
}

// reciprocal returns r and e with S·r = 1 − e, up to rounding.
func (g goldschmidt) reciprocal(e Engine, sum Arith) (r, rest Arith) {
	n, double := sum.Len(), uint(2*g.scale)
	linear := e.AddConstants(e.Scale(sum, -g.alpha), []uint64{g.beta << g.scale}) // at scale + bits
	z := e.AddProducts(
		e.ScaleProduct(e.Mul(sum, sum), g.alpha),
		e.AsProduct(e.AddConstants(e.Scale(sum, -g.beta<<g.scale), []uint64{1 << (double + uint(g.bits))})),
	)
	both := e.TruncProduct(e.ConcatProducts(e.AsProduct(e.ShiftLeft(linear, uint(g.scale))), z), uint(g.scale+g.bits))
	for _, c := range g.steps {
		r, rest = e.Slice(both, 0, n), e.Slice(both, n, 2*n)
		z := e.ScaleProduct(e.Mul(both, e.Repeat(rest, 2)), c)
		local := e.Concat(e.Scale(r, c<<g.scale), constantOf(e, n, (1<<stepBits-c)<<double))
		both = e.TruncProduct(e.AddProducts(z, e.AsProduct(local)), uint(g.scale+stepBits))
	}
	return e.Slice(both, 0, n), e.Slice(both, n, 2*n)
}

// constantOf returns n times c.
func constantOf(e Engine, n int, c uint64) Arith {
	return e.AddConstants(e.Public(make([]uint64, n)), []uint64{c})
}
