package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Products for processors where VPMULLQ is slow. With a = a0 + a1·2^52 and the
// same for b,
//
//	a·b = lo52(a0·b0) + (hi52(a0·b0) + a0·b1 + a1·b0)·2^52  (mod 2^64)
//
// VPMADD52LUQ and VPMADD52HUQ multiply the low 52 bits of a and b and add up
// the first two terms. Of the cross terms only 12 bits count, so 16-bit
// operands will do, and one VPDPWSSD adds those of two steps of k: a cross word
// is (lo16 a, a1) of one step and of the next, with b's halves the other way.

// matmul52Set emits the packing of cross words and the tiles of 4, 2 and 1 rows
// by 16 and 8 columns.
func matmul52Set() {
	crossRows()
	crossCols()
	for _, mr := range []int{4, 2, 1} {
		for _, nv := range []int{2, 1} {
			tile52(mr, nv)
		}
	}
}

// A tile52Code is what writing the body of a tile needs.
type tile52Code struct {
	mr, nv         int
	a, ca          rowAddress
	b, brs, cb     Register
	bv, av         []VecPhysical // loaded registers of b, broadcast words of a
	lo, hi, across func(r, v int) VecPhysical
}

// tile52 multiplies one register tile.
func tile52(mr, nv int) {
	name := fmt.Sprintf("tile%dx%d52", mr, 8*nv)
	TEXT(name, NOSPLIT, "func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to the tile c, with a %d×k in rows at a[i*ars] and b k×%d in rows at b[p*brs]; k > 0.", name, mr, 8*nv),
		fmt.Sprintf("ca and cb are their cross words, in rows at ca[i*cars] and cb[p*%d]. mask has a bit for each column of the last register of c.", 8*nv))
	k := Load(Param("k"), GP64())
	t := newTile52(mr, nv)
	for i := range 3 * mr * nv {
		VPXORQ(zmm[i], zmm[i], zmm[i])
	}
	countedLoop("pairs", k, 2, func() {
		t.straight(0)
		t.straight(8)
		t.cross()
		ADDQ(U32(16), t.a.p)
	})
	TESTQ(k, k)
	JZ(LabelRef("store"))
	t.straight(0)
	t.cross()
	Label("store")
	addRows(mr, nv, 64, t.store)
}

// newTile52 loads the arguments.
func newTile52(mr, nv int) *tile52Code {
	n := mr * nv
	group := func(g int) func(r, v int) VecPhysical {
		return func(r, v int) VecPhysical { return zmm[g*n+r*nv+v] }
	}
	t := &tile52Code{
		mr: mr, nv: nv, bv: zmm[3*n : 3*n+nv], av: zmm[3*n+nv:],
		lo: group(0), hi: group(1), across: group(2),
		a:  newRowAddress(Load(Param("a"), GP64()), loadStride("ars"), mr),
		ca: newRowAddress(Load(Param("ca"), GP64()), loadStride("cars"), mr),
	}
	t.b = Load(Param("b"), GP64())
	t.brs = loadStride("brs")
	t.cb = Load(Param("cb"), GP64())
	KMOVQ(Load(Param("mask"), GP64()), K1)
	return t
}

// straight adds the products of the low 52 bits for the step of k that is disp
// bytes on in a.
func (t *tile52Code) straight(disp int) {
	for v := range t.nv {
		VMOVDQU64(Mem{Base: t.b, Disp: 64 * v}, t.bv[v])
	}
	ADDQ(t.brs, t.b)
	for r := range t.mr {
		x := t.av[r%len(t.av)]
		m := t.a.at(r)
		m.Disp = disp
		VPBROADCASTQ(m, x)
		for v := range t.nv {
			VPMADD52LUQ(t.bv[v], x, t.lo(r, v))
			VPMADD52HUQ(t.bv[v], x, t.hi(r, v))
		}
	}
}

// cross adds the cross terms of two steps.
func (t *tile52Code) cross() {
	for v := range t.nv {
		VMOVDQU64(Mem{Base: t.cb, Disp: 64 * v}, t.bv[v])
	}
	ADDQ(U32(64*t.nv), t.cb)
	for r := range t.mr {
		x := t.av[r%len(t.av)]
		VPBROADCASTQ(t.ca.at(r), x)
		for v := range t.nv {
			VPDPWSSD(t.bv[v], x, t.across(r, v))
		}
	}
	ADDQ(U32(8), t.ca.p)
}

// store puts the sums together and adds them to memory.
func (t *tile52Code) store(r, v int, m Mem, last bool) {
	l, h, x, free := t.lo(r, v), t.hi(r, v), t.across(r, v), t.av[0]
	VPSRLQ(U8(32), x, free)
	VPADDQ(free, x, x)
	VPADDQ(h, x, x)
	VPSLLQ(U8(52), x, x)
	VPADDQ(x, l, l)
	if last {
		VMOVDQU64_Z(m, K1, free)
		VPADDQ(free, l, l)
		VMOVDQU64(l, K1, m)
		return
	}
	VPADDQ(m, l, l)
	VMOVDQU64(l, m)
}
