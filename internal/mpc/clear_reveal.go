package mpc

// Reveal is [Party.Reveal]: the same permit is needed, and the opening is in
// the audit log.
func (c *Clear) Reveal(x Arith, by Permit) []uint64 {
	a := c.arith(x).own
	c.authorise(by, true, len(a))
	c.alive()
	return clone(a)
}

// Deliver is [Party.Deliver]; [Combine] takes the one delivery.
func (c *Clear) Deliver(x Arith, by Permit) Delivery {
	a := c.arith(x).own
	c.authorise(by, false, len(a))
	return c.deliver(a)
}

func (c *Clear) deliver(v []uint64) Delivery {
	c.alive()
	d := &delivery{server: clearServer, own: clone(v)}
	return Delivery{box: &d}
}
