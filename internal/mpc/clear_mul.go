package mpc

import (
	"math"
	mathbits "math/bits"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Mul is [Party.Mul].
func (c *Clear) Mul(x, y Arith) Product {
	a, b := c.arith(x).own, c.arith(y).own
	c.sameLen("multiply", len(b), len(a))
	return c.newProduct(c.mul("multiply", a, b))
}

// MatMul is [Party.MatMul].
func (c *Clear) MatMul(x Arith, xs Operand, y Arith, ys Operand) Product {
	a, b := c.arith(x).own, c.arith(y).own
	m, n := c.matMulShape(len(a), xs, len(b), ys)
	z := make([]uint64, m*n)
	ring.MatMulAdd(ring.Dense(z, m, n), xs.matrix(a), ys.matrix(b))
	c.checkMatMul(xs.matrix(a), ys.matrix(b), ProductBits(m, n))
	return c.newProduct(raised(z, ProductBits(m, n)))
}

// raised multiplies x by 2^bits in place.
func raised(x []uint64, bits int) []uint64 {
	ring.ShiftLeft(x, x, uint(bits))
	return x
}

// checkMatMul checks the elements of 2^bits·X·Y exactly, but for those that the
// absolute sums of their row and column show to be small.
func (c *Clear) checkMatMul(x, y ring.Matrix, bits int) {
	bound := bits + sumWidth(width(x.Data)+width(y.Data), x.Cols)
	if bound < headroom {
		return
	}
	rows, cols := measureRows(x), measureRows(y.T())
	n := y.Cols
	c.check("matrix product", headroom, bound, x.Rows*n, func(e int, s *total) {
		i, j := e/n, e%n
		if rows[i].productBelow(cols[j], math.Ldexp(1, headroom-1-bits)) {
			return
		}
		for k := range x.Cols {
			s.addMul(x.Data[i*x.RowStride+k*x.ColStride], y.Data[k*y.RowStride+j*y.ColStride])
		}
		s.raise(bits)
	})
}

// size bounds a vector: the largest magnitude, and the sum of magnitudes.
type size struct{ most, sum float64 }

func measureRows(m ring.Matrix) []size {
	s := make([]size, m.Rows)
	for i := range s {
		for k := range m.Cols {
			v := float64(int64(m.Data[i*m.RowStride+k*m.ColStride]))
			v = max(v, -v)
			s[i].most, s[i].sum = max(s[i].most, v), s[i].sum+v
		}
	}
	return s
}

// productBelow reports that the inner product of two vectors is below bound,
// since |Σ x·y| ≤ Σ|x| · max|y|. The rounding of the floats is far smaller than
// the factor 2 that the caller leaves.
func (s size) productBelow(t size, bound float64) bool {
	return min(s.sum*t.most, s.most*t.sum) < bound
}

// sumWidth bounds log2 of a sum of n terms of magnitude 2^w at the most.
func sumWidth(w, n int) int { return w + mathbits.Len(uint(n)) }

// Reshare is [Party.Reshare]. It copies, as [Clear.Assign] may change the result.
func (c *Clear) Reshare(z Product) Arith { return c.newArith(clone(c.product(z).sum)) }
