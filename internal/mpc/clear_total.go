package mpc

import (
	"math"
	mathbits "math/bits"
)

// total is an exact sum of ring elements and of their products, read as signed:
// an integer mod 2^192 in two's complement, least significant word first. It
// takes 2^64 products before it could wrap.
type total [3]uint64

// sign returns all ones for a negative x, else 0.
func sign(x uint64) uint64 { return uint64(int64(x) >> 63) }

// add adds x.
func (s *total) add(x uint64) { s.addWords(x, sign(x), sign(x)) }

// sub subtracts x.
func (s *total) sub(x uint64) {
	var b uint64
	s[0], b = mathbits.Sub64(s[0], x, 0)
	s[1], b = mathbits.Sub64(s[1], sign(x), b)
	s[2], _ = mathbits.Sub64(s[2], sign(x), b)
}

// addMul adds x·y.
func (s *total) addMul(x, y uint64) {
	hi, lo := mathbits.Mul64(x, y)
	hi -= x&sign(y) + y&sign(x)
	s.addWords(lo, hi, sign(hi))
}

// raise multiplies s by 2^bits.
func (s *total) raise(bits int) {
	for range bits {
		s.addWords(s[0], s[1], s[2])
	}
}

func (s *total) addWords(w0, w1, w2 uint64) {
	var c uint64
	s[0], c = mathbits.Add64(s[0], w0, 0)
	s[1], c = mathbits.Add64(s[1], w1, c)
	s[2], _ = mathbits.Add64(s[2], w2, c)
}

// magnitude returns |s| as an unsigned number.
func (s total) magnitude() total {
	if sign(s[2]) == 0 {
		return s
	}
	m := total{^s[0], ^s[1], ^s[2]}
	m.addWords(1, 0, 0)
	return m
}

// reaches reports whether |s| ≥ 2^bits.
func (s total) reaches(bits int) bool {
	m := s.magnitude()
	for i := bits/64 + 1; i < len(m); i++ {
		if m[i] != 0 {
			return true
		}
	}
	return m[bits/64]>>(bits%64) != 0
}

// log2 returns log2 |s|.
func (s total) log2() float64 {
	m := s.magnitude()
	return math.Log2(math.Ldexp(float64(m[2]), 128) + math.Ldexp(float64(m[1]), 64) + float64(m[0]))
}

// width returns a w with |x| ≤ 2^w for every element x, at most one above the
// smallest. It is 0 for an empty vector.
func width(v []uint64) int {
	var w uint64
	for _, x := range v {
		w |= x ^ sign(x)
	}
	return mathbits.Len64(w)
}
