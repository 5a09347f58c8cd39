package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The sums over the pairs of rows and columns that products by pairs take off, see pairs256.go.

// pairRows256 writes the sums over the rows of a left operand.
func pairRows256() {
	TEXT("pairRowsAVX2", NOSPLIT, "func(m, k int, dst, src *uint64, srs int)")
	Pragma("noescape")
	Doc("pairRowsAVX2 writes the sums over pairs of the m rows of a left operand with k columns; m > 0:",
		"dst[i] = -(src[i, 0]*src[i, 1] + src[i, 2]*src[i, 3] + …); a last column without another adds nothing.")
	m, k, dst := Load(Param("m"), GP64()), Load(Param("k"), GP64()), Load(Param("dst"), GP64())
	src, srs := Load(Param("src"), GP64()), loadStride("srs")
	at, left, sum := GP64(), GP64(), GP64()
	Label("rows")
	MOVQ(src, at)
	MOVQ(k, left)
	sumRow256(left, at, sum)
	MOVQ(sum, Mem{Base: dst})
	ADDQ(U32(8), dst)
	ADDQ(srs, src)
	DECQ(m)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// sumRow256 leaves the sum over the pairs of k words in sum: eight words at a time, even
// and odd ones in registers of their own, and then two.
func sumRow256(k, at, sum Register) {
	VPXOR(Y0, Y0, Y0)
	VPXOR(Y1, Y1, Y1)
	countedLoop("eights", k, 8, func() {
		VMOVDQU(Mem{Base: at}, Y2)
		VMOVDQU(Mem{Base: at, Disp: 32}, Y3)
		VPUNPCKLQDQ(Y3, Y2, Y4)
		VPUNPCKHQDQ(Y3, Y2, Y5)
		addPair256(Y0, Y1, Y4, Y5, Y6)
		ADDQ(U32(64), at)
	})
	negativeSum256(Y0, Y1, Y2)
	sumLanes256(sum)
	x := GP64()
	countedLoop("pairs", k, 2, func() {
		MOVQ(Mem{Base: at}, x)
		IMULQ(Mem{Base: at, Disp: 8}, x)
		SUBQ(x, sum)
		ADDQ(U32(16), at)
	})
}

// addPair256 adds x·y, cut up as in multiply, to straight and crossing; x and y are overwritten.
func addPair256(straight, crossing, x, y, t VecPhysical) {
	VPMULUDQ(x, y, t)
	VPADDQ(t, straight, straight)
	VPSHUFD(U8(0xB1), x, x)
	VPMULLD(x, y, y)
	VPADDD(y, crossing, crossing)
}

// negativeSum256 leaves -(s + (both halves of x) << 32) in s.
func negativeSum256(s, x, t VecPhysical) {
	VPSRLQ(U8(32), x, t)
	VPADDD(t, x, x)
	VPSLLQ(U8(32), x, x)
	VPADDQ(x, s, s)
	VPXOR(x, x, x)
	VPSUBQ(s, x, s)
}

// sumLanes256 writes the sum of the lanes of Y0 to sum.
func sumLanes256(sum Register) {
	VEXTRACTI128(U8(1), Y0, X1)
	VPADDQ(X1, X0, X0)
	VPSHUFD(U8(0xEE), X0, X1)
	VPADDQ(X1, X0, X0)
	VMOVQ(X0, sum)
}

// pairCols256 packs nv registers of columns of a right operand and writes the sums over them.
func pairCols256(nv int) {
	name := fmt.Sprintf("pairCols%dAVX2", 4*nv)
	TEXT(name, NOSPLIT, "func(k int, dst, sums, src *uint64, srs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s copies k rows src[i*srs:] of %d columns to dst, where they follow each other, or dst is src; k > 0.", name, 4*nv),
		"It writes the sums over pairs, sums[j] = -(src[0, j]*src[1, j] + src[2, j]*src[3, j] + …); a last row without another",
		"adds nothing. mask has a bit for each column of the last register that src has; the others become zero.")
	mask := Y15
	loadMask(Load(Param("mask"), GP64()), mask, Y14)
	k, dst, sums := Load(Param("k"), GP64()), Load(Param("dst"), GP64()), Load(Param("sums"), GP64())
	src, srs := Load(Param("src"), GP64()), loadStride("srs")
	for i := range 2 * nv {
		VPXOR(ymm[i], ymm[i], ymm[i])
	}
	load := func(v int, from Mem, to VecPhysical) {
		from.Disp = 32 * v
		if v == nv-1 {
			VPMASKMOVQ(from, mask, to)
		} else {
			VMOVDQU(from, to)
		}
	}
	x, y, t := Y12, Y13, Y14
	countedLoop("pairs", k, 2, func() {
		for v := range nv {
			load(v, Mem{Base: src}, x)
			load(v, Mem{Base: src, Index: srs, Scale: 1}, y)
			VMOVDQU(x, Mem{Base: dst, Disp: 32 * v})
			VMOVDQU(y, Mem{Base: dst, Disp: 32 * (nv + v)})
			addPair256(ymm[2*v], ymm[2*v+1], x, y, t)
		}
		LEAQ(Mem{Base: src, Index: srs, Scale: 2}, src)
		ADDQ(U32(64*nv), dst)
	})
	TESTQ(k, k)
	JZ(LabelRef("sums"))
	for v := range nv {
		load(v, Mem{Base: src}, x)
		VMOVDQU(x, Mem{Base: dst, Disp: 32 * v})
	}
	Label("sums")
	for v := range nv {
		negativeSum256(ymm[2*v], ymm[2*v+1], t)
		VMOVDQU(ymm[2*v], Mem{Base: sums, Disp: 32 * v})
	}
	VZEROUPPER()
	RET()
}
