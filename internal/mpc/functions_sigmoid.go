package mpc

import "fmt"

// Sigmoid returns [σ(x)] = 1/(1 + e^−x) at scale, at most 20, for x at the same
// scale with −2^(width−2) ≤ x < 2^(width−2), and bits of which one is set if any x is
// beyond that.
//
// Protocol: t = −min(|x|, 16), and whether x is in range, from one batch of comparisons;
// e^t by [Party.Exp]; σ(−t) = 1/(1 + e^t) by Goldschmidt's iteration for numbers in
// [1, 2]; σ(x) is that where x ≥ 0, else 1 less it.
//
// Source: composition; see docs/protocols/sigmoid.md.
//
// Error: below 2^−18 and the rounding to the scale.
//
// Cost: see [Costs.Sigmoid]: 19 rounds.
func Sigmoid(e Engine, x Arith, scale, width int) (y Arith, outside Bits) {
	return sigmoid(e, x, 0, scale, scale, width)
}

// sigmoid is Sigmoid of 2^times·x with a scale for x and one for the result.
func sigmoid(e Engine, x Arith, times uint, from, to, width int) (y Arith, outside Bits) {
	if from > 20 || width < 2 || width > 62 {
		e.Fail(fmt.Errorf("sigmoid: got a scale of %d and a width of %d, want at most 20, and 2 to 62", from, width))
	}
	positive, t, outside := clamped(e, x, times, from, width)
	g := planFor(2, to+2)
	power := e.Trunc(e.Exp(t, from, 0), uint(ExpOut-g.scale))
	r, _ := g.reciprocal(e, e.AddConstants(power, []uint64{1 << g.scale}))
	one := []uint64{1 << g.scale}
	y = e.Select(positive, r, e.AddConstants(e.Neg(r), one))
	return e.Trunc(y, uint(g.scale-to)), outside
}

// clamped returns [x ≥ 0] and −min(|k·x|, 16) for k = 2^times, which with m = 16/k is
//
//	[x ≥ −m]·k·(x + m) − [x ≥ 0]·2k·x + [x ≥ m]·k·(x − m) − 16
//
// from comparisons in the full ring, and what says that x is out of range: beyond
// either end of it or, where those have wrapped around, beyond 2^62.
func clamped(e Engine, x Arith, times uint, scale, width int) (positive Bits, t Arith, outside Bits) {
	n, end, limit := x.Len(), uint64(1)<<(width-2), uint64(-expLeast)<<scale
	m, k := limit>>times, uint64(1)<<times
	moved := e.AddConstants(x, []uint64{m, 0, -m, end, -end})
	negative, far := e.NegativeWatch(moved, 64, n)
	part := func(j int) Bits { return e.SliceBits(negative, j*n, (j+1)*n) }
	scaled := e.MulConstants(e.Slice(moved, 0, 3*n), []uint64{k, -(2 * k), k})
	bits, values := make([]Bits, 3), make([]Arith, 3)
	for j := range 3 {
		bits[j], values[j] = e.Not(part(j)), e.Slice(scaled, j*n, (j+1)*n)
	}
	outside = e.ConcatBits(e.Xor(part(3), e.Not(part(4))), far)
	return bits[1], e.AddConstants(e.BitDot(bits, values), []uint64{-limit}), outside
}

// Tanh returns [tanh x] = 2σ(2x) − 1 at the scale of x. See [Sigmoid].
//
// Error: below 2^−18 and the rounding to the scale.
//
// Cost: see [Costs.Tanh]: 21 rounds.
func Tanh(e Engine, x Arith, scale, width int) (y Arith, outside Bits) {
	y, outside = sigmoid(e, x, 1, scale, scale+1, width)
	return e.AddConstants(y, []uint64{-(1 << scale)}), outside
}
