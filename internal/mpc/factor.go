package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// factors writes what this server multiplies of a left and of a right matrix; see
// [Party.MatMul]. Both are linear in the components, so that a matrix made of copies of
// elements, as that of a convolution, can be made of their factors. Local.
func (s *session) factors(left []uint64, x *arith, right []uint64, y *arith) {
	s.factor(left, x.own, x.next)
	s.factor(right, y.own, y.next)
	if s.server == 0 {
		shorter := left
		if len(right) < len(left) {
			shorter = right
		}
		ring.Scale(shorter, shorter, minusTwo)
	}
}

const minusTwo = ^uint64(1)

// factor writes a factor, but for server 0 without the −2 that one of the two has.
func (s *session) factor(dst, own, next []uint64) {
	combine := ring.TwiceAdd
	switch s.server {
	case 0:
		combine = ring.Sub
	case 2:
		own, next = next, own
	}
	if len(dst) <= localPart {
		combine(dst, own, next)
		return
	}
	eachLocal(len(dst), func(lo, hi int) { combine(dst[lo:hi], own[lo:hi], next[lo:hi]) })
}
