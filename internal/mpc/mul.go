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
	clear(c.sum)
	ring.MulShare(c.sum, a.own, a.next, b.own, b.next)
	return z
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
// two local products, and one element per output when it is reshared, whatever
// the inner length.
//
// Source: [AFLNO16, Protocol 3.1] without its resharing step.
//
// Cost: local.
func (p *Party) MatMul(x Arith, xs Operand, y Arith, ys Operand) Product {
	a, b := p.arith(x), p.arith(y)
	m, n := p.matMulShape(len(a.own), xs, len(b.own), ys)
	z, c := p.newProduct(m * n)
	clear(c.sum)
	ring.MatMulShare(ring.Dense(c.sum, m, n),
		xs.matrix(a.own), xs.matrix(a.next), ys.matrix(b.own), ys.matrix(b.next))
	return z
}

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
	m := p.maskZero(p.product(z).sum)
	x, a := p.newArith(len(m.words))
	copy(a.own, m.words)
	p.send(p.prev(), classProduct, m)
	in := p.recv(p.next(), len(a.own))
	copy(a.next, in)
	p.free(in)
	return x
}
