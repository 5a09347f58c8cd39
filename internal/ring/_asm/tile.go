package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const tileSignature = "func(k int, a *uint64, ars, acs int, b *uint64, brs int, c *uint64, crs int, mask uint64)"

// tileArgs are the loaded arguments of a tile kernel; strides are in bytes.
type tileArgs struct {
	k, a, acs, b, brs Register
	rows              rowAddress
}

// A rowAddress gives p + r*s for r < 8 without arithmetic in the loop.
type rowAddress struct{ p, s, s3, s5, s7 Register }

func newRowAddress(p, s Register, rows int) rowAddress {
	a := rowAddress{p: p, s: s}
	if rows > 3 {
		a.s3 = GP64()
		LEAQ(Mem{Base: s, Index: s, Scale: 2}, a.s3)
	}
	if rows > 5 {
		a.s5 = GP64()
		LEAQ(Mem{Base: s, Index: s, Scale: 4}, a.s5)
	}
	if rows > 7 {
		a.s7 = GP64()
		LEAQ(Mem{Base: a.s3, Index: s, Scale: 4}, a.s7)
	}
	return a
}

func (a rowAddress) at(r int) Mem {
	switch r {
	case 0:
		return Mem{Base: a.p}
	case 3:
		return Mem{Base: a.p, Index: a.s3, Scale: 1}
	case 5:
		return Mem{Base: a.p, Index: a.s5, Scale: 1}
	case 6:
		return Mem{Base: a.p, Index: a.s3, Scale: 2}
	case 7:
		return Mem{Base: a.p, Index: a.s7, Scale: 1}
	}
	return Mem{Base: a.p, Index: a.s, Scale: uint8(r)}
}

// loadStride loads a stride argument and turns elements into bytes.
func loadStride(name string) Register {
	s := Load(Param(name), GP64())
	SHLQ(U8(3), s)
	return s
}

// tileStart opens a tile kernel of mr rows and nr columns.
func tileStart(name string, mr, nr int) tileArgs {
	TEXT(name, NOSPLIT, tileSignature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to the tile c, with a %d×k, b k×%d: element (i, p) of a is a[i*ars+p*acs],", name, mr, nr),
		"row p of b starts at b[p*brs], row i of c at c[i*crs]. mask has a bit for each column of the last register.")
	t := tileArgs{k: Load(Param("k"), GP64()), a: Load(Param("a"), GP64())}
	t.rows = newRowAddress(t.a, loadStride("ars"), mr)
	t.acs = loadStride("acs")
	t.b = Load(Param("b"), GP64())
	t.brs = loadStride("brs")
	return t
}

// kLoop runs step for every k, two to a round, and moves a and b on.
func (t tileArgs) kLoop(step func()) {
	one := func() {
		step()
		ADDQ(t.acs, t.a)
		ADDQ(t.brs, t.b)
	}
	pairs := GP64()
	MOVQ(t.k, pairs)
	SHRQ(U8(1), pairs)
	JZ(LabelRef("odd"))
	Label("loop")
	one()
	one()
	DECQ(pairs)
	JNZ(LabelRef("loop"))
	Label("odd")
	TESTQ(U32(1), t.k)
	JZ(LabelRef("store"))
	one()
	Label("store")
}

// addRows hands every register of the mr×nv tile, with its place in c, to add;
// last marks the register that needs the mask.
func addRows(mr, nv, width int, add func(r, v int, m Mem, last bool)) {
	c := Load(Param("c"), GP64())
	crs := loadStride("crs")
	for r := range mr {
		for v := range nv {
			add(r, v, Mem{Base: c, Disp: v * width}, v == nv-1)
		}
		if r != mr-1 {
			ADDQ(crs, c)
		}
	}
	VZEROUPPER()
	RET()
}
