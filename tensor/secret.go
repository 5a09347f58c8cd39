package tensor

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Secret is a secret-shared tensor of fixed-point numbers. Copying it copies a
// handle; no operation but [Secret.Assign] changes its operands. It prints and
// marshals as [secret].
//
// A method of an empty Secret, or of one whose [Session.Temporary] scope has
// ended, panics, for want of a session to fail. As an operand, such a Secret
// fails the session of the other.
type Secret struct {
	mpc.Concealed
	box **secret
}

// secret is either replicated (v) or a sum not yet reshared (z).
type secret struct {
	self       *secret
	session    *Session
	shape      dims
	scale      int
	v          mpc.Arith
	z          mpc.Product
	temporary  bool // made in a scope
	transposed bool // v is valid and holds the transpose, row by row
	narrow     bool // v is valid, and mod 2^32
}

func (s *Session) box(t secret) Secret {
	inner := s.slab.next()
	t.self, t.session, t.temporary = inner, s, s.slab.depth > 0
	*inner = t
	return Secret{box: &inner.self}
}

func (s *Session) secret(v mpc.Arith, scale int, shape dims) Secret {
	return s.box(secret{v: v, scale: scale, shape: shape})
}

func (s *Session) product(z mpc.Product, scale int, shape dims) Secret {
	return s.box(secret{z: z, scale: scale, shape: shape})
}

func (x Secret) open() *secret {
	if !x.Valid() {
		panic("tensor: use of an empty Secret, or of one after its scope; make one with a Session")
	}
	return *x.box
}

// operand opens x for an operation in the session s.
func (s *Session) operand(op string, x Secret) *secret {
	if !x.Valid() {
		s.failf("%s: got an empty Secret, or one after its scope; want one of this session", op)
	}
	if x.open().session != s {
		s.failf("%s: got a tensor of another session", op)
	}
	return x.open()
}

// Valid reports whether x holds a tensor.
func (x Secret) Valid() bool { return x.box != nil && *x.box != nil }

// Shape returns the sizes of the dimensions; they are public.
func (x Secret) Shape() []int { return x.open().shape.list() }

// Rows returns the size of the first dimension.
func (x Secret) Rows() int { return x.open().shape.size[0] }

// Len returns the number of elements.
func (x Secret) Len() int { return x.open().shape.len() }

// Scale returns the number of fraction bits.
func (x Secret) Scale() int { return x.open().scale }

// Session returns the session that x belongs to.
func (x Secret) Session() *Session { return x.open().session }

// arith returns the replicated form, row by row, resharing a product the first
// time (1 round, 8 bytes per element and server), and widening what is narrow. A
// tensor that outlives the
// current scope does not remember what was made in it.
func (t *secret) arith() mpc.Arith {
	if t.v.Valid() && !t.transposed && !t.narrow {
		return t.v
	}
	v := t.replicated()
	if t.temporary || t.session.slab.depth == 0 {
		t.v, t.z, t.transposed, t.narrow = v, mpc.Product{}, false, false
	}
	return v
}

func (t *secret) replicated() mpc.Arith {
	e := t.session.engine
	if t.narrow {
		return e.Widen(t.v)
	}
	if t.transposed {
		return e.Transpose(t.v, t.shape.size[1], t.shape.size[0])
	}
	return e.Reshare(t.z)
}

// stored returns the words as they are, and whether they are narrow; it reshares a
// product.
func (t *secret) stored() (v mpc.Arith, narrow bool) {
	if t.narrow {
		return t.v, true
	}
	return t.arith(), false
}

// words is stored without saying which.
func (t *secret) words() mpc.Arith {
	v, _ := t.stored()
	return v
}

// view returns words of t, narrow or not as those of t are, in another shape.
func (t *secret) view(v mpc.Arith, shape dims) Secret {
	return t.session.box(secret{v: v, scale: t.scale, shape: shape, narrow: t.narrow})
}

// lazy reports whether t is a sum that has not been reshared.
func (t *secret) lazy() bool { return !t.v.Valid() && !t.transposed }

// sum returns the summand form. Local.
func (t *secret) sum() mpc.Product {
	if t.lazy() {
		return t.z
	}
	return t.session.engine.AsProduct(t.arith())
}

// pair opens two operands that must agree in session, shape and scale.
func pair(op string, x, y Secret) (*secret, *secret) {
	a := x.open()
	s := a.session
	b := s.operand(op, y)
	switch {
	case a.shape != b.shape:
		s.failf("%s: got shapes %s and %s, want the same", op, a.shape, b.shape)
	case a.scale != b.scale:
		s.failf("%s: got scales %d and %d, want the same (Lift the smaller, or Rescale the larger)", op, a.scale, b.scale)
	}
	return a, b
}
