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

// pairs256Set emits the sums over columns and the tiles of 2 rows and 1 by 12,
// 8 and 4 columns.
func pairs256Set() {
	pairCols256()
	for _, mr := range []int{2, 1} {
		for _, nv := range []int{3, 2, 1} {
			pairs256(mr, nv)
		}
	}
}

// A pairsCode is what writing the body of a tile needs.
type pairsCode struct {
	mr, nv          int
	a               rowAddress
	b, brs          Register
	x0, s, t, p     VecPhysical
	straight, cross func(r, v int) VecPhysical
}

// pairs256 multiplies one register tile, with the two multiplications of
// tile256 for each product of sums.
func pairs256(mr, nv int) {
	name := fmt.Sprintf("pairs%dx%dAVX2", mr, 4*nv)
	TEXT(name, NOSPLIT, "func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to the tile c, with a %d×k in rows at a[i*ars] and b k×%d in rows at b[p*brs]; k > 0.", name, mr, 4*nv),
		"ca[i*cars] and cb[j] are the sums over their pairs, negative. mask has a bit for each column of the last register of c.")
	k := Load(Param("k"), GP64())
	t := newPairs(mr, nv)
	countedLoop("fours", k, 4, func() {
		t.pair(0)
		t.pair(16)
		ADDQ(U32(32), t.a.p)
	})
	countedLoop("pairs", k, 2, func() {
		t.pair(0)
		ADDQ(U32(16), t.a.p)
	})
	TESTQ(k, k)
	JZ(LabelRef("store"))
	t.single()
	Label("store")
	mask := t.p
	loadMask(Load(Param("mask"), GP64()), mask, t.t)
	addRows(mr, nv, 32, func(r, v int, m Mem, last bool) {
		storeSum256(t.straight(r, v), t.cross(r, v), t.t, mask, m, last)
	})
}

// newPairs loads the arguments and lets the sums begin at ca + cb.
func newPairs(mr, nv int) *pairsCode {
	n := mr * nv
	t := &pairsCode{
		mr: mr, nv: nv, x0: Y12, s: Y13, t: Y14, p: Y15,
		straight: func(r, v int) VecPhysical { return ymm[r*nv+v] },
		cross:    func(r, v int) VecPhysical { return ymm[n+r*nv+v] },
	}
	ca := Load(Param("ca"), GP64())
	cars := loadStride("cars")
	cb := Load(Param("cb"), GP64())
	for r := range mr {
		VPBROADCASTQ(Mem{Base: ca}, t.s)
		ADDQ(cars, ca)
		for v := range nv {
			VPADDQ(Mem{Base: cb, Disp: 32 * v}, t.s, t.straight(r, v))
			VPXOR(t.cross(r, v), t.cross(r, v), t.cross(r, v))
		}
	}
	t.a = newRowAddress(Load(Param("a"), GP64()), loadStride("ars"), mr)
	t.b = Load(Param("b"), GP64())
	t.brs = loadStride("brs")
	return t
}

// pair adds the product of sums for two steps of k, the first of which is disp
// bytes on in a.
func (t *pairsCode) pair(disp int) {
	for r := range t.mr {
		first, second := t.a.at(r), t.a.at(r)
		first.Disp, second.Disp = disp, disp+8
		VPBROADCASTQ(first, t.x0)
		for v := range t.nv {
			VPBROADCASTQ(second, t.t)
			VPADDQ(Mem{Base: t.b, Index: t.brs, Scale: 1, Disp: 32 * v}, t.x0, t.s)
			VPADDQ(Mem{Base: t.b, Disp: 32 * v}, t.t, t.t)
			t.multiply(r, v)
		}
	}
	LEAQ(Mem{Base: t.b, Index: t.brs, Scale: 2}, t.b)
}

// single adds the product for a last step of k.
func (t *pairsCode) single() {
	for r := range t.mr {
		VPBROADCASTQ(t.a.at(r), t.x0)
		for v := range t.nv {
			VMOVDQU(Mem{Base: t.b, Disp: 32 * v}, t.t)
			VMOVDQA(t.x0, t.s)
			t.multiply(r, v)
		}
	}
}

// multiply adds s·t.
func (t *pairsCode) multiply(r, v int) {
	VPMULUDQ(t.s, t.t, t.p)
	VPADDQ(t.p, t.straight(r, v), t.straight(r, v))
	VPSHUFD(U8(0xB1), t.t, t.t)
	VPMULLD(t.s, t.t, t.t)
	VPADDD(t.t, t.cross(r, v), t.cross(r, v))
}

// pairColsFrame begins a function that writes sums over the columns of a right operand,
// with its parameters loaded.
func pairColsFrame(level string, lanes int) (k, dst, src, srs, vectors Register) {
	TEXT("pairCols"+level, NOSPLIT, "func(k int, dst, src *uint64, srs, vectors int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("pairCols%s writes the sums over pairs of %d*vectors columns of a right operand with k > 0 rows:", level, lanes),
		"dst[j] = -(src[0, j]*src[1, j] + src[2, j]*src[3, j] + …); a last row without another adds nothing.")
	return Load(Param("k"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64()), loadStride("srs"), Load(Param("vectors"), GP64())
}

// pairCols256 writes the sums over the columns of a right operand.
func pairCols256() {
	k, dst, src, srs, vectors := pairColsFrame("AVX2", 4)
	at, pairs := GP64(), GP64()
	SHRQ(U8(1), k)
	Label("columns")
	VPXOR(Y0, Y0, Y0)
	VPXOR(Y1, Y1, Y1)
	MOVQ(src, at)
	MOVQ(k, pairs)
	countedLoop("pairs", pairs, 1, func() {
		VMOVDQU(Mem{Base: at}, Y2)
		VMOVDQU(Mem{Base: at, Index: srs, Scale: 1}, Y3)
		LEAQ(Mem{Base: at, Index: srs, Scale: 2}, at)
		VPMULUDQ(Y2, Y3, Y4)
		VPADDQ(Y4, Y0, Y0)
		VPSHUFD(U8(0xB1), Y2, Y2)
		VPMULLD(Y2, Y3, Y3)
		VPADDD(Y3, Y1, Y1)
	})
	VPSRLQ(U8(32), Y1, Y2)
	VPADDD(Y2, Y1, Y1)
	VPSLLQ(U8(32), Y1, Y1)
	VPADDQ(Y1, Y0, Y0)
	VPXOR(Y1, Y1, Y1)
	VPSUBQ(Y0, Y1, Y0)
	VMOVDQU(Y0, Mem{Base: dst})
	ADDQ(U32(32), src)
	ADDQ(U32(32), dst)
	DECQ(vectors)
	JNZ(LabelRef("columns"))
	VZEROUPPER()
	RET()
}
