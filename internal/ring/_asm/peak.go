package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// peakSet emits loops of multiplications on registers alone, to compare the
// products with what the processor could do if nothing else was needed.
func peakSet() {
	peak(avx512, "peakAVX512", "does 16 VPMULLQ, that is 128 products of 64 bits, in every round; rounds > 0.", func() {
		for i := range 16 {
			VPMULLQ(Z30, Z31, zmm[i])
		}
	})
	peak(avx512, "peak52", "does 16 VPMADD52LUQ and 16 VPDPWSSD, as a product needs them for 128 of 64 bits, in every round; rounds > 0.", func() {
		for i := range 16 {
			VPMADD52LUQ(Z30, Z31, zmm[i%8])
			VPDPWSSD(Z30, Z31, zmm[8+i])
		}
	})
	peak(avx2, "peakAVX2", "does 6 VPMULUDQ and 6 VPMULLD, together 24 products of 64 bits, in every round; rounds > 0.", func() {
		for i := range 6 {
			VPMULUDQ(Y13, Y14, ymm[2*i])
			VPMULLD(Y13, Y14, ymm[2*i+1])
		}
	})
	peakAMX()
}

func peak(v *isa, name, doc string, body func()) {
	TEXT(name, NOSPLIT, "func(rounds int)")
	Doc(name + " " + doc)
	n := Load(Param("rounds"), GP64())
	x, y := v.reg[len(v.reg)-2], v.reg[len(v.reg)-1]
	ones(v, nil, []VecPhysical{x})
	ones(v, nil, []VecPhysical{y})
	Label("loop")
	body()
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func peakAMX() {
	shapes := tileShapes()
	TEXT("peakAMX", NOSPLIT, "func(rounds int, data *uint64)")
	Pragma("noescape")
	Doc("peakAMX does 36 TDPBUUD, that is 16384 products of 64 bits, in every round, on 2 KiB of data; rounds > 0.")
	n, data, t := RCX, RBX, RAX
	LEAQ(shapes, t)
	tileConfig(t)
	Load(Param("rounds"), n)
	Load(Param("data"), data)
	MOVQ(U32(64), t)
	tileLoad(4, data, 0, t)
	tileLoad(5, data, limbTile, t)
	for s := range 4 {
		tileZero(byte(s))
	}
	Label("loop")
	for i := range 36 {
		tileMulAdd(byte(i%4), 4, 5)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	tileRelease()
	RET()
}
