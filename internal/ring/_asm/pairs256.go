package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Products by pairs of steps of k ([Winograd68]): over a commutative ring
//
//	x0·y0 + x1·y1 = (x0 + y1)·(x1 + y0) - x0·x1 - y0·y1
//
// so that one multiplication and two additions do the work of two
// multiplications. The last two terms are those of a row of a and of a column
// of b alone; summed up over k they are where the sums of a tile begin.
//
// Micro-operations for eight multiply-adds, without loads: Intel 8 instead of 10
// (VPMULLD is two), on three ports; AMD from Zen 3 on 7 instead of 8, on four
// ports, of which two multiply: 1.75 cycles at best instead of 2.
//
// A tile is one row of c, so that two broadcast words of a do for five registers of b:
// 37 instructions, with 12 loads, for 40 multiply-adds. With two rows by three registers
// the second word has no register to stay in: 50 instructions with 20 loads for 48.

// pairs256Set emits the sums over rows, and packing with the sums over columns and the
// products for 20, 16, 12, 8 and 4 columns.
func pairs256Set() {
	pairRows256()
	for nv := 5; nv > 0; nv-- {
		pairCols256(nv)
		pairs256(nv)
	}
}

// A pairsCode is what writing a product with nv registers of columns needs.
type pairsCode struct {
	nv                 int
	a, b               Register // where a row of a, and all rows of b, are
	x0, x1, s, t, p    VecPhysical
	straight, crossing []VecPhysical // sums
}

// pairs256 multiplies row by row, with the two multiplications of tile256 for each
// product of sums.
func pairs256(nv int) {
	name := fmt.Sprintf("pairs%dAVX2", 4*nv)
	TEXT(name, NOSPLIT, "func(m, k int, a *uint64, ars int, ca, b, cb, c *uint64, crs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to c, with a m×k in rows at a[i*ars], b k×%d with rows that follow each other", name, 4*nv),
		"and c in rows at c[i*crs]; m, k > 0. ca[i] and cb[j] are the sums over their pairs, negative.",
		"mask has a bit for each column of the last register of c.")
	t := &pairsCode{nv: nv, straight: ymm[:nv], crossing: ymm[nv : 2*nv], a: GP64(), b: GP64(), x0: Y10, x1: Y11, s: Y12, t: Y13, p: Y14}
	mask := Y15
	loadMask(Load(Param("mask"), GP64()), mask, t.t)
	m, k, pairs := Load(Param("m"), GP64()), Load(Param("k"), GP64()), GP64()
	a, ars, ca := Load(Param("a"), GP64()), loadStride("ars"), Load(Param("ca"), GP64())
	b, cb := Load(Param("b"), GP64()), Load(Param("cb"), GP64())
	c, crs := Load(Param("c"), GP64()), loadStride("crs")
	Label("rows")
	MOVQ(a, t.a)
	MOVQ(b, t.b)
	MOVQ(k, pairs)
	t.begin(ca, cb)
	t.steps(pairs)
	for v := range nv {
		storeSum256(t.straight[v], t.crossing[v], t.t, mask, Mem{Base: c, Disp: 32 * v}, v == nv-1)
	}
	ADDQ(ars, a)
	ADDQ(U32(8), ca)
	ADDQ(crs, c)
	DECQ(m)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// begin lets the sums begin at ca + cb.
func (t *pairsCode) begin(ca, cb Register) {
	VPBROADCASTQ(Mem{Base: ca}, t.s)
	for v := range t.nv {
		VPADDQ(Mem{Base: cb, Disp: 32 * v}, t.s, t.straight[v])
		VPXOR(t.crossing[v], t.crossing[v], t.crossing[v])
	}
}

// steps adds the products for k steps.
func (t *pairsCode) steps(k Register) {
	const unrolled = 2
	countedLoop("unrolled", k, 2*unrolled, func() {
		for n := range unrolled {
			t.pair(n)
		}
		ADDQ(U32(16*unrolled), t.a)
		ADDQ(U32(64*t.nv*unrolled), t.b)
	})
	countedLoop("pairs", k, 2, func() {
		t.pair(0)
		ADDQ(U32(16), t.a)
		ADDQ(U32(64*t.nv), t.b)
	})
	TESTQ(k, k)
	JZ(LabelRef("store"))
	t.single()
	Label("store")
}

// pair adds the products of sums for two steps of k, the first of which is 2n on.
func (t *pairsCode) pair(n int) {
	VPBROADCASTQ(Mem{Base: t.a, Disp: 16 * n}, t.x0)
	VPBROADCASTQ(Mem{Base: t.a, Disp: 16*n + 8}, t.x1)
	for v := range t.nv {
		y0 := Mem{Base: t.b, Disp: 64*t.nv*n + 32*v}
		VPADDQ(y0.Offset(32*t.nv), t.x0, t.s)
		VPADDQ(y0, t.x1, t.t)
		t.multiply(v, t.s)
	}
}

// single adds the products for a last step of k.
func (t *pairsCode) single() {
	VPBROADCASTQ(Mem{Base: t.a}, t.x0)
	for v := range t.nv {
		VMOVDQU(Mem{Base: t.b, Disp: 32 * v}, t.t)
		t.multiply(v, t.x0)
	}
}

// multiply adds s·t.
func (t *pairsCode) multiply(v int, s VecPhysical) {
	VPSHUFD(U8(0xB1), t.t, t.p)
	VPMULUDQ(s, t.t, t.t)
	VPMULLD(s, t.p, t.p)
	VPADDQ(t.t, t.straight[v], t.straight[v])
	VPADDD(t.p, t.crossing[v], t.crossing[v])
}
