package mpc

import (
	mathbits "math/bits"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// TopBit is [Party.TopBit].
func (c *Clear) TopBit(x Arith, width int) (at []Bits, negative Bits) {
	c.checkWidth(width)
	a := c.arith(x).own
	c.checkEach("highest bit", width-1, a)
	signs, tops := make([]uint64, len(a)), make([]int, len(a))
	for i, v := range a {
		v <<= 64 - width
		signs[i] = v >> 63
		tops[i] = mathbits.Len64((v^sign(v))>>(64-width)) - 1
	}
	at = make([]Bits, width-1)
	for k := range at {
		at[k] = c.packed(len(a), func(i int) bool { return tops[i] == k })
	}
	return at, c.packed(len(a), func(i int) bool { return signs[i] == 1 })
}

// packed returns n bits.
func (c *Clear) packed(n int, set func(i int) bool) Bits {
	z := make([]uint64, wordsFor(n))
	for i := range n {
		if set(i) {
			z[i/64] |= 1 << (i % 64)
		}
	}
	return c.newBits(z, n)
}

// BitSums is [Party.BitSums].
func (c *Clear) BitSums(bs []Bits, cs [][]uint64) []Arith {
	n := c.checkSums(bs, cs)
	values := make([][]uint64, len(bs))
	for j, b := range bs {
		values[j] = unpacked(c.bits(b))
	}
	zs := make([]Arith, len(cs))
	for i, list := range cs {
		z := make([]uint64, n)
		for j, k := range list {
			ring.ScaleAdd(z, values[j], k)
		}
		zs[i] = c.newArith(z)
	}
	return zs
}
