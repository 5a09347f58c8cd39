package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// splitDigits cuts the numbers x of a width, which it overwrites, into their
// signs and digits: bit k of all digits is a vector, one after another. Local.
func (p *Party) splitDigits(x []uint64, width int, l leaves) (digits, sign []uint64) {
	w := l.bits * l.groups
	ring.ShiftLeft(x, x, uint(w-width))
	plain := p.words(w * l.words)
	ring.ToPlanes(plain, x, w)
	digits, sign = p.words(w*l.words), p.words(l.words)
	clear(digits[:l.words])
	for b := 1; b < w; b++ {
		at := b%l.bits*l.vector() + slot(b/l.bits, l.groups)*l.words
		copy(digits[at:at+l.words], plain[(b-1)*l.words:b*l.words])
	}
	copy(sign, plain[(w-1)*l.words:])
	p.free(plain)
	return digits, sign
}

// products writes words lo to hi−1 of the vectors digit^S for all sets S of
// bits, with S as a number: the product of the bits in S, 1 for none. Local.
func (l leaves) products(dst, digits []uint64, lo, hi int) {
	n := hi - lo
	at := func(s int) []uint64 { return dst[s*n : (s+1)*n] }
	for i := range n {
		dst[i] = ^uint64(0)
	}
	for k := range l.bits {
		b, high := digits[k*l.vector()+lo:k*l.vector()+hi], 1<<k
		copy(at(high), b)
		for s := 1; s < high; s++ {
			ring.And(at(high+s), at(s), b)
		}
	}
}

// The bits g = [s + r ≥ 2^β] and e = [s + r = 2^β − 1] of two digits are sums, mod
// 2, of products of bits of s and of r:
//
//	e = Π_i (s_i ^ r_i)                  = Σ_S s^S · r^propagated(S)
//	g = Σ_k s_k·r_k·Π_{i>k} (s_i ^ r_i)  = Σ_S s^S · r^generated(S), S not empty
//
// Each digit^S has one factor. It is the term of the lowest k in S that has S.

func propagated(s, bits int) int { return 1<<bits - 1 - s }

func generated(s, bits int) int {
	lowest := s & -s
	above := 1<<bits - 2*lowest
	return lowest | above&^s
}
