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
	sums := sumOfLanesFour(v, v.reg[:4], v.reg[4:])
	CMPQ(drs, U8(8))
	JNE(LabelRef("apart"))
	VPADDQ(Mem{Base: dst}, sums.AsY(), sums.AsY())
	VMOVDQU(sums.AsY(), Mem{Base: dst})
	ADDQ(U32(32), dst)
	JMP(LabelRef("next"))
	Label("apart")
	addApart(sums, v.reg[4], dst, drs)
	Label("next")
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

// sumOfLanesFour adds the elements of each of the four registers x; the sums are
// the lanes of a 256-bit register.
func sumOfLanesFour(v *isa, x, t []VecPhysical) VecPhysical {
	for i := range 2 { // x[2i]: sums of pairs for two rows, in turn
		a, b := x[2*i], x[2*i+1]
		VPUNPCKLQDQ(b, a, t[0])
		VPUNPCKHQDQ(b, a, t[1])
		VPADDQ(t[0], t[1], a)
		if v.lanes == 8 {
			VEXTRACTI64X4(U8(1), a, t[0].AsY())
			VPADDQ(t[0].AsY(), a.AsY(), a.AsY())
		}
	}
	a, b := x[0].AsY(), x[2].AsY()
	VPERM2I128(U8(0x20), b, a, t[0].AsY())
	VPERM2I128(U8(0x31), b, a, t[1].AsY())
	VPADDQ(t[0].AsY(), t[1].AsY(), a)
	return x[0]
}

// addApart adds four lanes to words that are stride bytes apart.
func addApart(sums, t VecPhysical, dst, stride Register) {
	VEXTRACTI128(U8(1), sums.AsY(), t.AsX())
	word := GP64()
	for r := range 4 {
		VPEXTRQ(U8(r%2), []VecPhysical{sums, t}[r/2].AsX(), word)
		ADDQ(word, Mem{Base: dst})
		ADDQ(stride, dst)
	}
}
