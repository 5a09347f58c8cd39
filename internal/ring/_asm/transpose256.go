package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func bits256Set() {
	turn256()
	packBits256()
	unpackBits256()
	packHalves256()
	unpackHalves256()
	packQuarters256()
	unpackQuarters256()
	packOnes256()
	unpackOnes256()
}

// turn256 emits the 64×64 bit transpose in the way of the pure Go one, four rows
// to a register.
func turn256() {
	masks := transposeMasks()
	TEXT("transpose64AVX2", NOSPLIT, "func(dst, src *[64]uint64)")
	Pragma("noescape")
	Doc("transpose64AVX2 writes the transpose of the 64×64 bit matrix src: bit i of dst[j] is bit j of src[i].")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	m := ymm[10:16] // masks for 32, 16, 8, 4, 2 and 1 bits
	for i := range 6 {
		VPBROADCASTQ(masks.Offset(8*i), m[i])
	}
	r, t := ymm[0:4], ymm[4:8]
	for k := range 4 { // rows 4k to 4k+3 of each quarter
		for q := range 4 {
			VMOVDQU(Mem{Base: src, Disp: 128*q + 32*k}, r[q])
		}
		swapBits(32, m[0], t[0], r[0], r[2], r[1], r[3])
		swapBits(16, m[1], t[0], r[0], r[1], r[2], r[3])
		for q := range 4 {
			VMOVDQU(r[q], Mem{Base: dst, Disp: 128*q + 32*k})
		}
	}
	for q := range 4 {
		for k := range 4 {
			VMOVDQU(Mem{Base: dst, Disp: 128*q + 32*k}, r[k])
		}
		swapBits(8, m[2], t[0], r[0], r[2], r[1], r[3])
		swapBits(4, m[3], t[0], r[0], r[1], r[2], r[3])
		for _, p := range [][]VecPhysical{r[0:2], r[2:4]} {
			lastTwo(p[0], p[1], t, m[4], m[5])
		}
		for k := range 4 {
			VMOVDQU(r[k], Mem{Base: dst, Disp: 128*q + 32*k})
		}
	}
	VZEROUPPER()
	RET()
}

// swapBits exchanges, for each pair x, y in turn, the bits of x under mask<<s
// with those of y under mask.
func swapBits(s uint, mask, t VecPhysical, pairs ...VecPhysical) {
	for i := 0; i < len(pairs); i += 2 {
		x, y := pairs[i], pairs[i+1]
		VPSRLQ(U8(s), x, t)
		VPXOR(y, t, t)
		VPAND(mask, t, t)
		VPXOR(t, y, y)
		VPSLLQ(U8(s), t, t)
		VPXOR(t, x, x)
	}
}

// lastTwo does the steps of 2 and 1 rows for a = rows 0 to 3, b = rows 4 to 7,
// bringing the rows to be exchanged into different registers.
func lastTwo(a, b VecPhysical, t []VecPhysical, m2, m1 VecPhysical) {
	VPERM2I128(U8(0x20), b, a, t[1]) // 0 1 4 5
	VPERM2I128(U8(0x31), b, a, t[2]) // 2 3 6 7
	swapBits(2, m2, t[0], t[1], t[2])
	VPUNPCKLQDQ(t[2], t[1], a) // 0 2 4 6
	VPUNPCKHQDQ(t[2], t[1], b) // 1 3 5 7
	swapBits(1, m1, t[0], a, b)
	VPUNPCKLQDQ(b, a, t[1]) // 0 1 4 5
	VPUNPCKHQDQ(b, a, t[2]) // 2 3 6 7
	VPERM2I128(U8(0x20), t[2], t[1], a)
	VPERM2I128(U8(0x31), t[2], t[1], b)
}

func transposeMasks() Mem {
	m := GLOBL("transposeMasks", RODATA|NOPTR)
	for i, v := range []uint64{
		0x00000000FFFFFFFF, 0x0000FFFF0000FFFF, 0x00FF00FF00FF00FF,
		0x0F0F0F0F0F0F0F0F, 0x3333333333333333, 0x5555555555555555,
	} {
		DATA(8*i, U64(v))
	}
	return m
}
