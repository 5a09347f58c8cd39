package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose512 writes transpose8AVX512, which turns 8 rows of 8n words. It is
// how a transposed operand gets into rows.
func transpose512() {
	TEXT("transpose8AVX512", NOSPLIT, "func(n int, dst *uint64, drs int, src *uint64, srs int)")
	Pragma("noescape")
	Doc("transpose8AVX512 turns n blocks of 8×8: dst[(8b+j)*drs+i] = src[i*srs+8b+j] for b < n, i, j < 8; n > 0.")
	n := Load(Param("n"), GP64())
	dst := Load(Param("dst"), GP64())
	drs := loadStride("drs")
	src := Load(Param("src"), GP64())
	rows := newRowAddress(src, loadStride("srs"), 8)
	Label("loop")
	for r := range 8 {
		VMOVDQU64(rows.at(r), zmm[r])
	}
	transpose8x8(zmm[0:8], zmm[8:16], zmm[16:24])
	for c := range 8 {
		VMOVDQU64(zmm[c], Mem{Base: dst})
		ADDQ(drs, dst)
	}
	ADDQ(U32(64), src)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// transpose8x8 turns the 8×8 words of x in place; s and t are overwritten.
func transpose8x8(x, s, t []VecPhysical) {
	for i := range 4 { // s[2i] and s[2i+1]: even and odd columns of rows 2i, 2i+1
		VPUNPCKLQDQ(x[2*i+1], x[2*i], s[2*i])
		VPUNPCKHQDQ(x[2*i+1], x[2*i], s[2*i+1])
	}
	for e := range 2 { // e: the columns of this parity
		VSHUFI64X2(U8(0x88), s[2+e], s[0+e], t[0])
		VSHUFI64X2(U8(0xDD), s[2+e], s[0+e], t[1])
		VSHUFI64X2(U8(0x88), s[6+e], s[4+e], t[2])
		VSHUFI64X2(U8(0xDD), s[6+e], s[4+e], t[3])
		VSHUFI64X2(U8(0x88), t[2], t[0], x[0+e])
		VSHUFI64X2(U8(0x88), t[3], t[1], x[2+e])
		VSHUFI64X2(U8(0xDD), t[2], t[0], x[4+e])
		VSHUFI64X2(U8(0xDD), t[3], t[1], x[6+e])
	}
}

// transpose256 writes transpose4AVX2, the same for blocks of 4×4.
func transpose256() {
	TEXT("transpose4AVX2", NOSPLIT, "func(n int, dst *uint64, drs int, src *uint64, srs int)")
	Pragma("noescape")
	Doc("transpose4AVX2 turns n blocks of 4×4: dst[(4b+j)*drs+i] = src[i*srs+4b+j] for b < n, i, j < 4; n > 0.")
	n := Load(Param("n"), GP64())
	dst := Load(Param("dst"), GP64())
	drs := loadStride("drs")
	src := Load(Param("src"), GP64())
	rows := newRowAddress(src, loadStride("srs"), 4)
	x, t := ymm[0:4], ymm[4:8]
	Label("loop")
	for r := range 4 {
		VMOVDQU(rows.at(r), x[r])
	}
	for i := range 2 { // t[2i] and t[2i+1]: even and odd columns of rows 2i, 2i+1
		VPUNPCKLQDQ(x[2*i+1], x[2*i], t[2*i])
		VPUNPCKHQDQ(x[2*i+1], x[2*i], t[2*i+1])
	}
	for e := range 2 {
		VPERM2I128(U8(0x20), t[2+e], t[e], x[e])
		VPERM2I128(U8(0x31), t[2+e], t[e], x[2+e])
	}
	for c := range 4 {
		VMOVDQU(x[c], Mem{Base: dst})
		ADDQ(drs, dst)
	}
	ADDQ(U32(32), src)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// copyRows writes the packing of an operand whose rows are contiguous, two
// registers of all rows at a time.
func copyRows(v *isa) {
	name := "copyRows" + v.suffix
	TEXT(name, NOSPLIT, "func(n int, dst, src *uint64, srs, cols int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s copies n rows of cols words, src[i*srs:], and fills each up with zeros to a multiple of %d words;", name, v.lanes),
		"the rows of dst follow each other; n > 0.")
	c := newRowCopy(v)
	countedLoop("twos", c.cols, 2*v.lanes, func() { c.columns("two", 2, c.whole) })
	countedLoop("ones", c.cols, v.lanes, func() { c.columns("one", 1, c.whole) })
	TESTQ(c.cols, c.cols)
	JZ(LabelRef("done"))
	v.maskTail(c.cols)
	c.columns("last", 1, v.loadTail)
	Label("done")
	VZEROUPPER()
	RET()
}

// A rowCopy has the tops of the columns that are next, src and dst, and the
// places of a row in them, from and to.
type rowCopy struct {
	*isa
	src, srs, from, dst, drs, to Register
	n, cols, left                Register
}

// newRowCopy loads the arguments and computes drs, the bytes of a row of dst.
func newRowCopy(v *isa) *rowCopy {
	c := &rowCopy{isa: v}
	c.src, c.srs, c.from = Load(Param("src"), GP64()), loadStride("srs"), GP64()
	c.n, c.dst, c.cols = Load(Param("n"), GP64()), Load(Param("dst"), GP64()), Load(Param("cols"), GP64())
	c.drs, c.to, c.left = GP64(), GP64(), GP64()
	LEAQ(Mem{Base: c.cols, Disp: v.lanes - 1}, c.drs)
	ANDQ(I32(-v.lanes), c.drs)
	SHLQ(U8(3), c.drs)
	return c
}

// columns copies so many registers of every row.
func (c *rowCopy) columns(label string, registers int, load func(from Mem, to Op)) {
	MOVQ(c.src, c.from)
	ADDQ(U32(registers*c.bytes()), c.src)
	MOVQ(c.dst, c.to)
	MOVQ(c.n, c.left)
	Label(label)
	for u := range registers {
		load(Mem{Base: c.from, Disp: u * c.bytes()}, c.reg[0])
		c.store(c.reg[0], Mem{Base: c.to, Disp: u * c.bytes()})
	}
	ADDQ(c.srs, c.from)
	ADDQ(c.drs, c.to)
	DECQ(c.left)
	JNZ(LabelRef(label))
	ADDQ(U32(registers*c.bytes()), c.dst)
}

// whole loads a whole register.
func (c *rowCopy) whole(from Mem, to Op) { c.load(from, to) }
