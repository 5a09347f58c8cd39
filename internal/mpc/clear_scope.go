package mpc

// Begin is [Party.Begin]; the clear engine leaves its memory to the garbage
// collector.
func (*Clear) Begin() {}

// End is [Party.End].
func (*Clear) End() {}

// Assign is [Party.Assign].
func (c *Clear) Assign(dst, src Arith) {
	d, s := c.arith(dst).own, c.arith(src).own
	c.sameLen("assign", len(s), len(d))
	copy(d, s)
}

// Keep is [Party.Keep]. It copies, as [Clear.Assign] may change x.
func (c *Clear) Keep(x Arith) Arith { return c.newArith(clone(c.arith(x).own)) }

// KeepBits is [Party.KeepBits].
func (c *Clear) KeepBits(b Bits) Bits { return b }
