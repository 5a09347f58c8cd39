package tensor

// Temporary runs body, and takes back the memory of all tensors that were made
// in it: none of them may be used afterwards. Keep results with
// [Secret.Assign]. Scopes may be nested; the outermost counts.
func (s *Session) Temporary(body func()) {
	s.slab.depth++
	s.engine.Begin()
	body()
	s.engine.End()
	if s.slab.depth--; s.slab.depth == 0 {
		s.slab.reset()
	}
}

// Assign copies the value of y, of the same shape and scale, into x. It is how a
// parameter gets its new value: x and all handles to it change.
//
// x must have elements of its own: not a product that is still lazy, nor a
// transposed view.
func (x Secret) Assign(y Secret) {
	a, b := pair("assign", x, y)
	if a.lazy() || a.transposed || a.narrow {
		a.session.failf("assign: got a lazy product or a transposed view, want a tensor with elements of its own")
	}
	a.session.engine.Assign(a.v, b.arith())
}

// slab hands out tensors from arrays that it keeps; outside a scope, from the
// heap.
type slab struct {
	depth  int
	arrays []*[64]secret
	n      int
}

func (s *slab) next() *secret {
	if s.depth == 0 {
		return new(secret)
	}
	if s.n == 64*len(s.arrays) {
		s.arrays = append(s.arrays, new([64]secret))
	}
	t := &s.arrays[s.n/64][s.n%64]
	s.n++
	return t
}

// reset empties the slab. Handles that are still around then hold nothing.
func (s *slab) reset() {
	for i := range s.n {
		s.arrays[i/64][i%64] = secret{}
	}
	s.n = 0
}
