package ring

// transpose64Go writes the transpose of the 64×64 bit matrix src to dst: bit i
// of dst[j] is bit j of src[i]. Six rounds of exchanging half-blocks (Warren,
// Hacker's Delight, 2nd ed., §7-3), each with its constants spelled out.
func transpose64Go(dst, src *[64]uint64) {
	for k := range 32 {
		x, y := src[k], src[k+32]
		t := (x>>32 ^ y) & 0x00000000FFFFFFFF
		dst[k], dst[k+32] = x^t<<32, y^t
	}
	for h := 0; h < 64; h += 32 {
		b := (*[32]uint64)(dst[h:])
		for k := range 16 {
			x, y := b[k], b[k+16]
			t := (x>>16 ^ y) & 0x0000FFFF0000FFFF
			b[k], b[k+16] = x^t<<16, y^t
		}
	}
	for h := 0; h < 64; h += 16 {
		b := (*[16]uint64)(dst[h:])
		for k := range 8 {
			x, y := b[k], b[k+8]
			t := (x>>8 ^ y) & 0x00FF00FF00FF00FF
			b[k], b[k+8] = x^t<<8, y^t
		}
	}
	for h := 0; h < 64; h += 8 {
		transpose8Bits((*[8]uint64)(dst[h:]))
	}
}

// transpose8Bits transposes the eight 8×8 bit blocks of eight words.
func transpose8Bits(b *[8]uint64) {
	x0, x4 := swapBits(b[0], b[4], 4, 0x0F0F0F0F0F0F0F0F)
	x1, x5 := swapBits(b[1], b[5], 4, 0x0F0F0F0F0F0F0F0F)
	x2, x6 := swapBits(b[2], b[6], 4, 0x0F0F0F0F0F0F0F0F)
	x3, x7 := swapBits(b[3], b[7], 4, 0x0F0F0F0F0F0F0F0F)
	x0, x2 = swapBits(x0, x2, 2, 0x3333333333333333)
	x1, x3 = swapBits(x1, x3, 2, 0x3333333333333333)
	x4, x6 = swapBits(x4, x6, 2, 0x3333333333333333)
	x5, x7 = swapBits(x5, x7, 2, 0x3333333333333333)
	b[0], b[1] = swapBits(x0, x1, 1, 0x5555555555555555)
	b[2], b[3] = swapBits(x2, x3, 1, 0x5555555555555555)
	b[4], b[5] = swapBits(x4, x5, 1, 0x5555555555555555)
	b[6], b[7] = swapBits(x6, x7, 1, 0x5555555555555555)
}

// swapBits exchanges the bits of x under mask<<s with the bits of y under mask.
func swapBits(x, y uint64, s uint, mask uint64) (uint64, uint64) {
	t := (x>>s ^ y) & mask
	return x ^ t<<s, y ^ t
}
