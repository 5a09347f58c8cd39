package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Products for processors where VPMULLQ is slow. With a = ah·2^12 + al,
// -2^11 ≤ al < 2^11, and b = d0 + d1·2^16 + d2·2^32 + d3·2^48, -2^15 ≤ dj < 2^15,
//
//	a·b = ah·b·2^12 + al·d0 + al·d1·2^16 + al·d2·2^32 + al·d3·2^48  (mod 2^64)
//
// Of ah·b 52 bits count, which VPMADD52LUQ adds up: it multiplies the low 52 bits of
// its operands, and the sum of such products, modulo 2^64, is moved up when all are
// there. The digits are for VPDPWSSD, which adds the products of one digit for 16
// columns and two steps of k to sums of 32 bits: all four are one instruction for
// eight columns and a step, so that these take two.
//
// The sums over d0 and d1 must not wrap, so after [carrySteps] what is above 16 bits
// goes to the next one. What stays is below 2^16, and what comes from below at most 2^15
// in size. A product is at most 2^11·2^15 in size, and 30·2^26 + 2^16 + 2^15 < 2^31. The
// sums over d2 and d3 may wrap, since they count from bit 32 on.

// carrySteps are so many steps of k that the sums of digits do not wrap.
const carrySteps = 30

// matmul52Set emits the packing of operands and the tiles of 4 to 1 rows by 16
// and 8 columns.
func matmul52Set() {
	packRows52()
	packLeft52()
	right52(2)
	right52(1)
	for mr := 4; mr > 0; mr-- {
		for nv := 2; nv > 0; nv-- {
			tile52(mr, nv)
		}
	}
}

// A tile52Code is what writing the body of a tile needs.
type tile52Code struct {
	mr, nv    int
	a, low, b Register
	c         rowAddress
	digits    []VecPhysical // loaded digits of b
	bv, av    []VecPhysical // loaded registers of b, broadcast words of a
}

// high is a sum of products of 52 bits: i is the register of columns, or the step if there
// is but one, since a product waits for the one that is added before it.
func (t *tile52Code) high(r, i int) VecPhysical { return zmm[2*r+i] }

// digit is a sum of products of digits, of register j of those that the packing writes.
func (t *tile52Code) digit(r, j int) VecPhysical { return zmm[2*t.mr+2*t.nv*r+j] }

// tile52 multiplies register tiles below each other.
func tile52(mr, nv int) {
	name := fmt.Sprintf("tile%dx%d52", mr, 8*nv)
	TEXT(name, NOSPLIT, "func(tiles, pairs int, a, low *uint64, stride int, b, c *uint64, crs int, mask uint64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds a·b to tiles of c below each other, with the first %d rows of packed panels of a, stride words apart,", name, mr),
		fmt.Sprintf("%d packed columns of b and the first pairs of steps of k; tiles, pairs > 0. mask has a bit for each column", 8*nv),
		"of the last register of c.")
	sums := mr * (2 + 2*nv)
	t := &tile52Code{
		mr: mr, nv: nv, digits: zmm[sums:][:2*nv], bv: zmm[sums+2*nv:][:nv], av: zmm[sums+3*nv:],
		a: GP64(), low: GP64(), b: GP64(),
	}
	parityMasks(t.b)
	KMOVQ(Load(Param("mask"), GP64()), K3)
	tiles, pairs, stride := Load(Param("tiles"), GP64()), Load(Param("pairs"), GP64()), loadStride("stride")
	a, low := Load(Param("a"), GP64()), Load(Param("low"), GP64())
	t.c = newRowAddress(Load(Param("c"), GP64()), loadStride("crs"), mr)
	Label("tile")
	MOVQ(a, t.a)
	MOVQ(low, t.low)
	Load(Param("b"), t.b)
	t.sum(sums, pairs)
	t.store()
	ADDQ(stride, a)
	ADDQ(stride, low)
	LEAQ(Mem{Base: t.c.p, Index: t.c.s, Scale: 4}, t.c.p)
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// sum adds up the products for all pairs of steps, and carries in between. It begins
// to load the tile of c, which is needed when that is done.
func (t *tile52Code) sum(sums int, pairs Register) {
	for i := range sums {
		VPXORQ(zmm[i], zmm[i], zmm[i])
	}
	t.eachOfC(func(r, v int, m Mem) { PREFETCHT0(m) })
	left, block := GP64(), GP64()
	MOVQ(pairs, left)
	JMP(LabelRef("block"))
	Label("carry")
	t.carry()
	Label("block")
	MOVQ(left, block)
	CMPQ(left, U8(carrySteps/2))
	JLE(LabelRef("rest"))
	MOVQ(U32(carrySteps/2), block)
	Label("rest")
	SUBQ(block, left)
	Label("pair")
	t.straight(0)
	t.straight(1)
	t.digitPair()
	ADDQ(U32(leftPair), t.a)
	ADDQ(U32(leftLowPair), t.low)
	ADDQ(U32(rightPair/2*t.nv), t.b)
	DECQ(block)
	JNZ(LabelRef("pair"))
	TESTQ(left, left)
	JNZ(LabelRef("carry"))
}

// straight adds the products of 52 bits for the first or second step of a pair.
func (t *tile52Code) straight(step int) {
	for v, b := range t.bv {
		VMOVDQU64(Mem{Base: t.b, Disp: 64 * (t.nv*step + v)}, b)
	}
	for r := range t.mr {
		x := t.av[r%len(t.av)]
		VPBROADCASTQ(Mem{Base: t.a, Disp: leftPair/2*step + 8*r}, x)
		if t.nv == 1 {
			VPMADD52LUQ(t.bv[0], x, t.high(r, step))
			continue
		}
		for v, b := range t.bv {
			VPMADD52LUQ(b, x, t.high(r, v))
		}
	}
}

// digitPair adds the products of digits for two steps.
func (t *tile52Code) digitPair() {
	for j, d := range t.digits {
		VMOVDQU64(Mem{Base: t.b, Disp: 64 * (2*t.nv + j)}, d)
	}
	for r := range t.mr {
		x := t.av[r%len(t.av)]
		VPBROADCASTD(Mem{Base: t.low, Disp: 4 * r}, x)
		for j, d := range t.digits {
			VPDPWSSD(d, x, t.digit(r, j))
		}
	}
}
