package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Slice returns elements lo to hi−1 of x, without copying.
//
// Cost: local.
func (p *Party) Slice(x Arith, lo, hi int) Arith {
	a := p.arith(x)
	p.inRange(lo, hi, len(a.own))
	return p.view(a, lo, hi)
}

// SliceProduct returns elements lo to hi−1 of z, without copying.
//
// Cost: local.
func (p *Party) SliceProduct(z Product, lo, hi int) Product {
	a := p.product(z)
	p.inRange(lo, hi, len(a.sum))
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	y, _ := p.productOf(a.sum[lo:hi:hi])
	return y
}

// SliceBits returns bits lo to hi−1 of b.
//
// Cost: local.
func (p *Party) SliceBits(b Bits, lo, hi int) Bits {
	a := p.bits(b)
	p.inRange(lo, hi, a.n)
	if w, v := lo/64, wordsFor(hi); lo%64 == 0 {
		p.arena.mu.Lock()
		defer p.arena.mu.Unlock()
		z, _ := p.bitsOf(a.own[w:v:v], a.next[w:v:v], hi-lo)
		return z
	}
	z, c := p.newBits(hi - lo)
	cutBitsTo(c.own, a.own, lo)
	cutBitsTo(c.next, a.next, lo)
	return z
}

func (s *session) inRange(lo, hi, n int) {
	if lo < 0 || hi < lo || hi > n {
		s.Fail(fmt.Errorf("slice: got [%d:%d], want a part of [0:%d]", lo, hi, n))
	}
}

// Concat returns the vectors one after another.
//
// Cost: local.
func (p *Party) Concat(xs ...Arith) Arith {
	n := 0
	for _, x := range xs {
		n += len(p.arith(x).own)
	}
	z, c := p.newArith(n)
	at := 0
	for _, x := range xs {
		a := p.arith(x)
		copy(c.own[at:], a.own)
		at += copy(c.next[at:], a.next)
	}
	return z
}

// ConcatProducts returns the vectors of summands one after another.
//
// Cost: local.
func (p *Party) ConcatProducts(zs ...Product) Product {
	n := 0
	for _, z := range zs {
		n += len(p.product(z).sum)
	}
	y, c := p.newProduct(n)
	at := 0
	for _, z := range zs {
		at += copy(c.sum[at:], p.product(z).sum)
	}
	return y
}

// Transpose returns the cols×rows transpose of a rows×cols matrix.
//
// Cost: local.
func (p *Party) Transpose(x Arith, rows, cols int) Arith {
	p.sameLen("transpose", len(p.arith(x).own), rows*cols)
	return p.each(func(dst, x []uint64) { ring.Transpose(dst, x, rows, cols) }, x)
}

// Repeat returns x times times over.
//
// Cost: local.
func (p *Party) Repeat(x Arith, times int) Arith {
	a := p.arith(x)
	z, c := p.newArith(len(a.own) * times)
	for i := range times {
		copy(c.own[i*len(a.own):], a.own)
		copy(c.next[i*len(a.own):], a.next)
	}
	return z
}

// SumRows returns the sum over the rows of a rows×cols matrix: a vector of
// cols elements.
//
// Cost: local.
func (p *Party) SumRows(x Arith, rows, cols int) Arith {
	a := p.arith(x)
	p.sameLen("sum of rows", len(a.own), rows*cols)
	z, c := p.newArith(cols)
	clear(c.own)
	clear(c.next)
	for i := range rows {
		ring.Add(c.own, c.own, a.own[i*cols:(i+1)*cols])
		ring.Add(c.next, c.next, a.next[i*cols:(i+1)*cols])
	}
	return z
}
