package tensor

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Reshape returns x with another shape of the same size, without copying. Local.
func (x Secret) Reshape(shape ...int) Secret {
	t := x.open()
	d := t.session.dims("reshape", shape)
	if d.len() != x.Len() {
		t.session.failf("reshape: got %s for %s, want as many elements", d, t.shape)
	}
	if t.lazy() {
		return t.session.product(t.z, t.scale, d)
	}
	v, _ := t.stored()
	return t.view(v, d)
}

// Like returns x in the shape of y, without copying. Local.
func (x Secret) Like(y Secret) Secret {
	d := y.open().shape
	return x.Reshape(d.size[:d.n]...)
}

// Slice returns rows lo to hi−1 along the first dimension, without copying. Local.
func (x Secret) Slice(lo, hi int) Secret {
	t := x.open()
	if lo < 0 || hi < lo || hi > t.shape.size[0] {
		t.session.failf("slice: got rows %d to %d of %s, want a part of 0 to %d", lo, hi, t.shape, t.shape.size[0])
	}
	width := t.shape.width()
	shape := t.shape.withRows(hi - lo)
	if t.lazy() {
		return t.session.product(t.session.engine.SliceProduct(t.z, lo*width, hi*width), t.scale, shape)
	}
	v, _ := t.stored()
	return t.view(t.session.engine.Slice(v, lo*width, hi*width), shape)
}

// Gather returns the rows whose (public) numbers are listed, as a new tensor. In a
// [Session.Temporary] scope the list must not change until that ends: rows that only
// products need are never copied. Local.
func (x Secret) Gather(rows []int) Secret {
	t := x.open()
	for _, r := range rows {
		if r < 0 || r >= t.shape.size[0] {
			t.session.failf("gather: got row %d of %s, want 0 to %d", r, t.shape, t.shape.size[0]-1)
		}
	}
	width := t.shape.width()
	shape := t.shape.withRows(len(rows))
	return t.session.secret(t.session.engine.Gather(t.arith(), width, rows), t.scale, shape)
}

// Concat joins tensors of one scale along the first dimension; it panics if
// there are none. If any is lazy, so is the result; if all are narrow, so is it.
// Local.
func Concat(xs ...Secret) Secret {
	if len(xs) == 0 {
		panic("tensor: concat of no tensors, want at least one")
	}
	first := xs[0].open()
	s, rows, lazy := first.session, 0, false
	for _, x := range xs {
		t := s.operand("concat", x)
		if t.scale != first.scale || t.shape.withRows(0) != first.shape.withRows(0) {
			s.failf("concat: got %s at scale %d and %s at scale %d, want the same but for the rows", first.shape, first.scale, t.shape, t.scale)
		}
		rows += t.shape.size[0]
		lazy = lazy || t.lazy()
	}
	shape := first.shape.withRows(rows)
	if lazy {
		return s.product(s.engine.ConcatProducts(collect(xs, (*secret).sum)...), first.scale, shape)
	}
	if allNarrow(xs) {
		return first.view(s.engine.Concat(collect(xs, (*secret).words)...), shape)
	}
	return s.secret(s.engine.Concat(collect(xs, (*secret).arith)...), first.scale, shape)
}

func collect[T mpc.Arith | mpc.Product](xs []Secret, get func(*secret) T) []T {
	out := make([]T, len(xs))
	for i, x := range xs {
		out[i] = get(x.open())
	}
	return out
}

// SumRows returns the sum over the first dimension of a matrix, 1×cols. Local.
func (x Secret) SumRows() Secret {
	t := x.open()
	if !t.shape.isMatrix() {
		t.session.failf("sum of rows: got shape %s, want a matrix", t.shape)
	}
	rows, cols := t.shape.size[0], t.shape.size[1]
	return t.session.secret(t.session.engine.SumRows(t.arith(), rows, cols), t.scale, matrix(1, cols))
}

// Repeat returns x times times over along the first dimension. Local.
func (x Secret) Repeat(times int) Secret {
	t := x.open()
	if times < 0 {
		t.session.failf("repeat: got %d times, want 0 or more", times)
	}
	shape := t.shape.withRows(t.shape.size[0] * times)
	return t.session.secret(t.session.engine.Repeat(t.arith(), times), t.scale, shape)
}
