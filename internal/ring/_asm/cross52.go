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
