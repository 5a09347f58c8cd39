package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	limbTile  = 1024         // bytes of a tile: 16 rows of 64
	limbBlock = 8 * limbTile // a block: a tile of each limb, for 64 steps of k
	shortRows = 2 * limbTile // a short block of the left operand, for 16 steps: limbs 0 to 3, limbs 4 to 7
	shortLimb = 256          // a limb in a short block of the right operand: 4 rows of 64
)

// packRowsAMX writes the left operand: 16 rows by 64 words a block.
func packRowsAMX() {
	TEXT("packRowsAMX", NOSPLIT, "func(blocks int, dst, src *uint64, srs int)")
	Pragma("noescape")
	Doc("packRowsAMX writes 16 rows of 64*blocks words, row i at src[i*srs], as blocks of eight limb tiles.",
		"Byte 8q+g of row i of a tile is from word 8g+q of the block. blocks > 0.")
	blocks := Load(Param("blocks"), GP64())
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	srs := loadStride("srs")
	r := newExchange()
	row, left := GP64(), GP64()
	Label("block")
	MOVQ(src, row)
	MOVQ(U32(16), left)
	Label("row")
	exchangeBytes(r,
		func(g int, to VecPhysical) { VMOVDQU64(Mem{Base: row, Disp: 64 * g}, to) },
		func(i int, from VecPhysical) { VMOVDQU64(from, Mem{Base: dst, Disp: limbTile * i}) })
	ADDQ(srs, row)
	ADDQ(U32(64), dst)
	DECQ(left)
	JNZ(LabelRef("row"))
	ADDQ(U32(limbBlock-limbTile), dst)
	ADDQ(U32(512), src)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// packColsAMX writes the right operand: 64 rows by 16 words a block.
func packColsAMX() {
	TEXT("packColsAMX", NOSPLIT, "func(blocks int, dst, src *uint64, srs int)")
	Pragma("noescape")
	Doc("packColsAMX writes 64*blocks rows of 16 words, row p at src[p*srs], as blocks of eight limb tiles.",
		"Row r of a tile holds four bytes for each column: those of the rows that packRowsAMX puts at bytes 4r to 4r+3.",
		"The columns are in the order 0, 8, 1, 9, …. blocks > 0.")
	blocks := Load(Param("blocks"), GP64())
	dst := Load(Param("dst"), GP64())
	src := newStrided("src", "srs")
	r := newExchange()
	left := GP64()
	Label("block")
	MOVQ(U32(8), left)
	Label("rows")
	packRowPair(r, src, dst)
	ADDQ(U32(128), dst)
	DECQ(left)
	JNZ(LabelRef("rows"))
	ADDQ(U32(limbBlock-limbTile), dst)
	src.nextBlock()
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// packRowPair writes two rows of every limb tile: from rows q, 8+q, 16+q and
// 24+q of the operand, then from 32+q to 56+q.
func packRowPair(r exchangeRegisters, src *strided, dst Register) {
	for half := range 2 {
		exchangeBytes(r,
			func(g int, to VecPhysical) { VMOVDQU64(src.at(g), to) },
			func(i int, from VecPhysical) { VMOVDQU64(from, Mem{Base: dst, Disp: limbTile*i + 64*half}) })
		src.next(half)
	}
}

// packShortRowsAMX writes the left operand of a short block.
func packShortRowsAMX() {
	index := GLOBL("shortIndex", RODATA|NOPTR)
	for q := range 16 {
		var v uint64
		for b := range 8 { // byte 16l+p is byte l of word p
			at := 8*q + b
			v |= uint64(8*(at%16)+at/16) << (8 * b)
		}
		DATA(8*q, U64(v))
	}
	TEXT("packShortRowsAMX", NOSPLIT, "func(dst, src *uint64, srs int)")
	Pragma("noescape")
	Doc("packShortRowsAMX writes 16 rows of 16 words, row i at src[i*srs], as two tiles: byte 16l+p of row i is",
		"byte l of word p, and byte 4+l in the second tile.")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	srs := loadStride("srs")
	VMOVDQU64(index, Z0)
	VMOVDQU64(index.Offset(64), Z1)
	left := GP64()
	MOVQ(U32(16), left)
	Label("row")
	VMOVDQU64(Mem{Base: src}, Z2)
	VMOVDQU64(Mem{Base: src, Disp: 64}, Z3)
	for i, from := range []VecPhysical{Z0, Z1} {
		VMOVDQA64(from, Z4)
		VPERMI2B(Z3, Z2, Z4)
		VMOVDQU64(Z4, Mem{Base: dst, Disp: limbTile * i})
	}
	ADDQ(srs, src)
	ADDQ(U32(64), dst)
	DECQ(left)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// packShortColsAMX writes the right operand of a short block.
func packShortColsAMX() {
	TEXT("packShortColsAMX", NOSPLIT, "func(dst, src *uint64, srs int)")
	Pragma("noescape")
	Doc("packShortColsAMX writes 16 rows of 16 words, row p at src[p*srs], limb 7 first: row q of a limb has four bytes for",
		"each column, those of rows 4q to 4q+3, with the columns in the order 0, 8, 1, 9, …. Behind limb 0 come three limbs of zeros.")
	dst := Load(Param("dst"), GP64())
	src := newConsecutive("src", "srs")
	r := newExchange()
	for q := range 4 {
		exchangeBytes(r,
			func(g int, to VecPhysical) { VMOVDQU64(src.at(g), to) },
			func(i int, from VecPhysical) { VMOVDQU64(from, Mem{Base: dst, Disp: shortLimb*(7-i) + 64*q}) })
		LEAQ(Mem{Base: src.p, Index: src.s, Scale: 4}, src.p)
	}
	VPXORQ(Z0, Z0, Z0)
	for i := range 3 * shortLimb / 64 {
		VMOVDQU64(Z0, Mem{Base: dst, Disp: 8*shortLimb + 64*i})
	}
	VZEROUPPER()
	RET()
}

// consecutive gives four rows of a matrix in two halves.
type consecutive struct{ rowAddress }

func newConsecutive(base, stride string) *consecutive {
	return &consecutive{newRowAddress(Load(Param(base), GP64()), loadStride(stride), 4)}
}

func (o *consecutive) at(g int) Mem {
	m := o.rowAddress.at(g % 4)
	m.Disp = 64 * (g / 4)
	return m
}

// strided walks a matrix eight rows at a time.
type strided struct{ p, s, s8, s24 Register }

func newStrided(base, stride string) *strided {
	o := &strided{p: Load(Param(base), GP64()), s: loadStride(stride), s8: GP64(), s24: GP64()}
	MOVQ(o.s, o.s8)
	SHLQ(U8(3), o.s8)
	LEAQ(Mem{Base: o.s8, Index: o.s8, Scale: 2}, o.s24)
	return o
}

// at is the half row g: rows 0, 8, 16, 24 from p, then their second halves.
func (o *strided) at(g int) Mem {
	m := Mem{Base: o.p, Disp: 64 * (g / 4)}
	switch g % 4 {
	case 1:
		m.Index, m.Scale = o.s8, 1
	case 2:
		m.Index, m.Scale = o.s8, 2
	case 3:
		m.Index, m.Scale = o.s24, 1
	}
	return m
}

// next moves to row 32+q after the first half and to row q+1 after the second.
func (o *strided) next(half int) {
	if half == 0 {
		LEAQ(Mem{Base: o.p, Index: o.s8, Scale: 4}, o.p)
		return
	}
	t := GP64()
	MOVQ(o.s8, t)
	SHLQ(U8(2), t)
	SUBQ(t, o.p)
	ADDQ(o.s, o.p)
}

// nextBlock moves from row 8 to row 64.
func (o *strided) nextBlock() {
	LEAQ(Mem{Base: o.p, Index: o.s24, Scale: 2}, o.p)
	ADDQ(o.s8, o.p)
}
