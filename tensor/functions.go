package tensor

import "github.com/trefoil-ml/trefoil/internal/mpc"

// ReLU returns max(0, x) at the scale of x, and [x ≥ 0], which a backward pass
// multiplies with: positive.Mul(gradient). Exact for |x| < 2^15; from the same
// circuit it watches that |x| < [Session.Range], see [Session.Alarm].
//
// Cost: 6 rounds and 19 bytes per element and server at a scale of 16.
func (x Secret) ReLU() (y Secret, positive SecretBits) {
	t := x.open()
	s := t.session
	x0, narrow := t.stored()
	v, b, outside := s.reLU(x0, t.scale, t.shape.len(), narrow)
	s.watch(outside)
	return t.view(v, t.shape), s.bits(b, t.shape)
}

// Max returns the larger of x and y, element by element, and [x ≥ y]. It
// watches that |x − y| < [Session.Range]. See [Secret.ReLU]: it is y + max(0, x − y).
//
// Cost: as [Secret.ReLU].
func Max(x, y Secret) (larger Secret, first SecretBits) {
	over, first := x.Sub(y).ReLU()
	return y.Add(over), first
}

// Softmax returns p_ij = e^x_ij / Σ_k e^x_ik for each row of an m×n matrix, at the
// scale of x; 2 ≤ n. It watches that differences within a row are below
// [Session.Range], see [Session.Alarm]. The gradient of the cross-entropy with
// one-hot labels y is p − y.
//
// Error: for n = 10 below p·2^−16 + 2^−22 and the rounding to the scale.
//
// Cost: at most 32 rounds and 1.35 KB per row and server for n = 10 at a scale of 16.
func (x Secret) Softmax() Secret {
	t := x.open()
	s := t.session
	if !t.shape.isMatrix() {
		s.failf("softmax: got shape %s, want a matrix", t.shape)
	}
	p, outside := mpc.Softmax(s.engine, t.arith(), t.shape.size[0], t.shape.size[1], t.scale, signBits(t.scale))
	s.watch(outside)
	return s.secret(p, t.scale, t.shape)
}

// Sigmoid returns 1/(1 + e^−x), element by element, at the scale of x. It watches
// that |x| < [Session.Range], see [Session.Alarm], however far beyond it is.
//
// Error: below 2^−18 and the rounding to the scale.
//
// Cost: 19 rounds and 235 bytes per element and server at a scale of 16, up to 5
// rounds more and 212 bytes in vectors of 2048 and more.
func (x Secret) Sigmoid() Secret { return x.watched(mpc.Sigmoid) }

// Tanh returns the hyperbolic tangent, element by element, at the scale of x. It
// watches as [Secret.Sigmoid].
//
// Error: as [Secret.Sigmoid].
//
// Cost: 21 rounds and 262 bytes per element and server at a scale of 16, up to 6
// rounds more and 234 bytes in vectors of 2048 and more.
func (x Secret) Tanh() Secret { return x.watched(mpc.Tanh) }

// watched applies a function that works on numbers in range and says which are
// not.
func (x Secret) watched(f func(e mpc.Engine, x mpc.Arith, scale, width int) (mpc.Arith, mpc.Bits)) Secret {
	t := x.open()
	y, outside := f(t.session.engine, t.arith(), t.scale, signBits(t.scale))
	t.session.watch(outside)
	return t.session.secret(y, t.scale, t.shape)
}

// Reciprocal returns 1/x, element by element, at the scale of x, for
// 2^−14 ≤ |x| < 2^14 and |x| at least two units of the scale. It watches that.
//
// Error: below 2^−20/|x| and the rounding to the scale.
//
// Cost: about 33 rounds and 265 bytes per element and server at a scale of 16,
// up to 4 rounds more in vectors of 2048 and more.
func (x Secret) Reciprocal() Secret { return x.checked(mpc.Reciprocal) }

// Sqrt returns √x, element by element, at the scale of x, for 0 ≤ x < 2^14. It
// watches that.
//
// Error: below √x·2^−20 and the rounding to the scale.
//
// Cost: about 34 rounds and 260 bytes per element and server at a scale of 16,
// up to 4 rounds more in vectors of 2048 and more.
func (x Secret) Sqrt() Secret { return x.checked(mpc.Sqrt) }

// Log returns the natural logarithm, element by element, at the scale of x, for
// 0 < x < 2^14. It watches that.
//
// Error: below 2^−20 and the rounding to the scale.
//
// Cost: about 32 rounds and 236 bytes per element and server at a scale of 16,
// up to 4 rounds more in vectors of 2048 and more.
func (x Secret) Log() Secret { return x.checked(mpc.Log) }

// Exp returns e^x, element by element, at the scale of x, for x ≤ 14·ln 2 = 9.7,
// which it watches. Numbers below −24 are taken as −24.
//
// Error: below e^x·2^−19 + 2^−18 and the rounding to the scale.
//
// Cost: about 14 rounds and 113 bytes per element and server at a scale of 16,
// up to 4 rounds more in vectors of 2048 and more.
func (x Secret) Exp() Secret { return x.checked(mpc.Exponential) }

// Div returns x/y, element by element, at their scale, for |x| < 2^14, |x/y| < 2^14
// and y as for [Secret.Reciprocal]. It watches that.
//
// Error: below |x/y|·2^−20 + 2^−scale and the rounding to the scale.
//
// Cost: about 42 rounds and 349 bytes per element and server at a scale of 16,
// up to 4 rounds more in vectors of 2048 and more.
func (x Secret) Div(y Secret) Secret {
	a, b := pair("divide", x, y)
	s, above, below := a.session, a.arith(), b.arith()
	Concat(x, y).Watch()
	q, outside := mpc.Divide(s.engine, above, below, a.scale)
	s.watch(outside)
	return s.secret(q, a.scale, a.shape)
}

// InvSqrt returns 1/√x, element by element, at another scale, for x at any scale
// with 0 < x < 2^(60 − scale of x). It watches that.
//
// Error: below 2^−20/√x and the rounding to the scale.
//
// Cost: at most 30 rounds and 285 bytes per element and server.
func (x Secret) InvSqrt(scale int) Secret {
	t := x.open()
	y, outside := mpc.InvSqrt(t.session.engine, t.arith(), t.scale, scale)
	t.session.watch(outside)
	return t.session.secret(y, scale, t.shape)
}

// checked applies a function that says which numbers are out of its range. It
// looks at them in a ring of few bits, so Watch sees those beyond it.
func (x Secret) checked(f func(e mpc.Engine, x mpc.Arith, scale int) (mpc.Arith, mpc.Bits)) Secret {
	t := x.open()
	v := t.arith() // once, for both
	x.Watch()
	y, outside := f(t.session.engine, v, t.scale)
	t.session.watch(outside)
	return t.session.secret(y, t.scale, t.shape)
}
