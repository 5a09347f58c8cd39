package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// leftFactor and rightFactor write what a server multiplies of a left and of a right
// matrix; see [Party.MatMul]. Both are linear in the components, so a matrix that is made
// of copies of elements, such as that of a convolution, can be made of their factors.
// Local.

func (s *session) leftFactor(dst []uint64, x *arith) {
	s.factor(dst, x, func(dst, own, next []uint64) {
		ring.Sub(dst, own, next)
		ring.Add(dst, dst, dst)
	})
}

func (s *session) rightFactor(dst []uint64, y *arith) {
	s.factor(dst, y, func(dst, own, next []uint64) { ring.Sub(dst, next, own) })
}

// factor writes a factor, of which difference is that of server 0.
func (s *session) factor(dst []uint64, x *arith, difference func(dst, own, next []uint64)) {
	f := difference
	switch s.server {
	case 1:
		f = twiceAnd
	case 2:
		f = func(dst, own, next []uint64) { twiceAnd(dst, next, own) }
	}
	n := len(dst)
	if n <= localPart {
		inCache(f, dst, x.own, x.next)
		return
	}
	eachLocal(n, func(lo, hi int) { inCache(f, dst[lo:hi], x.own[lo:hi], x.next[lo:hi]) })
}

// twiceAnd writes 2·x + y.
func twiceAnd(dst, x, y []uint64) {
	ring.Add(dst, x, x)
	ring.Add(dst, dst, y)
}

// inCache calls f for so few words at a time that a second pass over them finds them in
// the first cache level.
func inCache(f func(dst, x, y []uint64), dst, x, y []uint64) {
	const words = 1024
	for lo := 0; lo < len(dst); lo += words {
		hi := min(lo+words, len(dst))
		f(dst[lo:hi], x[lo:hi], y[lo:hi])
	}
}
