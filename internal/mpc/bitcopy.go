package mpc

// copyBits writes the first n bits of src to dst from bit position at on. The
// bits of dst from at on must be zero.
func copyBits(dst []uint64, at int, src []uint64, n int) {
	w, s := at/64, uint(at%64)
	for i := range wordsFor(n) {
		v := src[i]
		if left := n - 64*i; left < 64 {
			v &= 1<<left - 1
		}
		dst[w+i] |= v << s
		if s > 0 && w+i+1 < len(dst) {
			dst[w+i+1] |= v >> (64 - s)
		}
	}
}

// cutBits returns bits lo to hi−1 of src; where lo is a multiple of 64, without
// copying.
func cutBits(src []uint64, lo, hi int) []uint64 {
	w, n := lo/64, wordsFor(hi-lo)
	if lo%64 == 0 {
		return src[w : w+n : w+n]
	}
	dst := make([]uint64, n)
	cutBitsTo(dst, src, lo)
	return dst
}

// cutBitsTo writes the bits of src from lo on, as many as dst holds.
func cutBitsTo(dst, src []uint64, lo int) {
	w, s := lo/64, uint(lo%64)
	for i := range dst {
		dst[i] = src[w+i] >> s
		if s > 0 && w+i+1 < len(src) {
			dst[i] |= src[w+i+1] << (64 - s)
		}
	}
}
