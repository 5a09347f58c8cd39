package mpc

// The prices below are of functions that call protocols one after another. Their
// bytes are exact; the rounds are a bound, see [Cost.Then].

// productsTo is the price of a product of n elements brought from one scale to
// another.
func (k Costs) productsTo(n, from, to int) Cost {
	if from > to {
		return k.TruncProduct(n, uint(from-to))
	}
	return k.Reshare(n)
}

// reciprocal is the price of goldschmidt.reciprocal of n sums.
func (k Costs) reciprocal(g goldschmidt, n int) Cost {
	c := k.TruncProduct(2*n, uint(g.scale+g.bits))
	return c.Then(k.TruncProduct(2*n, uint(g.scale+stepBits)).Times(len(g.steps)))
}

// polynomial is the price of polynomial with so many coefficients.
func (k Costs) polynomial(n, coefficients, to int) Cost {
	var c Cost
	for terms := coefficients / 2; terms > 1; terms /= 2 {
		c = c.Then(k.TruncProduct((terms+1)*n, normalScale))
	}
	return c.Then(k.TruncProduct(n, uint(2*normalScale-to)))
}

// normalise is the price of normalise with so many sums more.
func (k Costs) normalise(n, width, sums int, signed bool) Cost {
	d := cut(width - 2)
	terms := 8 + d.highest + 1
	c := k.TopBit(n, width)
	if signed {
		c, terms = c.Then(k.And(8*n)), terms+8
	}
	c = c.Then(k.BitSums(n, terms, 2+sums)).Then(k.Reshare(n))
	return c.Then(k.productsTo(n, width-2, normalScale))
}

// Reciprocal is the price of [Reciprocal] of n elements at a scale.
func (k Costs) Reciprocal(n, scale int) Cost {
	width := scale + rangeBits + 2
	c := k.normalise(n, width, 0, true).Then(k.reciprocal(planFor(2, 22), n))
	return c.Then(k.TruncProduct(n, uint(width-2+normalScale-2*scale)))
}

// Divide is the price of [Divide] of n elements at a scale.
func (k Costs) Divide(n, scale int) Cost {
	top := scale + rangeBits
	spare := spareBits(top)
	c := k.normalise(n, top+2, 0, true).Then(k.reciprocal(planFor(2, 22), n))
	c = c.Then(k.TruncProduct(n, uint(normalScale-spare))).Then(k.TruncProduct(n, uint(top+spare-scale)))
	return c.Then(k.Select(n)).Then(k.Negative(2*n, 64))
}

// Sqrt is the price of [Sqrt] of n elements at a scale.
func (k Costs) Sqrt(n, scale int) Cost {
	width := scale + rangeBits + 2
	d := cut(width - 2)
	shift := normalScale + (scale+d.offset)/2 - scale
	return k.root(n, width).Then(k.TruncProduct(n, uint(shift)))
}

// root is the price of what [Sqrt] and [InvSqrt] begin with.
func (k Costs) root(n, width int) Cost {
	c := k.normalise(n, width, 2, false).Then(k.polynomial(n, 8, normalScale))
	return c.Then(k.TruncProduct(n, normalScale))
}

// InvSqrt is the price of [InvSqrt] of n elements from one scale to another.
func (k Costs) InvSqrt(n, from, to int) Cost {
	d := cut(invSqrtWidth - 2)
	shift := rootScale + 4*d.highest - to - (from+d.offset)/2
	return k.root(n, invSqrtWidth).Then(k.TruncProduct(n, uint(shift)))
}

// Log is the price of [Log] of n elements at a scale.
func (k Costs) Log(n, scale int) Cost {
	c := k.normalise(n, scale+rangeBits+2, 1, false).Then(k.polynomial(n, 8, normalScale))
	return c.Then(k.And(n)).Then(k.Trunc(n, uint(normalScale-scale)))
}

// Exponential is the price of [Exponential] of n elements at a scale.
func (k Costs) Exponential(n, scale int) Cost {
	c := k.NegativeWatch(2*n, scale+rangeBits+2, n).Then(k.BitMul(n))
	return c.Then(k.Exp(n, expTop)).Then(k.Trunc(n, uint(ExpOut-expTop-scale)))
}

// Sigmoid is the price of [Sigmoid] of n elements at a scale, whatever the width.
func (k Costs) Sigmoid(n, scale int) Cost { return k.sigmoid(n, scale) }

// Tanh is the price of [Tanh] of n elements at a scale, whatever the width.
func (k Costs) Tanh(n, scale int) Cost { return k.sigmoid(n, scale+1) }

func (k Costs) sigmoid(n, to int) Cost {
	g := planFor(2, to+2)
	c := k.NegativeWatch(5*n, 64, n).Then(k.BitDot(n, 3)).Then(k.Exp(n, 0))
	c = c.Then(k.Trunc(n, uint(ExpOut-g.scale))).Then(k.reciprocal(g, n))
	return c.Then(k.Select(n)).Then(k.Trunc(n, uint(g.scale-to)))
}

// RowMax is the price of [RowMax] of an m×n matrix in a width.
func (k Costs) RowMax(rows, cols, width int) Cost {
	pairs := cols * (cols - 1) / 2
	c := k.NegativeWatch(pairs*rows, width, pairs*rows)
	for n := cols - 1; n > 1; n -= n / 2 {
		c = c.Then(k.And(n / 2 * cols * rows))
	}
	return c.Then(k.BitDot(rows, cols))
}

// rowMax is the price of the maximum in [Softmax].
func (k Costs) rowMax(rows, cols, width int) Cost {
	if cols <= mostPairs {
		return k.RowMax(rows, cols, width)
	}
	var c Cost
	for n := cols; n > 1; n -= n / 2 {
		c = c.Then(k.ExactReLU(n/2*rows, width, n/2*rows))
	}
	return c
}

// Softmax is the price of [Softmax] of an m×n matrix at a scale in a width.
func (k Costs) Softmax(rows, cols, scale, width int) Cost {
	n, g := rows*cols, planFor(cols, softmaxBits)
	c := k.rowMax(rows, cols, width).Then(k.ExactReLU(n, width, 0)).Then(k.Exp(n, 0))
	c = c.Then(k.Trunc(n, uint(ExpOut-g.scale))).Then(k.reciprocal(g, rows))
	return c.Then(k.TruncProduct(n+rows, uint(g.scale))).Then(k.TruncProduct(n, uint(2*g.scale-scale)))
}
