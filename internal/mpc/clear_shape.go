package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Slice is [Party.Slice].
func (c *Clear) Slice(x Arith, lo, hi int) Arith {
	a := c.arith(x).own
	c.inRange(lo, hi, len(a))
	return c.newArith(a[lo:hi:hi])
}

// SliceProduct is [Party.SliceProduct].
func (c *Clear) SliceProduct(z Product, lo, hi int) Product {
	a := c.product(z).sum
	c.inRange(lo, hi, len(a))
	return c.newProduct(a[lo:hi:hi])
}

// SliceBits is [Party.SliceBits].
func (c *Clear) SliceBits(b Bits, lo, hi int) Bits {
	a := c.bits(b)
	c.inRange(lo, hi, a.n)
	return c.newBits(cutBits(a.own, lo, hi), hi-lo)
}

// Concat is [Party.Concat].
func (c *Clear) Concat(xs ...Arith) Arith {
	z := []uint64{}
	for _, x := range xs {
		z = append(z, c.arith(x).own...)
	}
	return c.newArith(z)
}

// ConcatProducts is [Party.ConcatProducts].
func (c *Clear) ConcatProducts(zs ...Product) Product {
	y := []uint64{}
	for _, z := range zs {
		y = append(y, c.product(z).sum...)
	}
	return c.newProduct(y)
}

// ConcatBits is [Party.ConcatBits].
func (c *Clear) ConcatBits(bs ...Bits) Bits {
	n := 0
	for _, b := range bs {
		n += c.bits(b).n
	}
	z, at := make([]uint64, wordsFor(n)), 0
	for _, b := range bs {
		a := c.bits(b)
		copyBits(z, at, a.own, a.n)
		at += a.n
	}
	return c.newBits(z, n)
}

// Gather is [Party.Gather].
func (c *Clear) Gather(x Arith, cols int, index []int) Arith {
	a := c.arith(x).own
	z := make([]uint64, len(index)*cols)
	for i, r := range index {
		c.inRange(r*cols, (r+1)*cols, len(a))
		copy(z[i*cols:], a[r*cols:(r+1)*cols])
	}
	return c.newArith(z)
}

// Transpose is [Party.Transpose].
func (c *Clear) Transpose(x Arith, rows, cols int) Arith {
	a := c.arith(x).own
	c.sameLen("transpose", len(a), rows*cols)
	z := make([]uint64, len(a))
	ring.Transpose(z, a, rows, cols)
	return c.newArith(z)
}

// Repeat is [Party.Repeat].
func (c *Clear) Repeat(x Arith, times int) Arith {
	a := c.arith(x).own
	z := make([]uint64, len(a)*times)
	for i := range times {
		copy(z[i*len(a):], a)
	}
	return c.newArith(z)
}

// SumRows is [Party.SumRows].
func (c *Clear) SumRows(x Arith, rows, cols int) Arith {
	a := c.arith(x).own
	c.sameLen("sum of rows", len(a), rows*cols)
	z := make([]uint64, cols)
	for i := range rows {
		ring.Add(z, z, a[i*cols:(i+1)*cols])
	}
	c.check("sum of rows", headroom, sumWidth(width(a), rows), cols, func(j int, s *total) {
		for i := range rows {
			s.add(a[i*cols+j])
		}
	})
	return c.newArith(z)
}
