//go:build !purego

package ring

// A packTable256 has what the bit packing kernels for AVX2 need to know about one
// width. They do groups of eight values, that fill exactly bits bytes, with two
// values, a pair, in each half of a register: of the pair's bytes, the even value
// begins in the first.
//
//	words 0 to 7    how far each value is shifted within its first byte
//	words 8 to 15   for each byte of a pair, the byte of the shifted values that its odd value has there
//	words 16 to 23  for each pair, the last byte of its odd value if the next pair begins in it
//	words 24 to 31  for each value, the bytes of its pair that it is in
//	word  32        mask of a value
//	words 33 to 35  first bytes of pairs 1 to 3
type packTable256 [36]uint64

// A bitPacker256 has the tables of all widths that the kernels do.
type bitPacker256 struct{ tables [58]packTable256 }

func newBitPacker256() *bitPacker256 {
	p := new(bitPacker256)
	for bits := 1; bits < len(p.tables); bits++ {
		p.tables[bits].fill(bits)
	}
	return p
}

func (t *packTable256) fill(bits int) {
	const none = 0x80 // gives a byte of zeros
	setByte := func(word, i, value int) { t[word+i/8] |= uint64(value) << (8 * (i % 8)) }
	for pair := range 4 {
		even, odd, next := 2*pair*bits, (2*pair+1)*bits, (2*pair+2)*bits
		down := odd/8 - even/8
		t[2*pair], t[2*pair+1] = uint64(even%8), uint64(odd%8)
		for b := range 16 {
			from := none
			if b >= down && b < down+8 {
				from = 8 + b - down
			}
			setByte(8, 16*pair+b, from)
			from = none
			if b == 0 && next%8 > 0 {
				from = 8 + next/8 - odd/8
			}
			setByte(16, 16*pair+b, from)
			setByte(24, 16*pair+b, b%8+b/8*down)
		}
		if pair > 0 {
			t[32+pair] = uint64(even / 8)
		}
	}
	t[32] = 1<<bits - 1
}

// groups is how many of the first groups of n values the kernels can do without
// going past the words that the packed values take: they move 16 bytes at once.
func (t *packTable256) groups(n, words, bits int) int {
	if room := 8*words - int(t[35]) - 16; room >= 0 {
		return min(n/8, room/bits+1)
	}
	return 0
}

// A wholeKernel does values at a time, that are whole words, and touches no others.
type wholeKernel struct {
	values int
	run    func(dst, src *uint64, n int)
}

// wholePack and wholeUnpack are the widths that have such kernels.
func wholePack(bits uint) wholeKernel {
	switch bits {
	case 1:
		return wholeKernel{64, packOnesAVX2}
	case 16:
		return wholeKernel{16, packQuartersAVX2}
	case 32:
		return wholeKernel{8, packHalvesAVX2}
	}
	return wholeKernel{}
}

func wholeUnpack(bits uint) wholeKernel {
	switch bits {
	case 1:
		return wholeKernel{64, unpackOnesAVX2}
	case 16:
		return wholeKernel{16, unpackQuartersAVX2}
	case 32:
		return wholeKernel{8, unpackHalvesAVX2}
	}
	return wholeKernel{}
}

// do returns how many of n values it did.
func (k wholeKernel) do(dst, src []uint64, n int) int {
	n = n / k.values * k.values
	if n > 0 {
		k.run(&dst[0], &src[0], n/k.values)
	}
	return n
}

// pack does the widths under 8, that have more than two values to a byte, in Go,
// but for single bits; and those over 57, which reach into a ninth byte.
func (p *bitPacker256) pack(dst, src []uint64, bits uint) {
	n := 0
	if k := wholePack(bits); k.run != nil {
		n = k.do(dst, src, len(src))
	} else if bits >= 8 && int(bits) < len(p.tables) {
		t := &p.tables[bits]
		if n = 8 * t.groups(len(src), len(dst), int(bits)); n > 0 {
			packBitsAVX2(&dst[0], &src[0], n/8, int(bits), (*[36]uint64)(t))
		}
	}
	packBitsFrom(n, dst, src, bits)
}

// unpack is the inverse; for it values under 8 bits are like others.
func (p *bitPacker256) unpack(dst, src []uint64, bits uint) {
	n := 0
	if k := wholeUnpack(bits); k.run != nil {
		n = k.do(dst, src, len(dst))
	} else if int(bits) < len(p.tables) {
		t := &p.tables[bits]
		if n = 8 * t.groups(len(dst), len(src), int(bits)); n > 0 {
			unpackBitsAVX2(&dst[0], &src[0], n/8, int(bits), (*[36]uint64)(t))
		}
	}
	unpackBitsFrom(n, dst, src, bits)
}

// A planesFunc moves between values and bit planes.
type planesFunc = func(dst, src []uint64, width, words int)

// planesWith gives single planes, which are packed bits, to the packer.
func (p *bitPacker256) planesWith(to, from planesFunc) (planesFunc, planesFunc) {
	toPlanes := func(planes, x []uint64, width, words int) {
		if width == 1 {
			p.pack(planes, x, 1)
			return
		}
		to(planes, x, width, words)
	}
	fromPlanes := func(x, planes []uint64, width, words int) {
		if width == 1 {
			p.unpack(x, planes, 1)
			return
		}
		from(x, planes, width, words)
	}
	return toPlanes, fromPlanes
}
