package ring

// MulShare adds this server's part of an element-wise product of two
// replicated sharings, with (x0, x1) and (y0, y1) the two components it holds:
//
//	for i := range dst { dst[i] += x0[i]*(y0[i]+y1[i]) + x1[i]*y0[i] }
func MulShare(dst, x0, x1, y0, y1 []uint64) {
	sameLen("MulShare", dst, "x0", x0)
	sameLen("MulShare", dst, "x1", x1)
	sameLen("MulShare", dst, "y0", y0)
	sameLen("MulShare", dst, "y1", y1)
	active().mulShare(dst, x0, x1, y0, y1)
}

// AndShare is MulShare over bits, 64 to a word:
//
//	for i := range dst { dst[i] ^= x0[i]&(y0[i]^y1[i]) ^ x1[i]&y0[i] }
func AndShare(dst, x0, x1, y0, y1 []uint64) {
	sameLen("AndShare", dst, "x0", x0)
	sameLen("AndShare", dst, "x1", x1)
	sameLen("AndShare", dst, "y0", y0)
	sameLen("AndShare", dst, "y1", y1)
	active().andShare(dst, x0, x1, y0, y1)
}
