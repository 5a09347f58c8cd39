package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Operands of [tile52] are packed by pairs of steps of k: the left one in panels of four
// rows, the right one in panels of 16 columns, or of 8 at the end. These are sizes in bytes.
const (
	leftPair    = 64  // a pair of the left operand: ah of four rows for the first step, then for the second
	leftLowPair = 16  // what else there is of it: al of four rows, a dword for each with the first step in its lower half
	rightPair   = 512 // a pair of the right operand: b of 16 columns for the first step, then for the second,
	// and digits 0 to 3 of both, each as dwords of columns 0, 8, 1, 9, 2, …; with 8 columns
	// digits 0 and 1, and then 2 and 3, beside each other
)

// right52 emits the packing of a right operand with contiguous rows, to panels of
// 8*nv columns.
func right52(nv int) {
	name := fmt.Sprintf("packRight%d52", 8*nv)
	TEXT(name, NOSPLIT, "func(k int, dst, src *uint64, srs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s packs up to %d columns of a right operand with k > 0 rows, src[p*srs:], to (k+1)/2 pairs of %d words;", name, 8*nv, 32*nv),
		"mask has a bit for each column.")
	k, dst, src := Load(Param("k"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	srs, mask := loadStride("srs"), Load(Param("mask"), GP64())
	columns := []Register{K3, K4}
	KMOVQ(mask, K3)
	KSHIFTRQ(U8(8), K3, K4)
	parityMasks(mask)
	top := zmm[10]
	VPTERNLOGQ(U8(0xFF), top, top, top)
	VPSLLW(U8(15), top, top)
	row := func(from Mem, to []VecPhysical) {
		for v := range nv {
			VMOVDQU64_Z(from.Offset(64*v), columns[v], to[v])
		}
	}
	countedLoop("pairs", k, 2, func() {
		row(Mem{Base: src}, zmm[0:])
		row(Mem{Base: src, Index: srs, Scale: 1}, zmm[nv:])
		rightPairs(nv, zmm, top, Mem{Base: dst})
		LEAQ(Mem{Base: src, Index: srs, Scale: 2}, src)
		ADDQ(U32(rightPair/2*nv), dst)
	})
	TESTQ(k, k)
	JZ(LabelRef("done"))
	row(Mem{Base: src}, zmm[0:])
	for _, x := range zmm[nv : 2*nv] {
		VPXORQ(x, x, x)
	}
	rightPairs(nv, zmm, top, Mem{Base: dst})
	Label("done")
	VZEROUPPER()
	RET()
}

// rightPairs writes a pair from the first nv registers of x with a step and as many with
// the next. top has 2^15 in every 16 bits: added to a word it moves up a digit below that
// is negative, and taken from each of the 16 bits it leaves digits.
func rightPairs(nv int, x []VecPhysical, top VecPhysical, to Mem) {
	for i, w := range x[:2*nv] {
		VMOVDQU64(w, to.Offset(64*i))
		VPADDQ(top, w, w)
		VPXORQ(top, w, w)
	}
	even, odd := x[4:6], x[6:8] // digits 0 and 2, and 1 and 3, of 8 columns, as dwords
	for v := range nv {
		first, second := x[v], x[nv+v]
		VPSLLD(U8(16), second, even[v])
		VMOVDQU16(first, K1, even[v])
		VPSRLD(U8(16), first, odd[v])
		VMOVDQU16(second, K2, odd[v])
	}
	digits := to.Offset(128 * nv)
	if nv == 1 {
		alternate(even[0], odd[0], x[8], digits, digits.Offset(64))
		return
	}
	alternate(even[0], even[1], x[8], digits, digits.Offset(128))
	alternate(odd[0], odd[1], x[8], digits.Offset(64), digits.Offset(192))
}

// alternate writes the even dwords of a and b, and the odd ones, those of a first.
func alternate(a, b, t VecPhysical, even, odd Mem) {
	VMOVDQA64(a, t)
	VPSHUFD(U8(0xA0), b, K2, t)
	VMOVDQU64(t, even)
	VPSHUFD(U8(0xF5), a, K1, b)
	VMOVDQU64(b, odd)
}
