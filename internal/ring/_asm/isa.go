package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// An isa is one vector instruction set with what differs between them.
type isa struct {
	suffix string // of the function names
	lanes  int    // 64-bit elements in a register
	unroll int    // registers' worth of elements in one round of the main loop
	reg    []VecPhysical

	load, store  func(from, to Op)
	maskTail     func(n Register)                    // prepares a mask of the first n lanes, 0 < n < lanes
	loadTail     func(from Mem, to Op)               // through that mask, zeros elsewhere
	storeTail    func(from Op, to Mem)               //
	and, or, xor func(x, y, dst Op)                  //
	mul          func(x, y, dst Op, t []VecPhysical) // 64-bit product; dst may be x or y
	sra          func(count, sign, x, dst Op)        // shift right with sign; sign = 1<<63 >> count in every lane
}

var zmm = []VecPhysical{
	Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15,
	Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z31,
}

var ymm = []VecPhysical{Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15}

// bytes is the width of a register.
func (v *isa) bytes() int { return 8 * v.lanes }

var avx512 = &isa{
	suffix: "AVX512", lanes: 8, unroll: 4, reg: zmm,
	load:  func(from, to Op) { VMOVDQU64(from, to) },
	store: func(from, to Op) { VMOVDQU64(from, to) },
	maskTail: func(n Register) {
		ones := GP64()
		MOVQ(I32(-1), ones)
		BZHIQ(n, ones, ones)
		KMOVQ(ones, K1)
	},
	loadTail:  func(from Mem, to Op) { VMOVDQU64_Z(from, K1, to) },
	storeTail: func(from Op, to Mem) { VMOVDQU64(from, K1, to) },
	and:       func(x, y, dst Op) { VPANDQ(x, y, dst) },
	or:        func(x, y, dst Op) { VPORQ(x, y, dst) },
	xor:       func(x, y, dst Op) { VPXORQ(x, y, dst) },
	mul:       func(x, y, dst Op, _ []VecPhysical) { VPMULLQ(x, y, dst) },
	sra:       func(count, _, x, dst Op) { VPSRAQ(count, x, dst) },
}

var avx2 = &isa{
	suffix: "AVX2", lanes: 4, unroll: 2, reg: ymm[:15],
	load:      func(from, to Op) { VMOVDQU(from, to) },
	store:     func(from, to Op) { VMOVDQU(from, to) },
	maskTail:  maskTailAVX2,
	loadTail:  func(from Mem, to Op) { VPMASKMOVQ(from, Y15, to) },
	storeTail: func(from Op, to Mem) { VPMASKMOVQ(from, Y15, to) },
	and:       func(x, y, dst Op) { VPAND(x, y, dst) },
	or:        func(x, y, dst Op) { VPOR(x, y, dst) },
	xor:       func(x, y, dst Op) { VPXOR(x, y, dst) },
	mul:       mulAVX2,
	sra: func(count, sign, x, dst Op) {
		VPSRLQ(count, x, dst)
		VPXOR(sign, dst, dst) // the moved sign bit is now 0 where x was negative
		VPSUBQ(sign, dst, dst)
	},
}

// maskTailAVX2 sets the first n lanes of Y15.
func maskTailAVX2(n Register) {
	VMOVQ(n, X15)
	VPBROADCASTQ(X15, Y15)
	VPCMPGTQ(laneNumbers(), Y15, Y15)
}

// laneNumbers is a constant 0, 1, 2, 3 in the file being written.
var laneNumbers = sync.OnceValue(func() Mem {
	m := GLOBL("laneNumbers", RODATA|NOPTR)
	for i := range 4 {
		DATA(8*i, U64(i))
	}
	return m
})

// mulAVX2 builds a 64-bit product from three of 32 bits:
// x*y = lo(x)*lo(y) + (hi(x)*lo(y) + lo(x)*hi(y)) << 32.
func mulAVX2(x, y, dst Op, t []VecPhysical) {
	VPSRLQ(U8(32), x, t[0])
	VPMULUDQ(t[0], y, t[0])
	VPSRLQ(U8(32), y, t[1])
	VPMULUDQ(t[1], x, t[1])
	VPADDQ(t[0], t[1], t[0])
	VPSLLQ(U8(32), t[0], t[0])
	VPMULUDQ(x, y, dst)
	VPADDQ(t[0], dst, dst)
}
