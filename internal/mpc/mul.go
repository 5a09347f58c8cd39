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
	eachLocal(n, localPart, func(lo, hi int) { mulShare(c.sum, a, b, lo, hi) })
	return z
}

// localPart is how many elements of a long vector a core multiplies at a time.
const localPart = 1 << 16

// eachLocal calls f for parts of n, on every core.
func eachLocal(n, part int, f func(lo, hi int)) {
	ring.EachPart((n+part-1)/part, func(i int) { f(i*part, min((i+1)*part, n)) })
}

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

// ProductBits returns how many bits more a matrix product of m×n has than its factors:
// [Party.MatMul] makes 2·X·Y if there are two rows and columns or more, and otherwise X·Y.
func ProductBits(m, n int) int {
	if min(m, n) > 1 {
		return 1
	}
	return 0
}

// MatMul returns the summands of 2·X·Y, m×n, for X (m×k) and Y (k×n): one local product
// on each server, of a left and a right factor,
//
//	Z_0 = −2·(X_0 − X_1)·(Y_0 − Y_1)
//	Z_1 = (2·X_1 + X_2)·(2·Y_1 + Y_2)
//	Z_2 = (X_2 + 2·X_0)·(Y_2 + 2·Y_0)
//
// and one element per output when it is reshared, whatever the inner length. Of a single
// row or column, where factors cost as much as they save, they are those of X·Y, from two
// products as in [Party.Mul]; see [ProductBits].
//
// Source: the local conversion of [CDI05] to Shamir shares and their product, times the
// denominators of both, by which Z_2^64 cannot divide; the use of it here is ours. See
// docs/protocols/multiplication.md.
//
// Cost: local.
func (p *Party) MatMul(x Arith, xs Operand, y Arith, ys Operand) Product {
	a, b := p.operand(x), p.operand(y)
	m, n := p.matMulShape(len(a.own), xs, len(b.own), ys)
	z, c := p.newProduct(m * n)
	clear(c.sum)
	p.addMatMul(ring.Dense(c.sum, m, n), a, xs, b, ys)
	return z
}

// addMatMul adds this server's part of a product.
func (p *Party) addMatMul(sum ring.Matrix, x *arith, xs Operand, y *arith, ys Operand) {
	switch {
	case sum.Cols == 1:
		p.addTwoProducts(sum, x, xs, y, ys)
		return
	case sum.Rows == 1:
		p.addTwoProducts(sum.T(), y, ys.T(), x, xs.T())
		return
	}
	a, b := p.factors(x, y)
	ring.MatMulAdd(sum, xs.matrix(a.words), ys.matrix(b.words))
	p.release(a)
	p.release(b)
}

// addTwoProducts is addMatMul for a column Y: X_i·(Y_i + Y_{i+1}) + X_{i+1}·Y_i.
func (p *Party) addTwoProducts(sum ring.Matrix, x *arith, xs Operand, y *arith, ys Operand) {
	p.settle(x)
	p.settle(y)
	both := p.words(len(y.own))
	ring.Add(both, y.own, y.next)
	ring.MatMulAdd(sum, xs.matrix(x.own), ys.matrix(both))
	ring.MatMulAdd(sum, xs.matrix(x.next), ys.matrix(y.own))
	p.free(both)
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
