package ring

import "fmt"

// MatMulAdd adds a product of matrices: dst += a·b, with a m×k, b k×n and
// dst m×n. Any of them may be a transposed or strided view. dst must not
// overlap a or b. Large products use every core.
func MatMulAdd(dst, a, b Matrix) {
	checkProduct("MatMulAdd", dst, a, b)
	multiply(product{dst: dst, a: a, b: b})
}

// checkProduct panics unless dst += a·b has fitting shapes.
func checkProduct(op string, dst, a, b Matrix) {
	dst.check(op, "dst")
	a.check(op, "left matrix")
	b.check(op, "right matrix")
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("%s · %s", a.shape(), b.shape()),
			Want: fmt.Sprintf("m×k · k×n into %s", dst.shape()),
		})
	}
	dst.checkDistinct(op)
}

// multiply brings p into the form that kernels take and spreads it over cores.
func multiply(p product) {
	if p.dst.empty() || p.a.Cols == 0 {
		return
	}
	switch {
	case p.dst.Rows == 1 || p.dst.Cols == 1:
		multiplyVector(p)
	case p.dst.ColStride == 1:
		split(p)
	case p.dst.RowStride == 1:
		split(p.transposed())
	default:
		throughScratch(p)
	}
}

// throughScratch multiplies into a dense matrix and adds that to dst, for a
// destination that has its elements apart in both directions.
func throughScratch(p product) {
	s := getScratch(p.dst.Rows * p.dst.Cols)
	defer s.release()
	clear(s.words)
	dst := p.dst
	p.dst = Dense(s.words, dst.Rows, dst.Cols)
	split(p)
	for i := range dst.Rows {
		row := p.dst.Data[i*dst.Cols : (i+1)*dst.Cols]
		for j, v := range row {
			dst.Data[i*dst.RowStride+j*dst.ColStride] += v
		}
	}
}
