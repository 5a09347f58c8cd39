package ring

func packBitsGo(dst, src []uint64, bits uint)   { packBitsFrom(0, dst, src, bits) }
func unpackBitsGo(dst, src []uint64, bits uint) { unpackBitsFrom(0, dst, src, bits) }

// packBitsFrom packs values n and up, where the ones before are packed, with an
// accumulator of one word; bits < 64.
func packBitsFrom(n int, dst, src []uint64, bits uint) {
	mask := uint64(1)<<bits - 1
	var acc uint64
	w, have := n*int(bits)/64, uint(n)*bits%64
	if have > 0 {
		acc = dst[w] & (1<<have - 1)
	}
	for _, v := range src[n:] {
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

// unpackBitsFrom reads values n and up, each from the one or two words it lies
// in; bits < 64.
func unpackBitsFrom(n int, dst, src []uint64, bits uint) {
	mask := uint64(1)<<bits - 1
	at := uint(n) * bits
	dst = dst[n:]
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
