package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Negative is [Party.Negative]: bit width−1 of x, which is the sign of an x in
// range.
func (c *Clear) Negative(x Arith, width int) Bits {
	c.checkWidth(width)
	a := c.arith(x).own
	c.checkEach("comparison", width-1, a)
	top := make([]uint64, len(a))
	ring.ShiftRight(top, a, uint(width-1))
	z := make([]uint64, wordsFor(len(a)))
	ring.PackBits(z, top, 1)
	return c.newBits(z, len(a))
}

// NegativeWatch is [Party.NegativeWatch].
func (c *Clear) NegativeWatch(x Arith, width, watch int) (negative, outside Bits) {
	negative = c.Negative(x, width)
	a := c.arith(x).own
	c.inRange(0, watch, len(a))
	differ := make([]uint64, watch)
	for i := range differ {
		differ[i] = (a[i]>>(width-1) ^ a[i]>>(width-2)) & 1
	}
	z := make([]uint64, wordsFor(watch))
	ring.PackBits(z, differ, 1)
	return negative, c.newBits(z, watch)
}

// Not is [Party.Not].
func (c *Clear) Not(b Bits) Bits {
	a := c.bits(b)
	z := make([]uint64, len(a.own))
	ring.Not(z, a.own)
	return c.newBits(z, a.n)
}

// Xor is [Party.Xor].
func (c *Clear) Xor(a, b Bits) Bits { return c.zipBits("xor", ring.Xor, a, b) }

// And is [Party.And].
func (c *Clear) And(a, b Bits) Bits { return c.zipBits("and", ring.And, a, b) }

// Or is [Party.Or].
func (c *Clear) Or(a, b Bits) Bits { return c.zipBits("or", ring.Or, a, b) }

func (c *Clear) zipBits(name string, op func(dst, x, y []uint64), a, b Bits) Bits {
	x, y := c.bits(a), c.bits(b)
	c.sameLen(name, y.n, x.n)
	z := make([]uint64, len(x.own))
	op(z, x.own, y.own)
	return c.newBits(z, x.n)
}

// Any is [Party.Any].
func (c *Clear) Any(b Bits) Bits {
	a := c.bits(b)
	c.notEmpty("any", a.n)
	var one uint64
	for _, v := range unpacked(a) {
		one |= v
	}
	return c.newBits([]uint64{one}, 1)
}

// ToArith is [Party.ToArith].
func (c *Clear) ToArith(b Bits) Arith { return c.newArith(unpacked(c.bits(b))) }

// unpacked returns the bits as 0 and 1.
func unpacked(b *bits) []uint64 {
	v := make([]uint64, b.n)
	ring.UnpackBits(v, b.own, 1)
	return v
}

// BitMul is [Party.BitMul].
func (c *Clear) BitMul(b Bits, x Arith) Arith { return c.BitDot([]Bits{b}, []Arith{x}) }

// BitDot is [Party.BitDot].
func (c *Clear) BitDot(bs []Bits, xs []Arith) Arith {
	n := c.checkTerms(bs, xs)
	z, most := make([]uint64, n), 0
	terms := make([][]uint64, len(xs))
	for j := range xs {
		terms[j] = unpacked(c.bits(bs[j]))
		ring.Mul(terms[j], terms[j], c.arith(xs[j]).own)
		ring.Add(z, z, terms[j])
		most = max(most, width(terms[j]))
	}
	c.check("bit times value", headroom, sumWidth(most, len(terms)), n, func(i int, s *total) {
		for _, t := range terms {
			s.add(t[i])
		}
	})
	return c.newArith(z)
}

// Select is [Party.Select].
func (c *Clear) Select(b Bits, x, y Arith) Arith {
	set, v, w := c.bits(b), c.arith(x).own, c.arith(y).own
	c.sameLen("select", len(w), len(v))
	c.sameLen("select: bits", set.n, len(v))
	z := unpacked(set)
	ring.Neg(z, z)
	for i, mask := range z {
		z[i] = mask&v[i] | ^mask&w[i]
	}
	return c.newArith(z)
}

// ReLU is [Party.ReLU].
func (c *Clear) ReLU(x Arith, width, watch int) (y Arith, positive, outside Bits) {
	return c.relu(x, width, watch, c.opts.coarse(width))
}

// ExactReLU is [Party.ExactReLU].
func (c *Clear) ExactReLU(x Arith, width, watch int) (y Arith, outside Bits) {
	y, _, outside = c.relu(x, width, watch, 0)
	return y, outside
}

func (c *Clear) relu(x Arith, width, watch, cut int) (y Arith, positive, outside Bits) {
	c.checkWidth(width)
	signs := x
	if cut > 0 {
		signs = c.cutLow(x, cut)
	}
	negative, outside := c.NegativeWatch(signs, width-cut, watch)
	positive = c.Not(negative)
	return c.BitMul(positive, x), positive, outside
}

// cutLow returns what the servers look at of x, as [Party.ReLU] has it for r
// uniform.
func (c *Clear) cutLow(x Arith, cut int) Arith {
	v := c.arith(x).own
	y := make([]uint64, len(v))
	c.draw(y)
	for i, r := range y {
		r &= 1<<cut - 1
		y[i] = uint64(int64(v[i]+1<<cut-1-r) >> cut)
	}
	return c.newArith(y)
}
