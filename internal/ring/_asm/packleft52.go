package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// leftConstants are registers with constants: 2^12-1 and 2^11 in every lane, and 2^11 in every 16 bits.
type leftConstants struct{ twelve, mid, midWords VecPhysical }

func newLeftConstants(r []VecPhysical) leftConstants {
	c := leftConstants{twelve: r[0], mid: r[1], midWords: r[2]}
	VPTERNLOGQ(U8(0xFF), c.twelve, c.twelve, c.twelve)
	VPSRLW(U8(15), c.twelve, c.midWords)
	VPSLLW(U8(11), c.midWords, c.midWords)
	VPSRLQ(U8(63), c.twelve, c.mid)
	VPSLLQ(U8(11), c.mid, c.mid)
	VPSRLQ(U8(52), c.twelve, c.twelve)
	return c
}

// packLeft52 writes the packing of a left operand with contiguous columns.
func packLeft52() {
	TEXT("packLeft52", NOSPLIT, "func(k int, dst, low *uint64, stride int, src *uint64, srs int, mask uint64)")
	Pragma("noescape")
	Doc("packLeft52 packs up to 8 rows of a left operand for k > 0 steps, which are at src[p*srs:], to two panels of 4 rows: (k+1)/2 pairs",
		"of 8 words from dst and of 2 words from low, the second panel stride words from the first. mask has a bit for each row.")
	k, src, srs := Load(Param("k"), GP64()), Load(Param("src"), GP64()), loadStride("srs")
	dst, low, stride := Load(Param("dst"), GP64()), Load(Param("low"), GP64()), loadStride("stride")
	c := newLeftConstants(zmm[3:])
	KMOVQ(Load(Param("mask"), GP64()), K1)
	countedLoop("pairs", k, 2, func() {
		VMOVDQU64_Z(Mem{Base: src}, K1, Z0)
		VMOVDQU64_Z(Mem{Base: src, Index: srs, Scale: 1}, K1, Z1)
		c.leftPair(Z0, Z1, Z2, dst, low, stride)
		LEAQ(Mem{Base: src, Index: srs, Scale: 2}, src)
		ADDQ(U32(leftPair), dst)
		ADDQ(U32(leftLowPair), low)
	})
	TESTQ(k, k)
	JZ(LabelRef("done"))
	VMOVDQU64_Z(Mem{Base: src}, K1, Z0)
	VPXORQ(Z1, Z1, Z1)
	c.leftPair(Z0, Z1, Z2, dst, low, stride)
	Label("done")
	VZEROUPPER()
	RET()
}

// leftPair writes a pair of two panels from registers that have eight rows of a step each.
func (c leftConstants) leftPair(first, second, t VecPhysical, dst, low, stride Register) {
	VPADDQ(c.mid, first, first)
	VPADDQ(c.mid, second, second)
	VPANDQ(c.twelve, second, t)
	VPSLLQ(U8(16), t, t)
	VPTERNLOGQ(U8(0xF8), c.twelve, first, t) // t | first & twelve
	VPSUBW(c.midWords, t, t)
	VPMOVQD(t, t.AsY())
	VMOVDQU(t.AsX(), Mem{Base: low})
	VEXTRACTI128(U8(1), t.AsY(), Mem{Base: low, Index: stride, Scale: 1})
	VPSRLQ(U8(12), first, first)
	VPSRLQ(U8(12), second, second)
	VSHUFI64X2(U8(0x44), second, first, t)
	VMOVDQU64(t, Mem{Base: dst})
	VSHUFI64X2(U8(0xEE), second, first, t)
	VMOVDQU64(t, Mem{Base: dst, Index: stride, Scale: 1})
}

// packRows52 writes the packing of a left operand with contiguous rows.
func packRows52() {
	TEXT("packRows52", NOSPLIT, "func(k int, dst, low, src *uint64, srs, rows int)")
	Pragma("noescape")
	Doc("packRows52 packs up to 4 rows of a left operand, src[i*srs:], to one panel as packLeft52 does, with zeros after the last of",
		"k > 0 steps up to a multiple of 8. It takes the first row for those that are not there.")
	k, from := Load(Param("k"), GP64()), rowPointers()
	dst, low := Load(Param("dst"), GP64()), Load(Param("low"), GP64())
	c := newLeftConstants(zmm[24:])
	VBROADCASTI32X4(pairWords(), zmm[28])
	eight := func(load func(from Mem, to Op)) {
		for r, p := range from {
			load(Mem{Base: p}, zmm[r])
			ADDQ(U32(64), p)
		}
		c.lows(zmm[0:4], zmm[4], zmm[5])
		VPSHUFB(zmm[28], zmm[4], zmm[4])
		VMOVDQU64(zmm[4], Mem{Base: low})
		turn4x8(zmm[0:4], zmm[4:8])
		for q := range 4 {
			VMOVDQU64(zmm[4+q], Mem{Base: dst, Disp: leftPair * q})
		}
		ADDQ(U32(4*leftPair), dst)
		ADDQ(U32(4*leftLowPair), low)
	}
	countedLoop("main", k, 8, func() { eight(func(from Mem, to Op) { VMOVDQU64(from, to) }) })
	TESTQ(k, k)
	JZ(LabelRef("done"))
	avx512.maskTail(k)
	eight(avx512.loadTail)
	Label("done")
	VZEROUPPER()
	RET()
}

// lows leaves al of four rows in the 16 bits of each lane of to, row 0 lowest, and
// ah in rows.
func (c leftConstants) lows(rows []VecPhysical, to, t VecPhysical) {
	for r, x := range rows {
		VPADDQ(c.mid, x, x)
		if r == 0 {
			VPANDQ(c.twelve, x, to)
		} else {
			VPANDQ(c.twelve, x, t)
			VPSLLQ(U8(16*r), t, t)
			VPORQ(t, to, to)
		}
		VPSRLQ(U8(12), x, x)
	}
	VPSUBW(c.midWords, to, to)
}

// turn4x8 leaves steps 2q and 2q+1 of the four rows of x in t[q]; x is overwritten.
func turn4x8(x, t []VecPhysical) {
	for e := range 2 { // t[2e] and t[2e+1]: even and odd steps of rows 2e and 2e+1
		VPUNPCKLQDQ(x[2*e+1], x[2*e], t[2*e])
		VPUNPCKHQDQ(x[2*e+1], x[2*e], t[2*e+1])
	}
	for e := range 2 { // x[2e] and x[2e+1]: quarters 0 and 2, and 1 and 3, of t[e] and t[2+e]
		VSHUFI64X2(U8(0x88), t[2+e], t[e], x[2*e])
		VSHUFI64X2(U8(0xDD), t[2+e], t[e], x[2*e+1])
	}
	for h := range 2 {
		VSHUFI64X2(U8(0x88), x[2+h], x[h], t[h])
		VSHUFI64X2(U8(0xDD), x[2+h], x[h], t[2+h])
	}
}

// pairWords are byte indices that put the words of two steps beside each other.
var pairWords = sync.OnceValue(func() Mem {
	m := GLOBL("pairWords", RODATA|NOPTR)
	DATA(0, U64(0x0b0a030209080100))
	DATA(8, U64(0x0f0e07060d0c0504))
	return m
})

// rowPointers points at 4 rows of src, of which those from rows on are the first.
func rowPointers() (p [4]Register) {
	src, srs, rows := Load(Param("src"), GP64()), loadStride("srs"), Load(Param("rows"), GP64())
	p[0] = src
	for r := 1; r < 4; r++ {
		p[r] = GP64()
		LEAQ(Mem{Base: p[r-1], Index: srs, Scale: 1}, p[r])
		CMPQ(rows, U8(r))
		CMOVQLE(src, p[r])
	}
	return p
}
