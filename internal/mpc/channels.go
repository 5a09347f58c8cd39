package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// A batch of rows or images is stored as batch×channels×positions; the columns
// of a matrix are channels with one position each.

// Affine returns the summands of X·Y, or of 2·X·Y as [Party.MatMul], plus one offset for
// each column: a local addition. An empty offset is none.
//
// Cost: local.
func (p *Party) Affine(x Arith, xs Operand, y Arith, ys Operand, offset Arith) Product {
	a, b := p.operand(x), p.operand(y)
	m, n := p.matMulShape(len(a.own), xs, len(b.own), ys)
	z, c := p.newProduct(m * n)
	p.beginWith(c.sum, offset, n, 1)
	p.addMatMul(ring.Dense(c.sum, m, n), a, xs, b, ys)
	return z
}

// beginWith fills summands of batch×channels×positions with this server's
// component of one offset for each channel; with zeros if it is empty.
func (p *Party) beginWith(sum []uint64, offset Arith, channels, positions int) {
	if !offset.Valid() {
		clear(sum)
		return
	}
	b := p.arith(offset)
	p.sameLen("offset", len(b.own), channels)
	spread(sum, b.own, positions)
}

// spread writes every number `positions` times, and all of them over and over.
func spread(dst, src []uint64, positions int) {
	if len(src) == 0 || positions == 0 {
		return
	}
	first := dst[:min(len(dst), len(src)*positions)]
	for i := range first {
		first[i] = src[i/positions]
	}
	for at := len(first); at < len(dst); at += len(first) {
		copy(dst[at:], first)
	}
}

// Spread returns x, one number for each channel, at every position of every row
// of a batch.
//
// Cost: local.
func (p *Party) Spread(x Arith, batch, positions int) Arith {
	a := p.arith(x)
	p.checkChannels(batch*len(a.own)*positions, len(a.own), positions)
	z, c := p.newArith(batch * len(a.own) * positions)
	spread(c.own, a.own, positions)
	spread(c.next, a.next, positions)
	return z
}

// SumChannels returns the sum over batch and positions for each channel.
//
// Cost: local.
func (p *Party) SumChannels(x Arith, channels, positions int) Arith {
	a := p.arith(x)
	p.checkChannels(len(a.own), channels, positions)
	z, c := p.newArith(channels)
	sumChannels(c.own, a.own, positions)
	sumChannels(c.next, a.next, positions)
	return z
}

func sumChannels(dst, src []uint64, positions int) {
	clear(dst)
	if positions == 1 {
		for at := 0; at < len(src); at += len(dst) {
			ring.Add(dst, dst, src[at:at+len(dst)])
		}
		return
	}
	for i := 0; i*positions < len(src); i++ {
		dst[i%len(dst)] += ring.Sum(src[i*positions : (i+1)*positions])
	}
}

// checkChannels fails unless n elements are a batch of rows of so many channels
// and positions.
func (s *session) checkChannels(n, channels, positions int) {
	if channels < 1 || positions < 1 || n%(channels*positions) != 0 {
		s.Fail(fmt.Errorf("channels: got %d elements for %d channels of %d positions, want a multiple", n, channels, positions))
	}
}

// Affine is [Party.Affine].
func (c *Clear) Affine(x Arith, xs Operand, y Arith, ys Operand, offset Arith) Product {
	z := c.product(c.MatMul(x, xs, y, ys)).sum
	_, n := ys.shape()
	return c.newProduct(c.addOffset("matrix product", z, offset, n, 1))
}

// addOffset returns z with an offset for each channel, checked.
func (c *Clear) addOffset(op string, z []uint64, offset Arith, channels, positions int) []uint64 {
	if !offset.Valid() {
		return z
	}
	b := c.arith(offset).own
	c.sameLen("offset", len(b), channels)
	all := make([]uint64, len(z))
	spread(all, b, positions)
	return c.sum(op, z, all)
}

// Spread is [Party.Spread].
func (c *Clear) Spread(x Arith, batch, positions int) Arith {
	a := c.arith(x).own
	z := make([]uint64, batch*len(a)*positions)
	c.checkChannels(len(z), len(a), positions)
	spread(z, a, positions)
	return c.newArith(z)
}

// SumChannels is [Party.SumChannels].
func (c *Clear) SumChannels(x Arith, channels, positions int) Arith {
	a := c.arith(x).own
	c.checkChannels(len(a), channels, positions)
	z := make([]uint64, channels)
	sumChannels(z, a, positions)
	rows := len(a) / positions
	c.check("sum of channels", headroom, sumWidth(width(a), len(a)/channels), channels, func(j int, s *total) {
		for i := j; i < rows; i += channels {
			for _, v := range a[i*positions : (i+1)*positions] {
				s.add(v)
			}
		}
	})
	return c.newArith(z)
}
