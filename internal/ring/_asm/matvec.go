package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// matVec writes a product of a matrix with contiguous rows and a vector, four
// rows at a time.
func matVec(v *isa) {
	name := "matVec" + v.suffix
	TEXT(name, NOSPLIT, "func(fours, k int, a *uint64, ars int, y, dst *uint64, drs int)")
	Pragma("noescape")
	Doc(name + " is: dst[i*drs] += a[i*ars]*y[0] + … + a[i*ars+k-1]*y[k-1] for i < 4*fours; fours > 0, k > 0.")
	fours := Load(Param("fours"), GP64())
	n := Load(Param("k"), GP64())
	a := Load(Param("a"), GP64())
	rows := newRowAddress(a, loadStride("ars"), 4)
	y := Load(Param("y"), GP64())
	dst := Load(Param("dst"), GP64())
	drs := loadStride("drs")
	left, i, tail := GP64(), GP64(), GP64()
	at := rows
	at.p = GP64()
	MOVQ(n, tail)
	ANDQ(U32(v.lanes-1), tail)
	v.maskTail(tail)
	Label("rows")
	MOVQ(a, at.p)
	MOVQ(n, left)
	XORQ(i, i)
	fourSums(v, y, i, left, at)
	for r := range 4 {
		ADDQ(sumOfLanes(v, v.reg[r], v.reg[4]), Mem{Base: dst})
		ADDQ(drs, dst)
	}
	LEAQ(Mem{Base: a, Index: rows.s, Scale: 4}, a)
	DECQ(fours)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// fourSums leaves the products of four rows with y in registers 0 to 3, still
// to be summed over lanes. i and left count along the rows.
func fourSums(v *isa, y, i, left Register, rows rowAddress) {
	acc, work := v.reg[:4], v.reg[4:]
	for _, r := range acc {
		v.xor(r, r, r)
	}
	step := func(load func(Mem, Op)) {
		load(Mem{Base: y, Index: i, Scale: 1}, work[0])
		for r := range 4 {
			load(rows.at(r), work[1])
			v.mul(work[0], work[1], work[1], work[2:])
			VPADDQ(work[1], acc[r], acc[r])
		}
	}
	countedLoop("main", left, v.lanes, func() {
		step(func(m Mem, r Op) { v.load(m, r) })
		ADDQ(U32(v.bytes()), i)
		ADDQ(U32(v.bytes()), rows.p)
	})
	TESTQ(left, left)
	JZ(LabelRef("sum"))
	step(v.loadTail)
	Label("sum")
}
