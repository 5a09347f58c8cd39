package mpc

// Descend is [Party.Descend].
func (c *Clear) Descend(parts []Descent, u Arith, momentum uint64, t uint) {
	c.checkParts(parts, len(c.arith(u).own))
	var sums []Product
	for _, d := range parts {
		g := c.ScaleProduct(d.Gradient, d.Rate)
		if d.Decay != 0 {
			g = c.AddProducts(g, c.AsProduct(c.Scale(d.W, d.Decay)))
		}
		sums = append(sums, g)
	}
	sum := c.ConcatProducts(sums...)
	if momentum != 0 {
		sum = c.AddProducts(sum, c.AsProduct(c.Scale(u, momentum)))
	}
	c.Assign(u, c.TruncProduct(sum, t))
	at := 0
	for _, d := range parts {
		n := d.W.Len()
		c.Assign(d.W, c.Sub(d.W, c.Slice(u, at, at+n)))
		at += n
	}
}
