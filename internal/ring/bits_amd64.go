//go:build !purego

package ring

// toPlanes512 and fromPlanes512 feed the AVX-512 kernels with up to eight
// blocks of 64 values at a time. The last values go through a padded copy.

func toPlanes512(planes, x []uint64, width, words int) {
	s := getScratch(2 * 512)
	defer s.release()
	work := (*[512]uint64)(s.words)
	for w := 0; w < words; w += 8 {
		blocks := min(8, words-w)
		in := x[64*w:]
		if len(in) < 64*blocks {
			padded := s.words[512:]
			clear(padded[copy(padded, in):])
			in = padded
		}
		toPlanesAVX512(&planes[w], words, &in[0], blocks, width, work)
	}
}

func fromPlanes512(x, planes []uint64, width, words int) {
	s := getScratch(2 * 512)
	defer s.release()
	work := (*[512]uint64)(s.words)
	for w := 0; w < words; w += 8 {
		blocks := min(8, words-w)
		out := x[64*w:]
		if len(out) >= 64*blocks {
			fromPlanesAVX512(&planes[w], words, &out[0], blocks, width, work)
			continue
		}
		padded := s.words[512:]
		fromPlanesAVX512(&planes[w], words, &padded[0], blocks, width, work)
		copy(out, padded)
	}
}

// A packTable has what the bit packing kernels need to know about one width:
// for the eight values of a group, that fill exactly bits bytes,
//
//	words 0 to 7    how far each value is shifted within its first byte
//	words 8 to 15   for each lane, the eight bytes from the value's first on
//	words 16 to 23  for each byte, the byte of a shifted even value that goes there
//	words 24 to 31  the same of the odd values
//	words 32 to 35  masks: of a value, of the bytes, of the bytes with an even, an odd value
type packTable [36]uint64

// A bitPacker has the tables of all widths that the kernels do.
type bitPacker struct{ tables [58]packTable }

func newBitPacker() *bitPacker {
	p := new(bitPacker)
	for bits := 1; bits < len(p.tables); bits++ {
		p.tables[bits].fill(bits)
	}
	return p
}

func (t *packTable) fill(bits int) {
	setByte := func(word, i, value int) { t[word+i/8] |= uint64(value&63) << (8 * (i % 8)) }
	for i := range 8 {
		first := i * bits / 8
		t[i] = uint64(i * bits % 8)
		for b := range 8 {
			setByte(8, 8*i+b, first+b)
			if at := first + b; 8*at < (i+1)*bits {
				setByte(16+8*(i%2), at, 8*i+b)
				t[34+i%2] |= 1 << at
			}
		}
	}
	t[32], t[33] = 1<<bits-1, 1<<bits-1
}

// pack does whole groups of 64 values, a whole number of words, in assembly.
// Single bits are one plane. Widths under 8 have more than two values to a byte
// and stay in Go, as do those over 57, which reach into a ninth byte.
func (p *bitPacker) pack(dst, src []uint64, bits uint) {
	if bits == 1 {
		toPlanes512(dst, src, 1, len(dst))
		return
	}
	n := 0
	if bits >= 8 && int(bits) < len(p.tables) {
		n = len(src) / 64
	}
	if n > 0 {
		packBitsAVX512(&dst[0], &src[0], 8*n, int(bits), (*[36]uint64)(&p.tables[bits]))
	}
	packBitsGo(dst[n*int(bits):], src[64*n:], bits)
}

// unpack is the inverse.
func (p *bitPacker) unpack(dst, src []uint64, bits uint) {
	n := 0
	if int(bits) < len(p.tables) {
		n = len(dst) / 64
	}
	if n > 0 {
		unpackBitsAVX512(&dst[0], &src[0], 8*n, int(bits), (*[36]uint64)(&p.tables[bits]))
	}
	unpackBitsGo(dst[64*n:], src[n*int(bits):], bits)
}
