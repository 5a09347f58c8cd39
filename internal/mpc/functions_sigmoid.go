package mpc

import "fmt"

// Sigmoid returns [σ(x)] = 1/(1 + e^−x) at scale, at most 20, for x at the same
// scale with |x| < 2^(width−2); outside is as with [Party.NegativeWatch].
//
// Protocol: t = −min(|x|, 16) from one batch of comparisons; e^t by [Party.Exp];
// σ(−t) = 1/(1 + e^t) by Goldschmidt's iteration for numbers in [1, 2]; σ(x) is
// that where x ≥ 0, else 1 less it.
//
// Source: composition; see docs/protocols/sigmoid.md.
//
// Error: below 2^−18 and the rounding to the scale.
//
// Cost: see [Costs.Sigmoid]: 18 rounds in 32 bits.
func Sigmoid(e Engine, x Arith, scale, width int) (y Arith, outside Bits) {
	return sigmoid(e, x, scale, scale, width)
}

// sigmoid is Sigmoid with a scale for x and one for the result.
func sigmoid(e Engine, x Arith, from, to, width int) (y Arith, outside Bits) {
	if from > 20 {
		e.Fail(fmt.Errorf("sigmoid: got a scale of %d, want at most 20", from))
	}
	positive, t, outside := clamped(e, x, from, width)
	g := planFor(2, to+2)
	power := e.Trunc(e.Exp(t, from, 0), uint(ExpOut-g.scale))
	r, _ := g.reciprocal(e, e.AddConstants(power, []uint64{1 << g.scale}))
	one := []uint64{1 << g.scale}
	y = e.Select(positive, r, e.AddConstants(e.Neg(r), one))
	return e.Trunc(y, uint(g.scale-to)), outside
}

// clamped returns [x ≥ 0] and −min(|x|, 16) = ([x ≥ −16]·(x + 16) − [x ≥ 0]·2x +
// [x ≥ 16]·(x − 16)) − 16.
func clamped(e Engine, x Arith, scale, width int) (positive Bits, t Arith, outside Bits) {
	n, limit := x.Len(), uint64(-expLeast)<<scale
	moved := e.AddConstants(x, []uint64{limit, 0, -limit})
	negative, outside := e.NegativeWatch(moved, width, n)
	moved = e.MulConstants(moved, []uint64{1, ^uint64(1), 1}) // −2
	bits, values := make([]Bits, 3), make([]Arith, 3)
	for j := range 3 {
		bits[j], values[j] = e.Not(e.SliceBits(negative, j*n, (j+1)*n)), e.Slice(moved, j*n, (j+1)*n)
	}
	return bits[1], e.AddConstants(e.BitDot(bits, values), []uint64{-limit}), outside
}

// Tanh returns [tanh x] = 2σ(2x) − 1 at the scale of x, for |x| < 2^(width−3). See
// [Sigmoid].
//
// Error: below 2^−18 and the rounding to the scale.
//
// Cost: as [Sigmoid].
func Tanh(e Engine, x Arith, scale, width int) (y Arith, outside Bits) {
	y, outside = sigmoid(e, e.ShiftLeft(x, 1), scale, scale+1, width)
	return e.AddConstants(y, []uint64{-(1 << scale)}), outside
}
