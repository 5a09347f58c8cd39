package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Add is [Party.Add].
func (c *Clear) Add(x, y Arith) Arith {
	a, b := c.arith(x).own, c.arith(y).own
	c.sameLen("add", len(b), len(a))
	return c.newArith(c.sum("add", a, b))
}

// sum returns x + y and checks it.
func (c *Clear) sum(op string, x, y []uint64) []uint64 {
	z := make([]uint64, len(x))
	ring.Add(z, x, y)
	c.check(op, headroom, max(width(x), width(y))+1, len(z), func(i int, s *total) {
		s.add(x[i])
		s.add(y[i])
	})
	return z
}

// Sub is [Party.Sub].
func (c *Clear) Sub(x, y Arith) Arith {
	a, b := c.arith(x).own, c.arith(y).own
	c.sameLen("subtract", len(b), len(a))
	z := make([]uint64, len(a))
	ring.Sub(z, a, b)
	c.check("subtract", headroom, max(width(a), width(b))+1, len(z), func(i int, s *total) {
		s.add(a[i])
		s.sub(b[i])
	})
	return c.newArith(z)
}

// Neg is [Party.Neg].
func (c *Clear) Neg(x Arith) Arith {
	a := c.arith(x).own
	z := make([]uint64, len(a))
	ring.Neg(z, a)
	c.checkEach("negate", headroom, a)
	return c.newArith(z)
}

// Scale is [Party.Scale].
func (c *Clear) Scale(x Arith, k uint64) Arith {
	return c.newArith(c.scale("scale", c.arith(x).own, k))
}

func (c *Clear) scale(op string, x []uint64, k uint64) []uint64 {
	z := make([]uint64, len(x))
	ring.Scale(z, x, k)
	c.check(op, headroom, width(x)+width([]uint64{k}), len(z), func(i int, s *total) { s.addMul(x[i], k) })
	return z
}

// ShiftLeft is [Party.ShiftLeft].
func (c *Clear) ShiftLeft(x Arith, s uint) Arith {
	a := c.arith(x).own
	z := make([]uint64, len(a))
	ring.ShiftLeft(z, a, s)
	c.checkShifted("shift left", a, s)
	return c.newArith(z)
}

// checkShifted is check for 2^s·x.
func (c *Clear) checkShifted(op string, x []uint64, s uint) {
	s = min(s, 63) // from 62 on, all but 0 is out of range
	c.check(op, headroom, width(x)+int(s), len(x), func(i int, t *total) { t.addMul(x[i], 1<<s) })
}

// MulPublic is [Party.MulPublic].
func (c *Clear) MulPublic(x Arith, k []uint64) Arith {
	a := c.arith(x).own
	c.sameLen("multiply by public", len(k), len(a))
	return c.newArith(c.mul("multiply by public", a, k))
}

// mul returns x∘y and checks it.
func (c *Clear) mul(op string, x, y []uint64) []uint64 {
	z := make([]uint64, len(x))
	ring.Mul(z, x, y)
	c.checkMul(op, x, y)
	return z
}

// AddPublic is [Party.AddPublic].
func (c *Clear) AddPublic(x Arith, k []uint64) Arith {
	a := c.arith(x).own
	c.sameLen("add public", len(k), len(a))
	return c.newArith(c.sum("add public", a, k))
}

// AsProduct is [Party.AsProduct]. It copies, as [Clear.Assign] may change x.
func (c *Clear) AsProduct(x Arith) Product { return c.newProduct(clone(c.arith(x).own)) }

// AddProducts is [Party.AddProducts].
func (c *Clear) AddProducts(z, w Product) Product {
	a, b := c.product(z).sum, c.product(w).sum
	c.sameLen("add products", len(b), len(a))
	return c.newProduct(c.sum("add products", a, b))
}

// ScaleProduct is [Party.ScaleProduct].
func (c *Clear) ScaleProduct(z Product, k uint64) Product {
	return c.newProduct(c.scale("scale product", c.product(z).sum, k))
}

// MulPublicProduct is [Party.MulPublicProduct].
func (c *Clear) MulPublicProduct(z Product, k []uint64) Product {
	a := c.product(z).sum
	c.sameLen("multiply product by public", len(k), len(a))
	return c.newProduct(c.mul("multiply product by public", a, k))
}

// AddConstants is [Party.AddConstants].
func (c *Clear) AddConstants(x Arith, ks []uint64) Arith {
	a := c.arith(x).own
	all := make([]uint64, 0, len(a)*len(ks))
	for range ks {
		all = append(all, a...)
	}
	return c.newArith(c.sum("add constants", all, spreadOut(ks, len(a))))
}

// MulConstants is [Party.MulConstants].
func (c *Clear) MulConstants(x Arith, ks []uint64) Arith {
	a := c.arith(x).own
	n := len(a) / max(len(ks), 1)
	c.sameLen("multiply by constants", len(a), n*len(ks))
	return c.newArith(c.mul("multiply by constants", a, spreadOut(ks, n)))
}

// spreadOut returns each number n times.
func spreadOut(ks []uint64, n int) []uint64 {
	v := make([]uint64, 0, n*len(ks))
	for _, k := range ks {
		for range n {
			v = append(v, k)
		}
	}
	return v
}
