package ring

// PackedLen is the number of words that n values of the given bits take when
// packed densely: (n*bits+63)/64.
func PackedLen(n, bits int) int { return (n*bits + 63) / 64 }

// PackBits writes the low bits of each value densely: value i takes bits
// i*bits to (i+1)*bits-1 of dst, counted from bit 0 of word 0. Bits past the
// last value are 0; higher bits of a value are ignored. len(dst) must be
// PackedLen(len(src), bits), bits 1 to 64.
func PackBits(dst, src []uint64, bits int) {
	wantRange("PackBits", "bits", bits, 1, 64)
	wantLen("PackBits", "dst", len(dst), PackedLen(len(src), bits), "(len(src)*bits+63)/64")
	if bits == 64 {
		copy(dst, src)
		return
	}
	active().packBits(dst, src, uint(bits))
}

// UnpackBits is the inverse of [PackBits]; the bits above become 0. len(src)
// must be PackedLen(len(dst), bits).
func UnpackBits(dst, src []uint64, bits int) {
	wantRange("UnpackBits", "bits", bits, 1, 64)
	wantLen("UnpackBits", "src", len(src), PackedLen(len(dst), bits), "(len(dst)*bits+63)/64")
	if bits == 64 {
		copy(dst, src)
		return
	}
	active().unpackBits(dst, src, uint(bits))
}
