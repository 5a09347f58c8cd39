package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// AMX multiplies bytes, so operands are cut into eight planes of bytes
// ("limbs"), limb i being bits 8i to 8i+7 of every element. 64 elements make
// one 64-byte row of each of the eight planes.

// limbRegisters are the registers that splitLimbs works in.
type limbRegisters struct {
	x       []VecPhysical // 8, overwritten
	y       []VecPhysical // 8, the result
	swap    VecPhysical   // byte indices i^1
	t       VecPhysical
	even    Register // mask 0101…, for bytes, words and dwords alike
	odd     Register // mask 1010…
	prepare func()
}

func newLimbRegisters() limbRegisters {
	return limbRegisters{
		x: zmm[0:8], y: zmm[8:16], t: zmm[16], swap: zmm[17], even: K1, odd: K2,
		prepare: func() {
			parityMasks()
			VBROADCASTI32X4(swapBytes(), zmm[17])
		},
	}
}

// parityMasks sets K1 to 0101… and K2 to 1010….
func parityMasks() {
	m := GP64()
	MOVQ(U64(0x5555555555555555), m)
	KMOVQ(m, K1)
	NOTQ(m)
	KMOVQ(m, K2)
}

// swapBytes is a constant 1, 0, 3, 2, … in the file being written.
func swapBytes() Mem {
	if swapOf == nil {
		m := GLOBL("swapBytes", RODATA|NOPTR)
		DATA(0, U64(0x0607040502030001))
		DATA(8, U64(0x0e0f0c0d0a0b0809))
		swapOf = &m
	}
	return *swapOf
}

var swapOf *Mem

// splitLimbs turns eight registers of eight words into their limbs: with x[g]
// holding words w(g, q), byte 8q+g of limb i is byte i of w(g, q). Three rounds
// of exchanging neighbours, of bytes, words and dwords; store gets limb i.
func splitLimbs(r limbRegisters, load func(g int, to VecPhysical), store func(i int, from VecPhysical)) {
	for p := range 4 { // y[p], y[4+p]: even and odd bytes of x[2p] and x[2p+1]
		a, b := r.x[2*p], r.x[2*p+1]
		load(2*p, a)
		load(2*p+1, b)
		VMOVDQA64(a, r.y[p])
		VPSHUFB(r.swap, b, r.odd, r.y[p])
		VPSHUFB(r.swap, a, r.even, b)
		VMOVDQA64(b, r.y[4+p])
	}
	for h := range 2 { // h: limbs of this parity
		for p := range 2 { // x[4h+p], x[4h+2+p]: limbs h, 4+h and 2+h, 6+h
			a, b := r.y[4*h+2*p], r.y[4*h+2*p+1]
			lo, hi := r.x[4*h+p], r.x[4*h+2+p]
			VPSLLD(U8(16), b, lo)
			VMOVDQU16(a, r.even, lo)
			VPSRLD(U8(16), a, hi)
			VMOVDQU16(b, r.odd, hi)
		}
	}
	for h := range 2 {
		for s := range 2 {
			a, b := r.x[4*h+2*s], r.x[4*h+2*s+1]
			VMOVDQA64(a, r.t)
			VPSHUFD(U8(0xA0), b, r.odd, r.t)
			store(2*s+h, r.t)
			VPSHUFD(U8(0xF5), a, r.even, b)
			store(4+2*s+h, b)
		}
	}
}

const (
	limbTile  = 1024         // bytes of a tile: 16 rows of 64
	limbBlock = 8 * limbTile // a block: a tile of each limb
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
	r := newLimbRegisters()
	r.prepare()
	row, left := GP64(), GP64()
	Label("block")
	MOVQ(src, row)
	MOVQ(U32(16), left)
	Label("row")
	splitLimbs(r,
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

// packColsAMX writes the right operand: 64 rows by 16 words a block. With sum
// the operand is the sum of two matrices.
func packColsAMX(name string, sum bool) {
	if sum {
		TEXT(name, NOSPLIT, "func(blocks int, dst, src *uint64, srs int, plus *uint64, prs int)")
		Doc(name + " is packColsAMX of the sum of two matrices.")
	} else {
		TEXT(name, NOSPLIT, "func(blocks int, dst, src *uint64, srs int)")
		Doc(name+" writes 64*blocks rows of 16 words, row p at src[p*srs], as blocks of eight limb tiles.",
			"Row r of a tile holds four bytes for each column: those of the rows that packRowsAMX puts at bytes 4r to 4r+3.",
			"The columns are in the order 0, 8, 1, 9, …. blocks > 0.")
	}
	Pragma("noescape")
	blocks := Load(Param("blocks"), GP64())
	dst := Load(Param("dst"), GP64())
	operands := []*strided{newStrided("src", "srs")}
	if sum {
		operands = append(operands, newStrided("plus", "prs"))
	}
	r := newLimbRegisters()
	r.prepare()
	left := GP64()
	Label("block")
	MOVQ(U32(8), left)
	Label("rows")
	for half := range 2 { // rows q, 8+q, 16+q, 24+q, then 32+q, …
		splitLimbs(r,
			func(g int, to VecPhysical) {
				VMOVDQU64(operands[0].at(g), to)
				if sum {
					VPADDQ(operands[1].at(g), to, to)
				}
			},
			func(i int, from VecPhysical) { VMOVDQU64(from, Mem{Base: dst, Disp: limbTile*i + 64*half}) })
		for _, o := range operands {
			o.next(half)
		}
	}
	ADDQ(U32(128), dst)
	DECQ(left)
	JNZ(LabelRef("rows"))
	ADDQ(U32(limbBlock-limbTile), dst)
	for _, o := range operands {
		o.nextBlock()
	}
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
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
