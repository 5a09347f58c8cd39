package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// widthLoop emits a function of one loop that goes on by so many bytes each time.
func widthLoop(name, doc string, dstStep, srcStep uint32, before func(), body func(dst, src Register)) {
	TEXT(name, NOSPLIT, "func(dst, src *uint64, n int)")
	Pragma("noescape")
	Doc(doc)
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	n := Load(Param("n"), GP64())
	before()
	Label("loop")
	body(dst, src)
	ADDQ(U32(srcStep), src)
	ADDQ(U32(dstStep), dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// packHalves256 and its inverse are for the most common width: no tables, and
// nothing outside is touched.
func packHalves256() {
	widthLoop("packHalvesAVX2", "packHalvesAVX2 packs the low 32 bits of 8n values; n > 0.", 32, 64, func() {}, func(dst, src Register) {
		VMOVDQU(Mem{Base: src}, Y0)
		VSHUFPS(U8(0x88), Mem{Base: src, Disp: 32}, Y0, Y0) // 0 1 4 5, 2 3 6 7
		VPERMQ(U8(0xD8), Y0, Y0)
		VMOVDQU(Y0, Mem{Base: dst})
	})
}

func unpackHalves256() {
	widthLoop("unpackHalvesAVX2", "unpackHalvesAVX2 unpacks 8n values of 32 bits; n > 0.", 64, 32, func() {}, func(dst, src Register) {
		for i := range 2 {
			VPMOVZXDQ(Mem{Base: src, Disp: 16 * i}, ymm[i])
			VMOVDQU(ymm[i], Mem{Base: dst, Disp: 32 * i})
		}
	})
}

func unpackQuarters256() {
	widthLoop("unpackQuartersAVX2", "unpackQuartersAVX2 unpacks 16n values of 16 bits; n > 0.", 128, 32, func() {}, func(dst, src Register) {
		for i := range 4 {
			VPMOVZXWQ(Mem{Base: src, Disp: 8 * i}, ymm[i])
			VMOVDQU(ymm[i], Mem{Base: dst, Disp: 32 * i})
		}
	})
}

// packQuarters256 narrows twice. Both times the two halves of registers stay apart.
func packQuarters256() {
	before := func() {
		VMOVDQU(quarterOrder(), Y4)
		VPCMPEQQ(Y5, Y5, Y5)
		VPSRLQ(U8(48), Y5, Y5)
	}
	widthLoop("packQuartersAVX2", "packQuartersAVX2 packs the low 16 bits of 16n values; n > 0.", 32, 128, before, func(dst, src Register) {
		for i := range 4 {
			VPAND(Mem{Base: src, Disp: 32 * i}, Y5, ymm[i])
		}
		VPACKUSDW(Y1, Y0, Y0)
		VPACKUSDW(Y3, Y2, Y2)
		VPACKUSDW(Y2, Y0, Y0) // 0 1 4 5 8 9 12 13, 2 3 6 7 10 11 14 15
		VPERMD(Y0, Y4, Y0)
		VMOVDQU(Y0, Mem{Base: dst})
	})
}

func quarterOrder() Mem {
	m := GLOBL("quarterOrder", RODATA|NOPTR)
	for i, v := range []uint32{0, 4, 1, 5, 2, 6, 3, 7} {
		DATA(4*i, U32(v))
	}
	return m
}

// onesAndLanes sets Y0 to 1 and Y1 to the number of each lane.
func onesAndLanes() {
	VMOVDQU(laneNumbers(), Y1)
	VPCMPEQQ(Y0, Y0, Y0)
	VPSRLQ(U8(63), Y0, Y0)
}

// packOnes256 gathers every fourth bit of a word in each lane.
func packOnes256() {
	widthLoop("packOnesAVX2", "packOnesAVX2 packs the low bits of 64n values; n > 0.", 8, 512, onesAndLanes, func(dst, src Register) {
		sum := ymm[2:4] // two, so that one does not wait for the other
		for i := range 16 {
			to := sum[i%2]
			if i >= 2 {
				to = ymm[4+i%4]
			}
			VPAND(Mem{Base: src, Disp: 32 * i}, Y0, to)
			if i > 0 {
				VPSLLQ(U8(4*i), to, to)
			}
			if i >= 2 {
				VPOR(to, sum[i%2], sum[i%2])
			}
		}
		VPOR(Y2, Y3, Y2)
		VPSLLVQ(Y1, Y2, Y2)
		VEXTRACTI128(U8(1), Y2, X3)
		VPOR(X2, X3, X2)
		VPUNPCKHQDQ(X2, X2, X3)
		VPOR(X2, X3, X2)
		VMOVQ(X2, Mem{Base: dst})
	})
}

func unpackOnes256() {
	widthLoop("unpackOnesAVX2", "unpackOnesAVX2 unpacks 64n single bits; n > 0.", 512, 8, onesAndLanes, func(dst, src Register) {
		VPBROADCASTQ(Mem{Base: src}, Y2)
		VPSRLVQ(Y1, Y2, Y2)
		for i := range 16 {
			v := ymm[3+i%4]
			VPSRLQ(U8(4*i), Y2, v)
			VPAND(Y0, v, v)
			VMOVDQU(v, Mem{Base: dst, Disp: 32 * i})
		}
	})
}
