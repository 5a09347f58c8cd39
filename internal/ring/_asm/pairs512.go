package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pairs512Set emits products by pairs of steps of k, as [pairs256Set] does, with
// VPMULLQ: the sums over columns and rows, and tiles of 8, 4, 2 and 1 rows by 16 and
// 8 columns. A pair is one multiplication and three additions instead of two of each.
// AMD Zen 4 multiplies on two of the four ports that add, and additions get in the way
// of multiplications that need these two all the time; here they need them half the time.
func pairs512Set() {
	pairCols512()
	pairRow512()
	for _, mr := range []int{8, 4, 2, 1} {
		for _, nv := range []int{2, 1} {
			pairs512(mr, nv)
		}
	}
}

// A pairs512Code is what writing the body of a tile needs.
type pairs512Code struct {
	mr, nv          int
	first, second   rowAddress // of a for two steps of k
	b, brs          Register
	even, odd, free []VecPhysical // loaded registers of b, and those for sums
}

func (t *pairs512Code) acc(r, v int) VecPhysical { return zmm[r*t.nv+v] }

// pairs512 multiplies one register tile.
func pairs512(mr, nv int) {
	name := fmt.Sprintf("pairs%dx%dAVX512", mr, 8*nv)
	TEXT(name, NOSPLIT, "func(k int, a *uint64, ars, acs int, ca *uint64, b *uint64, brs int, cb, c *uint64, crs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to the tile c, with a %d×k, b k×%d: element (i, p) of a is a[i*ars+p*acs],", name, mr, 8*nv),
		"row p of b starts at b[p*brs]; k > 0. ca[i] and cb[j] are the sums over their pairs, negative.",
		"mask has a bit for each column of the last register of c.")
	t := &pairs512Code{mr: mr, nv: nv, even: zmm[mr*nv:][:nv], odd: zmm[mr*nv+nv:][:nv], free: zmm[mr*nv+2*nv:]}
	prefetchTile(mr, 8*nv)
	ca, cb := Load(Param("ca"), GP64()), Load(Param("cb"), GP64())
	for v := range nv {
		VMOVDQU64(Mem{Base: cb, Disp: 64 * v}, t.even[v])
	}
	for r := range mr {
		for v := range nv {
			VPADDQ_BCST(Mem{Base: ca, Disp: 8 * r}, t.even[v], t.acc(r, v))
		}
	}
	k, acs := Load(Param("k"), GP64()), loadStride("acs")
	t.first = newRowAddress(Load(Param("a"), GP64()), loadStride("ars"), mr)
	t.second = t.first
	t.second.p = GP64()
	LEAQ(Mem{Base: t.first.p, Index: acs, Scale: 1}, t.second.p)
	t.b, t.brs = Load(Param("b"), GP64()), loadStride("brs")
	countedLoop("pairs", k, 2, func() {
		t.pair()
		LEAQ(Mem{Base: t.first.p, Index: acs, Scale: 2}, t.first.p)
		LEAQ(Mem{Base: t.second.p, Index: acs, Scale: 2}, t.second.p)
		LEAQ(Mem{Base: t.b, Index: t.brs, Scale: 2}, t.b)
	})
	TESTQ(k, k)
	JZ(LabelRef("store"))
	t.single()
	Label("store")
	KMOVQ(Load(Param("mask"), GP64()), K1)
	addRows(mr, nv, 64, func(r, v int, m Mem, last bool) {
		if last {
			VMOVDQU64_Z(m, K1, t.free[0])
			VPADDQ(t.free[0], t.acc(r, v), t.acc(r, v))
			VMOVDQU64(t.acc(r, v), K1, m)
			return
		}
		VPADDQ(m, t.acc(r, v), t.acc(r, v))
		VMOVDQU64(t.acc(r, v), m)
	})
}

// prefetchTile begins to load the tile c, which is needed when the sums are done.
func prefetchTile(mr, cols int) {
	c := Load(Param("c"), GP64())
	crs := loadStride("crs")
	for range mr {
		for v := 0; v < cols; v += 8 {
			PREFETCHT0(Mem{Base: c, Disp: 8 * v})
		}
		ADDQ(crs, c)
	}
}

// pair adds the products of sums for two steps of k.
func (t *pairs512Code) pair() {
	for v := range t.nv {
		VMOVDQU64(Mem{Base: t.b, Disp: 64 * v}, t.even[v])
		VMOVDQU64(Mem{Base: t.b, Index: t.brs, Scale: 1, Disp: 64 * v}, t.odd[v])
	}
	free := newPool(t.free)
	for r := range t.mr {
		x0, x1 := free.take(), free.take()
		VPBROADCASTQ(t.first.at(r), x0)
		VPBROADCASTQ(t.second.at(r), x1)
		for v := range t.nv {
			s, u := x0, x1
			if v != t.nv-1 {
				s, u = free.take(), free.take()
			}
			VPADDQ(t.odd[v], x0, s)
			VPADDQ(t.even[v], x1, u)
			VPMULLQ(s, u, s)
			VPADDQ(s, t.acc(r, v), t.acc(r, v))
			free.give(s)
			free.give(u)
		}
	}
}

// single adds the products for a last step of k.
func (t *pairs512Code) single() {
	for v := range t.nv {
		VMOVDQU64(Mem{Base: t.b, Disp: 64 * v}, t.even[v])
	}
	for r := range t.mr {
		VPBROADCASTQ(t.first.at(r), t.odd[0])
		for v := range t.nv {
			VPMULLQ(t.even[v], t.odd[0], t.free[v])
			VPADDQ(t.free[v], t.acc(r, v), t.acc(r, v))
		}
	}
}

// pairCols512 writes the sums over the columns of a right operand.
func pairCols512() {
	TEXT("pairColsAVX512", NOSPLIT, "func(k int, dst, src *uint64, srs, vectors int)")
	Pragma("noescape")
	Doc("pairColsAVX512 writes the sums over pairs of 8*vectors columns of a right operand with k > 0 rows:",
		"dst[j] = -(src[0, j]*src[1, j] + src[2, j]*src[3, j] + …); a last row without another adds nothing.")
	k, dst, src := Load(Param("k"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	srs, vectors := loadStride("srs"), Load(Param("vectors"), GP64())
	SHRQ(U8(1), k)
	countedLoop("twos", vectors, 2, func() { pairColumns(2, k, dst, src, srs) })
	TESTQ(vectors, vectors)
	JZ(LabelRef("done"))
	pairColumns(1, k, dst, src, srs)
	Label("done")
	VZEROUPPER()
	RET()
}

// pairColumns writes the sums of n registers of columns and moves on.
func pairColumns(n int, pairs, dst, src, srs Register) {
	at, left := GP64(), GP64()
	MOVQ(src, at)
	MOVQ(pairs, left)
	sums, x := zmm[:n], zmm[n:]
	for _, s := range sums {
		VPXORQ(s, s, s)
	}
	countedLoop(fmt.Sprintf("pairs%d", n), left, 1, func() {
		for i, s := range sums {
			VMOVDQU64(Mem{Base: at, Disp: 64 * i}, x[i])
			VPMULLQ(Mem{Base: at, Index: srs, Scale: 1, Disp: 64 * i}, x[i], x[i])
			VPSUBQ(x[i], s, s)
		}
		LEAQ(Mem{Base: at, Index: srs, Scale: 2}, at)
	})
	for i, s := range sums {
		VMOVDQU64(s, Mem{Base: dst, Disp: 64 * i})
	}
	ADDQ(U32(64*n), src)
	ADDQ(U32(64*n), dst)
}

// pairRow512 writes the sum over a row of a left operand.
func pairRow512() {
	TEXT("pairRowAVX512", NOSPLIT, "func(k int, row *uint64) uint64")
	Pragma("noescape")
	Doc("pairRowAVX512 is -(row[0]*row[1] + row[2]*row[3] + …) for k words; a last one without another adds nothing.")
	k := Load(Param("k"), GP64())
	row := Load(Param("row"), GP64())
	VPXORQ(Z0, Z0, Z0)
	multiply := func() {
		VPUNPCKLQDQ(Z2, Z1, Z3)
		VPUNPCKHQDQ(Z2, Z1, Z4)
		VPMULLQ(Z3, Z4, Z3)
		VPSUBQ(Z3, Z0, Z0)
	}
	countedLoop("main", k, 16, func() {
		VMOVDQU64(Mem{Base: row}, Z1)
		VMOVDQU64(Mem{Base: row, Disp: 64}, Z2)
		multiply()
		ADDQ(U32(128), row)
	})
	TESTQ(k, k)
	JZ(LabelRef("sum"))
	avx512.maskTail(k)
	VMOVDQU64_Z(Mem{Base: row}, K1, Z1)
	KSHIFTRQ(U8(8), K1, K1)
	VMOVDQU64_Z(Mem{Base: row, Disp: 64}, K1, Z2)
	multiply()
	Label("sum")
	Store(sumOfLanes(avx512, Z0, Z1), ReturnIndex(0))
	VZEROUPPER()
	RET()
}
