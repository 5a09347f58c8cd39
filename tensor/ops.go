package tensor

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Add returns x + y. Local.
func (x Secret) Add(y Secret) Secret {
	a, b := pair("add", x, y)
	e := a.session.engine
	if a.lazy() || b.lazy() {
		return a.session.product(e.AddProducts(a.sum(), b.sum()), a.scale, a.shape)
	}
	return a.session.secret(e.Add(a.arith(), b.arith()), a.scale, a.shape)
}

// Sub returns x − y. Local.
func (x Secret) Sub(y Secret) Secret {
	a, b := pair("subtract", x, y)
	e := a.session.engine
	if a.lazy() || b.lazy() {
		return x.Add(y.Neg())
	}
	return a.session.secret(e.Sub(a.arith(), b.arith()), a.scale, a.shape)
}

// Neg returns −x. Local.
func (x Secret) Neg() Secret { return x.times(^uint64(0), 0) }

// Times returns c·x for a public c, held with the given number of bits more:
// the scale grows by bits, and c is rounded to a multiple of 2^−bits. Local.
func (x Secret) Times(c float64, bits int) Secret {
	return x.times(x.open().session.encode("times", c, bits), bits)
}

// TimesDense returns x∘c, element by element, for a public c of the same shape,
// held with the given number of bits more as in [Secret.Times]. Local.
func (x Secret) TimesDense(c Dense, bits int) Secret {
	t := x.open()
	s, e := t.session, t.session.engine
	if d := s.dims("times", c.shape); d != t.shape {
		s.failf("times: got shapes %s and %s, want the same", t.shape, d)
	}
	words := make([]uint64, c.Len())
	s.check("times", constantFormat(bits).EncodeAll(words, c.data))
	if t.lazy() {
		return s.product(e.MulPublicProduct(t.z, words), t.scale+bits, t.shape)
	}
	return s.secret(e.MulPublic(t.arith(), words), t.scale+bits, t.shape)
}

// Lift returns x at a larger scale, exactly. Local.
func (x Secret) Lift(scale int) Secret {
	t := x.open()
	switch {
	case scale == t.scale:
		return x
	case scale < t.scale:
		t.session.failf("lift: got a scale of %d, want at least %d", scale, t.scale)
	}
	return x.times(1<<(scale-t.scale), scale-t.scale)
}

// Shift returns x/2^bits exactly, by raising the scale. Local.
func (x Secret) Shift(bits int) Secret {
	t := *x.open()
	if bits < 0 {
		t.session.failf("shift: got %d bits, want 0 or more (Times multiplies)", bits)
	}
	t.scale += bits
	return t.session.box(t)
}

// times multiplies by a public ring element that stands for c/2^bits.
func (x Secret) times(c uint64, bits int) Secret {
	t := x.open()
	e := t.session.engine
	if t.lazy() {
		return t.session.product(e.ScaleProduct(t.z, c), t.scale+bits, t.shape)
	}
	return t.session.secret(e.Scale(t.arith(), c), t.scale+bits, t.shape)
}

// AddScalar returns x + c for a public c, rounded to the scale of x. Local.
func (x Secret) AddScalar(c float64) Secret {
	t := x.open()
	s := t.session
	s.constants = append(s.constants[:0], s.encode("add scalar", c, t.scale))
	return s.secret(s.engine.AddConstants(t.arith(), s.constants), t.scale, t.shape)
}

// Mul returns x∘y, element by element, at the sum of their scales. Local; the
// result is lazy.
func (x Secret) Mul(y Secret) Secret {
	a := x.open()
	b := a.session.operand("multiply", y)
	if a.shape != b.shape {
		a.session.failf("multiply: got shapes %s and %s, want the same", a.shape, b.shape)
	}
	return a.session.product(a.session.engine.Mul(a.arith(), b.arith()), a.scale+b.scale, a.shape)
}

// T returns the transpose of a matrix. Local, and free where it is multiplied.
func (x Secret) T() Secret {
	t := x.open()
	if !t.shape.isMatrix() {
		t.session.failf("transpose: got shape %s, want a matrix", t.shape)
	}
	v, transposed := t.v, !t.transposed
	if t.lazy() || t.narrow {
		v = t.arith()
	}
	return t.session.box(secret{
		v: v, transposed: transposed, scale: t.scale,
		shape: matrix(t.shape.size[1], t.shape.size[0]),
	})
}

// MatMul returns x·y, m×n, for x (m×k) and y (k×n), at the sum of their scales or, if there
// are two rows and columns or more, a bit above: [mpc.Engine] then makes twice the product,
// at half the work. Local; the result is lazy.
func (x Secret) MatMul(y Secret) Secret {
	a := x.open()
	s := a.session
	b := s.operand("matrix product", y)
	if !a.shape.isMatrix() || !b.shape.isMatrix() || a.shape.size[1] != b.shape.size[0] {
		s.failf("matrix product: got shapes %s and %s, want m×k and k×n", a.shape, b.shape)
	}
	va, oa := a.asStored()
	vb, ob := b.asStored()
	return s.product(s.engine.MatMul(va, oa, vb, ob), productScale(a, b), matrix(a.shape.size[0], b.shape.size[1]))
}

// productScale is the scale of a·b.
func productScale(a, b *secret) int {
	return a.scale + b.scale + mpc.ProductBits(a.shape.size[0], b.shape.size[1])
}

// asStored returns a matrix without transposing it.
func (t *secret) asStored() (mpc.Arith, mpc.Operand) {
	if t.transposed {
		return t.v, mpc.Operand{Rows: t.shape.size[1], Cols: t.shape.size[0], Transposed: true}
	}
	return t.arith(), mpc.Operand{Rows: t.shape.size[0], Cols: t.shape.size[1]}
}

// Rescale returns x at a smaller scale, rounded as the session says. |x| must be
// below 2^(62 − scale of x). A lazy product is truncated as it is, in 2 rounds;
// anything else in 1. Long vectors take a round more, and fewer bytes.
func (x Secret) Rescale(scale int) Secret {
	t := x.open()
	s := t.session
	switch {
	case scale == t.scale:
		return x
	case scale < 0 || scale > t.scale:
		s.failf("rescale: got a scale of %d, want 0 to %d (Lift raises it)", scale, t.scale)
	}
	shift := uint(t.scale - scale)
	if t.lazy() {
		return s.secret(s.engine.TruncProduct(t.z, shift), scale, t.shape)
	}
	return s.secret(s.engine.Trunc(t.arith(), shift), scale, t.shape)
}
