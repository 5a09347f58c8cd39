package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Mul returns the summands of x∘y, element by element:
//
//	z_i = x_i·(y_i + y_{i+1}) + x_{i+1}·y_i
//
// Source: [AFLNO16, Protocol 3.1] without its resharing step, which is
// [Party.Reshare].
//
// Cost: local.
func (p *Party) Mul(x, y Arith) Product {
	a, b := p.arith(x), p.arith(y)
	p.sameLen("multiply", len(b.own), len(a.own))
	z, c := p.newProduct(len(a.own))
	n := len(c.sum)
	if n <= localPart {
		mulShare(c.sum, a, b, 0, n)
		return z
	}
	ring.EachPart((n+localPart-1)/localPart, func(i int) {
		mulShare(c.sum, a, b, i*localPart, min((i+1)*localPart, n))
	})
	return z
}

// localPart is how many elements of a long vector a core multiplies at a time.
const localPart = 1 << 16

func mulShare(sum []uint64, a, b *arith, lo, hi int) {
	clear(sum[lo:hi])
	ring.MulShare(sum[lo:hi], a.own[lo:hi], a.next[lo:hi], b.own[lo:hi], b.next[lo:hi])
}

// Operand is a matrix stored row by row in a vector, transposed or not.
type Operand struct {
	Rows, Cols int // as stored
	Transposed bool
}

// T returns the transposed operand.
func (o Operand) T() Operand { o.Transposed = !o.Transposed; return o }

func (o Operand) shape() (rows, cols int) {
	if o.Transposed {
		return o.Cols, o.Rows
	}
	return o.Rows, o.Cols
}

func (o Operand) matrix(data []uint64) ring.Matrix {
	m := ring.Dense(data, o.Rows, o.Cols)
	if o.Transposed {
		return m.T()
	}
	return m
}

// MatMul returns the summands of X·Y, m×n, for X (m×k) and Y (k×n):
//
//	Z_i = X_i·(Y_i + Y_{i+1}) + X_{i+1}·Y_i
//
// two local products, or with [Options].OneProduct one where it is large, and one
// element per output when it is reshared, whatever the inner length.
//
// Source: [AFLNO16, Protocol 3.1] without its resharing step; for one product
// docs/protocols/multiplication.md.
//
// Cost: local.
func (p *Party) MatMul(x Arith, xs Operand, y Arith, ys Operand) Product {
	a, b := p.arith(x), p.arith(y)
	m, n := p.matMulShape(len(a.own), xs, len(b.own), ys)
	z, c := p.newProduct(m * n)
	clear(c.sum)
	p.matMulShare(ring.Dense(c.sum, m, n),
		xs.matrix(a.own), xs.matrix(a.next), ys.matrix(b.own), ys.matrix(b.next))
	return z
}

// matMulShare adds this server's part of X·Y to dst, whichever way was agreed on. Of
// narrow sharings only [ring.MatMulShare] makes one that is right mod 2^32: the servers
// that hold a component hold different upper halves of its words.
func (s *session) matMulShare(dst, x0, x1, y0, y1 ring.Matrix) {
	if s.opts.OneProduct {
		ring.MatMulPart(s.server, dst, x0, x1, y0, y1)
		return
	}
	ring.MatMulShare(dst, x0, x1, y0, y1)
}

// PrefersOneProduct reports whether [Options].OneProduct makes this server faster. It
// makes slower those that have no instructions for it.
func PrefersOneProduct() bool { return ring.PrefersParts() }

func (s *session) matMulShape(lenX int, xs Operand, lenY int, ys Operand) (m, n int) {
	m, _, n, err := matMulShape(lenX, xs, lenY, ys)
	if err != nil {
		s.Fail(err)
	}
	return m, n
}

func matMulShape(lenX int, xs Operand, lenY int, ys Operand) (m, k, n int, err error) {
	m, k = xs.shape()
	k2, n := ys.shape()
	switch {
	case lenX != xs.Rows*xs.Cols:
		err = fmt.Errorf("matrix product: got %d elements for the left matrix, want %d×%d", lenX, xs.Rows, xs.Cols)
	case lenY != ys.Rows*ys.Cols:
		err = fmt.Errorf("matrix product: got %d elements for the right matrix, want %d×%d", lenY, ys.Rows, ys.Cols)
	case k != k2:
		err = fmt.Errorf("matrix product: got %d×%d by %d×%d, want equal inner lengths", m, k, k2, n)
	}
	return m, k, n, err
}

// Reshare turns summands into a replicated sharing:
//
//	z'_i = z_i + α_i,   α_0 + α_1 + α_2 = 0
//
// Server i sends z'_i to server i−1. α comes from the pair keys, so the
// message is uniform to its receiver, who lacks one of the two.
//
// Source: [AFLNO16, Protocol 3.1].
//
// Cost: 1 round, 8 bytes per element and server.
func (p *Party) Reshare(z Product) Arith {
	sum := p.product(z).sum
	x, a := p.newArith(len(sum))
	if len(sum) <= chunk {
		p.reshare(a, sum, 0, len(sum))
		return x
	}
	p.cut(len(sum), chunk, func(q *Party, _, lo, hi int) { q.reshare(a, sum, lo, hi) })
	return x
}

// reshare is Reshare of the elements from lo to hi−1.
func (p *Party) reshare(a *arith, sum []uint64, lo, hi int) {
	m := p.maskZero(sum[lo:hi])
	copy(a.own[lo:hi], m.words)
	p.send(p.prev(), classProduct, m)
	p.take(p.next(), a.next[lo:hi])
}
