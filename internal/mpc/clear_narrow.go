package mpc

// Narrow is [Party.Narrow]; the clear engine keeps the numbers as they are, rounds
// as [Clear.Trunc] does with [Stochastic], and holds them to what can be widened.
func (c *Clear) Narrow(z Product, t uint) Arith {
	c.checkNarrow(t)
	x := c.product(z).sum
	y := make([]uint64, len(x))
	c.draw(y)
	roundStochastic(y, x, t)
	c.checkEach("narrow truncation", widenBits+int(t), x)
	return c.newArith(y)
}

// Widen is [Party.Widen].
func (c *Clear) Widen(x Arith) Arith {
	a := c.arith(x).own
	c.checkEach("widen", widenBits, a)
	return c.newArith(clone(a))
}

// BitDotNarrow is [Party.BitDotNarrow].
func (c *Clear) BitDotNarrow(bs []Bits, xs []Arith) Arith { return c.BitDot(bs, xs) }

// ReLUNarrow is [Party.ReLUNarrow].
func (c *Clear) ReLUNarrow(x Arith, width, watch int) (y Arith, positive, outside Bits) {
	return c.ReLU(x, width, watch)
}
