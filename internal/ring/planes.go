package ring

// ToPlanes cuts values into bit planes. With n = len(x) and W = (n+63)/64 words
// to a plane, bit i of planes[b*W+w] becomes bit b of x[64*w+i], for b < width.
// Bits past n in the last word of a plane are 0; higher bits of x are ignored.
// len(planes) must be width*W, width 1 to 64.
func ToPlanes(planes, x []uint64, width int) {
	words := checkPlanes("ToPlanes", planes, x, width)
	active().toPlanes(planes, x, width, words)
}

// FromPlanes is the inverse of [ToPlanes]: bit b of x[64*w+i] becomes bit i of
// planes[b*W+w]. Bits from width up become 0.
func FromPlanes(x, planes []uint64, width int) {
	words := checkPlanes("FromPlanes", planes, x, width)
	active().fromPlanes(x, planes, width, words)
}

// checkPlanes returns the number of words in a plane of len(x) bits.
func checkPlanes(op string, planes, x []uint64, width int) int {
	wantRange(op, "width", width, 1, 64)
	words := (len(x) + 63) / 64
	wantLen(op, "planes", len(planes), width*words, "width*((len(x)+63)/64)")
	return words
}

// toPlanesWith turns one block of 64 values at a time.
func toPlanesWith(turn func(dst, src *[64]uint64)) func(planes, x []uint64, width, words int) {
	return func(planes, x []uint64, width, words int) {
		s := getScratch(128)
		defer s.release()
		in, out := (*[64]uint64)(s.words), (*[64]uint64)(s.words[64:])
		for w := range words {
			clear(in[copy(in[:], x[64*w:]):])
			turn(out, in)
			for b := range width {
				planes[b*words+w] = out[b]
			}
		}
	}
}

// fromPlanesWith is the inverse.
func fromPlanesWith(turn func(dst, src *[64]uint64)) func(x, planes []uint64, width, words int) {
	return func(x, planes []uint64, width, words int) {
		s := getScratch(128)
		defer s.release()
		in, out := (*[64]uint64)(s.words), (*[64]uint64)(s.words[64:])
		clear(in[:])
		for w := range words {
			for b := range width {
				in[b] = planes[b*words+w]
			}
			turn(out, in)
			copy(x[64*w:], out[:])
		}
	}
}
