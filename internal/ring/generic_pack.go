package ring

// packBitsGo packs with an accumulator of one word; bits < 64.
func packBitsGo(dst, src []uint64, bits uint) {
	mask := uint64(1)<<bits - 1
	var acc uint64
	var have uint
	w := 0
	for _, v := range src {
		v &= mask
		acc |= v << have
		have += bits
		if have >= 64 {
			dst[w] = acc
			w++
			have -= 64
			acc = v >> (bits - have)
		}
	}
	if have > 0 {
		dst[w] = acc
	}
}

// unpackBitsGo reads value i from the one or two words it lies in; bits < 64.
func unpackBitsGo(dst, src []uint64, bits uint) {
	mask := uint64(1)<<bits - 1
	var at uint
	for i := range dst {
		w, s := at/64, at%64
		v := src[w] >> s
		if s+bits > 64 {
			v |= src[w+1] << (64 - s)
		}
		dst[i] = v & mask
		at += bits
	}
}
