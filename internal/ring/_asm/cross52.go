package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// crossRows writes the packing of a left operand's cross words.
func crossRows() {
	TEXT("crossRows52", NOSPLIT, "func(dst, src []uint64)")
	Pragma("noescape")
	Doc("crossRows52 writes the cross words of a row of a left operand: word p of dst is for elements 2p and 2p+1 of src.",
		"len(dst) = (len(src)+1)/2.")
	n := Load(Param("src").Len(), GP64())
	src := Load(Param("src").Base(), GP64())
	dst := Load(Param("dst").Base(), GP64())
	low := lowWords(Z3)
	countedLoop("main", n, 8, func() {
		VMOVDQU64(Mem{Base: src}, Z0)
		crossLeft(Z0, Z1, low)
		VMOVDQU(Y0, Mem{Base: dst})
		ADDQ(U32(64), src)
		ADDQ(U32(32), dst)
	})
	TESTQ(n, n)
	JZ(LabelRef("done"))
	avx512.maskTail(n)
	VMOVDQU64_Z(Mem{Base: src}, K1, Z0)
	crossLeft(Z0, Z1, low)
	INCQ(n)
	SHRQ(U8(1), n)
	avx512.maskTail(n)
	VMOVDQU64(Y0, K1, Mem{Base: dst})
	Label("done")
	VZEROUPPER()
	RET()
}

// crossLeft turns each word of x into a dword: lo16 below, a1 above.
func crossLeft(x, t, low VecPhysical) {
	VPSRLQ(U8(52), x, t)
	VPSLLQ(U8(16), t, t)
	VPANDQ(low, x, x)
	VPORQ(t, x, x)
	VPMOVQD(x, x.AsY())
}

// crossRight loads words and leaves a dword in each lane: b1 below, lo16 above.
func crossRight(from Mem, x, t, low VecPhysical) {
	VMOVDQU64(from, x)
	VPSRLQ(U8(52), x, t)
	VPANDQ(low, x, x)
	VPSLLQ(U8(16), x, x)
	VPORQ(t, x, x)
}

// lowWords sets the low 16 bits of every lane.
func lowWords(r VecPhysical) VecPhysical {
	t := GP64()
	MOVQ(U32(0xFFFF), t)
	VMOVQ(t, r.AsX())
	VPBROADCASTQ(r.AsX(), r)
	return r
}

// crossCols writes the packing of a right operand's cross words.
func crossCols() {
	TEXT("crossCols52", NOSPLIT, "func(k int, dst, src *uint64, srs, vectors int)")
	Pragma("noescape")
	Doc("crossCols52 writes the cross words of 8*vectors columns of a right operand with k > 0 rows:",
		"word j of row p of dst is for rows 2p and 2p+1 of column j; the rows of dst follow each other.")
	k := Load(Param("k"), GP64())
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	srs := loadStride("srs")
	vectors := Load(Param("vectors"), GP64())
	low := lowWords(Z3)
	at, left := GP64(), GP64()
	row := func(label string, second func()) {
		MOVQ(src, at)
		MOVQ(vectors, left)
		Label(label)
		crossRight(Mem{Base: at}, Z0, Z1, low)
		second()
		VMOVDQU64(Z0, Mem{Base: dst})
		ADDQ(U32(64), at)
		ADDQ(U32(64), dst)
		DECQ(left)
		JNZ(LabelRef(label))
	}
	countedLoop("pairs", k, 2, func() {
		row("both", func() {
			crossRight(Mem{Base: at, Index: srs, Scale: 1}, Z2, Z1, low)
			VPSLLQ(U8(32), Z2, Z2)
			VPORQ(Z2, Z0, Z0)
		})
		LEAQ(Mem{Base: src, Index: srs, Scale: 2}, src)
	})
	TESTQ(k, k)
	JZ(LabelRef("done"))
	row("last", func() {})
	Label("done")
	VZEROUPPER()
	RET()
}

// Half products take operands a = 2·x + y of 65 bits. Their low 64 bits are
// written beside cross words with bits 52 to 64, which are bits 51 to 63 of
// x + ⌊y/2⌋.

// halfSum leaves 2·x + y in x and its bits 52 to 64 in y.
func halfSum(x, y, t VecPhysical) {
	VPSRLQ(U8(1), y, t)
	VPADDQ(x, t, t)
	VPSLLQ(U8(1), x, x)
	VPADDQ(y, x, x)
	VPSRLQ(U8(51), t, y)
}

// halfRows writes the packing of a left operand.
func halfRows() {
	TEXT("halfRows52", NOSPLIT, "func(dst, cross, x, y []uint64)")
	Pragma("noescape")
	Doc("halfRows52 writes the row dst = 2x + y of a left operand, without bit 64, and its cross words with it.",
		"All but cross have one length n, and cross (n+1)/2. dst may be x or y.")
	n := Load(Param("x").Len(), GP64())
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	dst, cross := Load(Param("dst").Base(), GP64()), Load(Param("cross").Base(), GP64())
	low := lowWords(Z3)
	part := func() {
		halfSum(Z0, Z1, Z2)
		VPANDQ(low, Z0, Z2)
		VPSLLQ(U8(16), Z1, Z1)
		VPORQ(Z1, Z2, Z2)
		VPMOVQD(Z2, Y2)
	}
	countedLoop("main", n, 8, func() {
		VMOVDQU64(Mem{Base: x}, Z0)
		VMOVDQU64(Mem{Base: y}, Z1)
		part()
		VMOVDQU64(Z0, Mem{Base: dst})
		VMOVDQU(Y2, Mem{Base: cross})
		for _, p := range []Register{x, y, dst} {
			ADDQ(U32(64), p)
		}
		ADDQ(U32(32), cross)
	})
	TESTQ(n, n)
	JZ(LabelRef("done"))
	avx512.maskTail(n)
	VMOVDQU64_Z(Mem{Base: x}, K1, Z0)
	VMOVDQU64_Z(Mem{Base: y}, K1, Z1)
	part()
	VMOVDQU64(Z0, K1, Mem{Base: dst})
	INCQ(n)
	SHRQ(U8(1), n)
	avx512.maskTail(n)
	VMOVDQU64(Y2, K1, Mem{Base: cross})
	Label("done")
	VZEROUPPER()
	RET()
}

// halfCols writes the packing of a right operand.
func halfCols() {
	TEXT("halfCols52", NOSPLIT, "func(k int, dst *uint64, drs int, cross, x *uint64, xrs int, y *uint64, yrs, vectors int)")
	Pragma("noescape")
	Doc("halfCols52 writes 8*vectors columns dst = 2x + y of a right operand with k > 0 rows, without bit 64, and their",
		"cross words with it, laid out as by crossCols52. dst may be x or y.")
	k := Load(Param("k"), GP64())
	dst, drs := Load(Param("dst"), GP64()), loadStride("drs")
	cross := Load(Param("cross"), GP64())
	x, xrs := Load(Param("x"), GP64()), loadStride("xrs")
	y, yrs := Load(Param("y"), GP64()), loadStride("yrs")
	vectors := Load(Param("vectors"), GP64())
	low := lowWords(Z5)
	at, left := GP64(), GP64()
	// dword leaves a row's cross dwords in to.
	dword := func(row func(base, stride Register) Mem, to VecPhysical) {
		VMOVDQU64(row(x, xrs), to)
		VMOVDQU64(row(y, yrs), Z1)
		halfSum(to, Z1, Z2)
		VMOVDQU64(to, row(dst, drs))
		VPANDQ(low, to, to)
		VPSLLQ(U8(16), to, to)
		VPORQ(Z1, to, to)
	}
	row := func(label string, second func()) {
		XORQ(at, at)
		MOVQ(vectors, left)
		Label(label)
		dword(func(base, _ Register) Mem { return Mem{Base: base, Index: at, Scale: 1} }, Z0)
		second()
		VMOVDQU64(Z0, Mem{Base: cross})
		ADDQ(U32(64), at)
		ADDQ(U32(64), cross)
		DECQ(left)
		JNZ(LabelRef(label))
	}
	next := GP64()
	countedLoop("pairs", k, 2, func() {
		row("both", func() {
			dword(func(base, stride Register) Mem {
				LEAQ(Mem{Base: base, Index: at, Scale: 1}, next)
				return Mem{Base: next, Index: stride, Scale: 1}
			}, Z3)
			VPSLLQ(U8(32), Z3, Z3)
			VPORQ(Z3, Z0, Z0)
		})
		LEAQ(Mem{Base: x, Index: xrs, Scale: 2}, x)
		LEAQ(Mem{Base: y, Index: yrs, Scale: 2}, y)
		LEAQ(Mem{Base: dst, Index: drs, Scale: 2}, dst)
	})
	TESTQ(k, k)
	JZ(LabelRef("done"))
	row("last", func() {})
	Label("done")
	VZEROUPPER()
	RET()
}
