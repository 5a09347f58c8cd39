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

// toPlanesWith turns one block of 64 values at a time. Planes can be far apart in
// memory and close in the cache, so eight blocks are turned before their words go there.
func toPlanesWith(turn func(dst, src *[64]uint64)) func(planes, x []uint64, width, words int) {
	return func(planes, x []uint64, width, words int) {
		s := getScratch(9 * 64)
		defer s.release()
		turned, padded := (*[8 * 64]uint64)(s.words), (*[64]uint64)(s.words[8*64:])
		for w := 0; w < words; w += 8 {
			blocks := min(8, words-w)
			for i := range blocks {
				turn((*[64]uint64)(turned[64*i:]), block(x[64*(w+i):], padded))
			}
			if blocks == 8 {
				writePlanes8(planes[w:], turned, width, words)
			} else {
				writePlanes(planes[w:], turned[:64*blocks], width, words)
			}
		}
	}
}

// block is the first 64 values of x, or a padded copy of fewer.
func block(x []uint64, padded *[64]uint64) *[64]uint64 {
	if len(x) >= 64 {
		return (*[64]uint64)(x)
	}
	clear(padded[copy(padded[:], x):])
	return padded
}

// writePlanes writes word b of each block of 64 to plane b.
func writePlanes(planes, turned []uint64, width, words int) {
	for i := 0; 64*i < len(turned); i++ {
		for b, v := range turned[64*i:][:width] {
			planes[b*words+i] = v
		}
	}
}

// writePlanes8 does that with eight blocks.
func writePlanes8(planes []uint64, turned *[8 * 64]uint64, width, words int) {
	for b := range width {
		to, from := (*[8]uint64)(planes[b*words:]), (*[7*64 + 1]uint64)(turned[b:])
		to[0], to[1], to[2], to[3] = from[0], from[64], from[128], from[192]
		to[4], to[5], to[6], to[7] = from[256], from[320], from[384], from[448]
	}
}

// fromPlanesWith is the inverse.
func fromPlanesWith(turn func(dst, src *[64]uint64)) func(x, planes []uint64, width, words int) {
	return func(x, planes []uint64, width, words int) {
		s := getScratch(9 * 64)
		defer s.release()
		turned, padded := (*[8 * 64]uint64)(s.words), (*[64]uint64)(s.words[8*64:])
		clear(turned[:64*min(8, words)])
		for w := 0; w < words; w += 8 {
			blocks := min(8, words-w)
			if blocks == 8 {
				readPlanes8(turned, planes[w:], width, words)
			} else {
				readPlanes(turned[:64*blocks], planes[w:], width, words)
			}
			for i := range blocks {
				turnInto(x[64*(w+i):], (*[64]uint64)(turned[64*i:]), padded, turn)
			}
		}
	}
}

// readPlanes is the inverse of writePlanes.
func readPlanes(turned, planes []uint64, width, words int) {
	for i := 0; 64*i < len(turned); i++ {
		for b := range turned[64*i:][:width] {
			turned[64*i+b] = planes[b*words+i]
		}
	}
}

// readPlanes8 is the inverse of writePlanes8.
func readPlanes8(turned *[8 * 64]uint64, planes []uint64, width, words int) {
	for b := range width {
		to, from := (*[7*64 + 1]uint64)(turned[b:]), (*[8]uint64)(planes[b*words:])
		to[0], to[64], to[128], to[192] = from[0], from[1], from[2], from[3]
		to[256], to[320], to[384], to[448] = from[4], from[5], from[6], from[7]
	}
}

// turnInto turns a block into the first 64 values of x, or into those there are.
func turnInto(x []uint64, in, padded *[64]uint64, turn func(dst, src *[64]uint64)) {
	if len(x) >= 64 {
		turn((*[64]uint64)(x), in)
		return
	}
	turn(padded, in)
	copy(x, padded[:])
}
