package mpc

// wideLimit bounds wide sums: |x| < 2^191.
const wideLimit = 64*WideWords - 1

// AddWide is [Party.AddWide]. It reports sums whose true value is not in
// [−2^191, 2^191).
func (c *Clear) AddWide(x, y Arith) Arith {
	a, b := c.arith(x).own, c.arith(y).own
	c.wholeWide("add wide", len(a))
	c.sameLen("add wide", len(b), len(a))
	z := make([]uint64, len(a))
	addWide(z, a, b)
	c.checkWide(a, b, z)
	return c.newArith(z)
}

// checkWide looks for sums of two like signs that have the other.
func (c *Clear) checkWide(x, y, z []uint64) {
	found := RangeReport{Op: "add wide", Limit: wideLimit, Bits: wideLimit}
	for i := 0; i < len(z); i += WideWords {
		top := i + WideWords - 1
		if wrapped := (x[top] ^ z[top]) & (y[top] ^ z[top]); sign(wrapped) == 0 {
			continue
		}
		if found.Count == 0 {
			found.Index = i / WideWords
		}
		found.Count++
	}
	if found.Count > 0 {
		found.Step = c.Step()
		c.ranges.add(found)
	}
}

// DeliverWide is [Party.DeliverWide].
func (c *Clear) DeliverWide(x Arith, by Permit) Delivery {
	a := c.arith(x).own
	c.wholeWide("deliver wide", len(a))
	c.authorise(by, false, len(a)/WideWords)
	return c.deliver(a)
}
