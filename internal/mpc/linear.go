package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Add returns [x + y].
//
// Cost: local.
func (p *Party) Add(x, y Arith) Arith { return p.zip("add", ring.Add, x, y) }

// Sub returns [x − y].
//
// Cost: local.
func (p *Party) Sub(x, y Arith) Arith { return p.zip("subtract", ring.Sub, x, y) }

func (p *Party) zip(name string, op func(dst, x, y []uint64), x, y Arith) Arith {
	a, b := p.arith(x), p.arith(y)
	p.sameLen(name, len(b.own), len(a.own))
	z, c := p.newArith(len(a.own))
	op(c.own, a.own, b.own)
	op(c.next, a.next, b.next)
	return z
}

func (p *Party) each(op func(dst, x []uint64), x Arith) Arith {
	a := p.arith(x)
	z, c := p.newArith(len(a.own))
	op(c.own, a.own)
	op(c.next, a.next)
	return z
}

// Neg returns [−x].
//
// Cost: local.
func (p *Party) Neg(x Arith) Arith { return p.each(ring.Neg, x) }

// Scale returns [c·x] for a public c.
//
// Cost: local.
func (p *Party) Scale(x Arith, c uint64) Arith {
	return p.each(func(dst, x []uint64) { ring.Scale(dst, x, c) }, x)
}

// ShiftLeft returns [2^s·x].
//
// Cost: local.
func (p *Party) ShiftLeft(x Arith, s uint) Arith {
	return p.each(func(dst, x []uint64) { ring.ShiftLeft(dst, x, s) }, x)
}

// MulPublic returns [x∘c], element by element, for a public vector c.
//
// Cost: local.
func (p *Party) MulPublic(x Arith, c []uint64) Arith {
	p.sameLen("multiply by public", len(c), len(p.arith(x).own))
	return p.each(func(dst, x []uint64) { ring.Mul(dst, x, c) }, x)
}

// AddPublic returns [x + c] for a public vector c, added to x_0.
//
// Cost: local.
func (p *Party) AddPublic(x Arith, c []uint64) Arith {
	p.sameLen("add public", len(c), len(p.arith(x).own))
	return p.Add(x, p.Public(c))
}

// AddConstants returns the vectors [x + c_j] for public numbers c_j, one after
// another.
//
// Cost: local.
func (p *Party) AddConstants(x Arith, cs []uint64) Arith {
	a := p.arith(x)
	n := len(a.own)
	z, d := p.newArith(n * len(cs))
	for j, c := range cs {
		own, next := d.own[j*n:(j+1)*n], d.next[j*n:(j+1)*n]
		copy(own, a.own)
		copy(next, a.next)
		switch p.server {
		case 0:
			ring.AddScalar(own, own, c)
		case 2:
			ring.AddScalar(next, next, c)
		}
	}
	return z
}

// MulConstants returns the vectors [c_j·x_j] for public numbers c_j and vectors
// x_j of equal length that follow one another in x.
//
// Cost: local.
func (p *Party) MulConstants(x Arith, cs []uint64) Arith {
	a := p.arith(x)
	n := len(a.own) / max(len(cs), 1)
	p.sameLen("multiply by constants", len(a.own), n*len(cs))
	z, d := p.newArith(len(a.own))
	for j, c := range cs {
		lo, hi := j*n, (j+1)*n
		ring.Scale(d.own[lo:hi], a.own[lo:hi], c)
		ring.Scale(d.next[lo:hi], a.next[lo:hi], c)
	}
	return z
}

// AsProduct returns [x] as summands: z_i = x_i.
//
// Cost: local.
func (p *Party) AsProduct(x Arith) Product {
	a := p.arith(x)
	z, c := p.newProduct(len(a.own))
	copy(c.sum, a.own)
	return z
}

// AddProducts returns the summands of z + w.
//
// Cost: local.
func (p *Party) AddProducts(z, w Product) Product {
	a, b := p.product(z), p.product(w)
	p.sameLen("add products", len(b.sum), len(a.sum))
	y, c := p.newProduct(len(a.sum))
	ring.Add(c.sum, a.sum, b.sum)
	return y
}

// ScaleProduct returns the summands of c·z for a public c.
//
// Cost: local.
func (p *Party) ScaleProduct(z Product, c uint64) Product {
	a := p.product(z)
	y, b := p.newProduct(len(a.sum))
	ring.Scale(b.sum, a.sum, c)
	return y
}

// MulPublicProduct returns the summands of z∘c, element by element.
//
// Cost: local.
func (p *Party) MulPublicProduct(z Product, c []uint64) Product {
	a := p.product(z)
	p.sameLen("multiply product by public", len(c), len(a.sum))
	y, b := p.newProduct(len(a.sum))
	ring.Mul(b.sum, a.sum, c)
	return y
}
