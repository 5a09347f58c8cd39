package mpc

import "fmt"

// Softmax returns [p] with p_ij = e^x_ij / Σ_k e^x_ik for each row of an m×n
// matrix x, both at scale at most 20, for 2 ≤ n ≤ 4096. Differences within a row
// must be below 2^(width−1); outside has bits that are set if some are not below
// 2^(width−2).
//
// Protocol: d = x − max_k x_k, raised to −16 at the least; e^d by [Party.Exp];
// 1/Σ e^d by Goldschmidt's iteration for sums in [1, n] (see goldschmidt).
//
// Source: composition; see docs/protocols/softmax.md.
//
// Error: p is off by less than p·(2^−18 + 6n·2^−q) + 2^(1−q) and the rounding to
// the scale, with q of planFor: 23 for n = 10, 20 for n = 64.
//
// Cost: see [Costs.Softmax]: at most 30 rounds and 1.5 KB per row and server for n = 10
// in 32 bits.
func Softmax(e Engine, x Arith, rows, cols, scale, width int) (p Arith, outside Bits) {
	if cols < 2 || cols > 4096 || scale > 20 {
		e.Fail(fmt.Errorf("softmax: got %d classes at scale %d, want 2 to 4096 and a scale up to 20", cols, scale))
	}
	x = e.Transpose(x, rows, cols)
	largest, outside := rowMax(e, x, rows, width)
	d := e.Sub(x, e.Repeat(largest, cols))
	p = normalised(e, expAbove(e, d, scale, width), rows, cols, scale)
	return e.Transpose(p, cols, rows), outside
}

// mostPairs is for how many classes all pairs are compared.
const mostPairs = 16

func rowMax(e Engine, x Arith, rows, width int) (largest Arith, outside Bits) {
	if x.Len() > mostPairs*rows {
		return maxTree(e, x, rows, width)
	}
	largest, _, outside = maxPairs(e, x, rows, width)
	return largest, outside
}

// expAbove returns e^max(d, −16) at the scale ExpOut for d ≤ 0.
func expAbove(e Engine, d Arith, scale, width int) Arith {
	least := uint64(int64(expLeast) << scale)
	above, _ := e.ExactReLU(e.AddConstants(d, []uint64{-least}), width, 0)
	return e.Exp(e.AddConstants(above, []uint64{least}), scale, 0)
}

// softmaxBits bounds e after the steps, 2^−6, as a term e² is added at the end.
const softmaxBits = 6

// normalised returns x_j / Σ_k x_k at a scale for vectors x_0, x_1, … of rows
// elements at ExpOut, at most 1, one of them 1 at each place.
func normalised(e Engine, x Arith, rows, cols, scale int) Arith {
	g := planFor(cols, softmaxBits)
	x = e.Trunc(x, uint(ExpOut-g.scale))
	r, rest := g.reciprocal(e, e.SumRows(x, cols, rows))
	// 1/S = r·(1 + rest + rest²) up to rest³
	n := x.Len()
	z := e.TruncProduct(e.ConcatProducts(e.Mul(x, e.Repeat(r, cols)), e.Mul(rest, rest)), uint(g.scale))
	last := e.AddConstants(e.Add(rest, e.Slice(z, n, n+rows)), []uint64{1 << g.scale})
	return e.TruncProduct(e.Mul(e.Slice(z, 0, n), e.Repeat(last, cols)), uint(2*g.scale-scale))
}
