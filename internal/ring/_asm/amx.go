package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The Go assembler does not know AMX: these write the VEX encodings byte by
// byte (Intel SDM vol. 2, LDTILECFG ff.). avo cannot see their registers, so
// functions that use them name every general register themselves.

// gpNumber is the hardware number of a general register.
var gpNumber = map[Register]byte{
	RAX: 0, RCX: 1, RDX: 2, RBX: 3, RSI: 6, RDI: 7,
	R8: 8, R9: 9, R10: 10, R11: 11, R12: 12, R13: 13,
}

func emitBytes(b ...byte) {
	for _, v := range b {
		Instruction(&ir.Instruction{Opcode: "BYTE", Operands: []Op{U8(v)}})
	}
}

// tileMemory encodes an instruction on a tile and [base + index + disp].
func tileMemory(prefix, opcode, tile byte, base, index Register, disp int) {
	b, i := gpNumber[base], gpNumber[index]
	emitBytes(0xC4, 0x80|(^i>>3&1)<<6|(^b>>3&1)<<5|0x02, prefix, opcode, 0x84|tile<<3, i&7<<3|b&7,
		byte(disp), byte(disp>>8), byte(disp>>16), byte(disp>>24))
}

// tileLoad loads a tile whose rows are stride bytes apart.
func tileLoad(tile byte, base Register, disp int, stride Register) {
	tileMemory(0x7B, 0x4B, tile, base, stride, disp)
}

func tileStore(tile byte, base Register, disp int, stride Register) {
	tileMemory(0x7A, 0x4B, tile, base, stride, disp)
}

func tileZero(tile byte) { emitBytes(0xC4, 0xE2, 0x7B, 0x49, 0xC0|tile<<3) }

// tileMulAdd is TDPBUUD: c += a·b with unsigned bytes into dwords.
func tileMulAdd(c, a, b byte) { emitBytes(0xC4, 0xE2, (^b&15)<<3, 0x5E, 0xC0|c<<3|a) }

func tileConfig(base Register) {
	b := gpNumber[base]
	emitBytes(0xC4, 0xC0|(^b>>3&1)<<5|0x02, 0x78, 0x49, b&7)
}

func tileRelease() { emitBytes(0xC4, 0xE2, 0x78, 0x49, 0xC0) }

// tileShapes is the configuration: palette 1, eight tiles of 16 rows of 64 bytes.
func tileShapes() Mem {
	m := GLOBL("tileShapes", RODATA|NOPTR)
	DATA(0, U64(1))
	DATA(8, U64(0))
	for i := range 4 { // bytes of a row of each tile, 16 bits each
		DATA(16+8*i, U64([]uint64{0x0040004000400040, 0x0040004000400040, 0, 0}[i]))
	}
	DATA(48, U64(0x1010101010101010)) // rows of each tile
	DATA(56, U64(0))
	return m
}

// Registers of the panel kernel.
const (
	amxAcc = 0 // four accumulators: significance s0 to s0+3
	amxA   = 4 // a limb of a
	amxB   = 5 // three limbs of b
)

// An amxPass adds up four neighbouring significances, first to first+3.
type amxPass struct {
	first int
	acc   func(s int) byte // the accumulator of significance first+s
}

// In the upper pass accumulator 0 is finished first and 3 last, in the lower
// pass the other way round; either starts with the one that is free first.
var (
	amxUpper = amxPass{first: 4, acc: func(s int) byte { return byte(s) }}
	amxLower = amxPass{first: 0, acc: func(s int) byte { return byte(3 - s) }}
)

// block adds one block: sum s += Σ limb i of a · limb first+s-i of b. Limb i of
// a needs limbs first-i to first+3-i of b; going to limb i+1 one of them is
// replaced, so each limb is loaded once. between is called after every
// multiplication, done when a sum has had its last. a and b are moved on.
func (p amxPass) block(a, b, stride Register, between func(), done func(s int)) {
	slot := map[int]byte{} // where a limb of b is
	free := []byte{amxB, amxB + 1, amxB + 2}
	for i := 0; i <= p.first+3; i++ {
		tileLoad(amxA, a, limbTile*i, stride)
		for s := 3; s >= max(0, i-p.first); s-- { // the limb that leaves is used first
			j := p.first + s - i
			if _, ok := slot[j]; !ok {
				slot[j], free = free[0], free[1:]
				tileLoad(slot[j], b, limbTile*j, stride)
			}
			tileMulAdd(p.acc(s), amxA, slot[j])
			between()
			if j == 0 {
				done(s)
			}
			if s == 3 {
				free = append(free, slot[j])
				delete(slot, j)
			}
		}
	}
	ADDQ(U32(limbBlock), a)
	ADDQ(U32(limbBlock), b)
}

type panelRegisters struct {
	a, b, pa, pb, c, rows, crs, spill, stride, count, blocks, short Register
}

// short adds the short block, if there is one. It has limbs 0 to 3 of a in one
// tile and 4 to 7 in another, 16 steps of each, one limb after the other. The
// limbs of b follow each other downwards, so the tile that begins with limb s
// has s, s-1, s-2 and s-3, which go with limbs 0 to 3 of a to significance s.
func (p amxPass) short(label string, k panelRegisters) {
	TESTQ(k.short, k.short)
	JZ(LabelRef(label))
	MOVQ(k.short, k.pa)
	MOVQ(k.short, k.pb)
	ADDQ(k.a, k.pa)
	ADDQ(k.b, k.pb)
	used := 0
	for half := 0; 4*half <= p.first; half++ {
		tileLoad(amxA, k.pa, limbTile*half, k.stride)
		for s := 3; s >= 0; s-- {
			b := byte(amxB + used%3)
			tileLoad(b, k.pb, shortLimb*(7-(p.first+s-4*half)), k.stride)
			tileMulAdd(p.acc(s), amxA, b)
			used++
		}
	}
	Label(label)
}

// pass goes over all blocks. The last one writes each sum to spill as soon as
// it is complete, and has other work put between the multiplications before
// that, so that the work may read what was spilled last.
func (p amxPass) pass(label string, k panelRegisters, other []func()) {
	for s := range 4 {
		tileZero(p.acc(s))
	}
	p.short(label+"_whole", k)
	MOVQ(k.a, k.pa)
	MOVQ(k.b, k.pb)
	MOVQ(k.blocks, k.count)
	DECQ(k.count)
	JZ(LabelRef(label + "_last"))
	Label(label)
	p.block(k.pa, k.pb, k.stride, func() {}, func(int) {})
	DECQ(k.count)
	JNZ(LabelRef(label))
	Label(label + "_last")
	const steps = 19 // multiplications of the upper pass before the first sum is complete
	step, emitted := 0, 0
	p.block(k.pa, k.pb, k.stride, func() {
		step++
		for ; emitted < len(other) && emitted*steps < step*len(other); emitted++ {
			other[emitted]()
		}
	}, func(s int) { tileStore(p.acc(s), k.spill, limbTile*(p.first+s), k.stride) })
}

// panelAMX multiplies a column of tiles. Each tile is a pass over the blocks
// for the upper four significances and one for the lower four. Putting the
// limbs of a tile together is vector work; it is done between the tile
// multiplications of the next tile.
func panelAMX() {
	shapes := tileShapes()
	TEXT("panelAMX", NOSPLIT, "func(blocks, short, rows int, a, b, c *uint64, crs int, mask uint64, spill *uint64)")
	Pragma("noescape")
	Doc("panelAMX adds a·b to rows×16 words of c: a from packRowsAMX, one panel of blocks after the other for each 16 rows,",
		"b from packColsAMX. With short = 1 the panels of a and b end with a short block. Bit j of mask says whether",
		"column j of c exists. spill has room for 8 KiB. 0 < blocks <= 15, so that no sum of a significance below 4 reaches 32 bits; 0 < rows.")
	k := panelRegisters{
		a: R8, b: R9, pa: R10, pb: R11, c: RDI, rows: RDX, crs: RSI,
		spill: RBX, stride: RAX, count: RCX, blocks: R12, short: R13,
	}
	panelArguments(shapes, k)
	amxUpper.pass("first", k, nil)
	JMP(LabelRef("low"))
	Label("tile")
	var other []func()
	for r := range 16 {
		other = append(other, combineRow(k.spill, 64*r, k.c)...)
		other = append(other, func() { ADDQ(k.crs, k.c) })
	}
	amxUpper.pass("upper", k, other)
	Label("low")
	amxLower.pass("lower", k, nil)
	MOVQ(k.pa, k.a)
	TESTQ(k.short, k.short)
	JZ(LabelRef("next"))
	ADDQ(U32(shortRows), k.a)
	Label("next")
	SUBQ(U32(16), k.rows)
	JG(LabelRef("tile"))

	tileRelease()
	ADDQ(U32(16), k.rows)
	Label("combine")
	for _, emit := range combineRow(k.spill, 0, k.c) {
		emit()
	}
	ADDQ(U32(64), k.spill)
	ADDQ(k.crs, k.c)
	DECQ(k.rows)
	JNZ(LabelRef("combine"))
	VZEROUPPER()
	RET()
}

// panelArguments loads everything: the tile configuration, the masks of the
// parities (K1, K2) and of the columns (K3, K4), and the arguments.
func panelArguments(shapes Mem, k panelRegisters) {
	t := k.stride
	LEAQ(shapes, t)
	tileConfig(t)
	parityMasks(t)
	Load(Param("mask"), t)
	KMOVQ(t, K3)
	SHRQ(U8(8), t)
	KMOVQ(t, K4)
	Load(Param("rows"), k.rows)
	Load(Param("a"), k.a)
	Load(Param("b"), k.b)
	Load(Param("c"), k.c)
	Load(Param("crs"), k.crs)
	SHLQ(U8(3), k.crs)
	Load(Param("spill"), k.spill)
	Load(Param("blocks"), k.blocks)
	Load(Param("short"), k.short) // becomes where the short block begins
	IMULQ(k.blocks, k.short)
	SHLQ(U8(13), k.short)
	MOVQ(U32(64), k.stride)
}

// combineRow adds one row of the eight sums, at p+at, significance s being
// worth 2^(8s), to 16 words of c. The upper four only count modulo 2^32. The
// lower four are added from below, 8 bits further each time, so that nothing
// leaves 32 bits: that gives the upper half, and wrapping sums give the lower.
// The instructions are returned one by one, to be mixed with others.
func combineRow(p Register, at int, c Register) (list []func()) {
	do := func(f func()) { list = append(list, f) }
	sum := func(s int) Mem { return Mem{Base: p, Disp: limbTile*s + at} }
	low, high, t, x := Z0, Z1, Z2, Z3
	do(func() { VMOVDQU64(sum(4), high) })
	for s := 1; s < 4; s++ {
		do(func() { VPSLLD(U8(8*s), sum(4+s), x) })
		do(func() { VPADDD(x, high, high) })
	}
	do(func() { VMOVDQU64(sum(0), low) })
	do(func() { VPSRLD(U8(8), low, t) })
	for s := 1; s < 4; s++ {
		do(func() { VMOVDQU64(sum(s), x) })
		do(func() { VPADDD(x, t, t) })
		do(func() { VPSLLD(U8(8*s), x, x) })
		do(func() { VPADDD(x, low, low) })
		do(func() { VPSRLD(U8(8), t, t) })
	}
	do(func() { VPADDD(t, high, high) })
	// Even dwords are columns 0 to 7, odd ones columns 8 to 15.
	do(func() { VMOVDQA64(low, t) })
	do(func() { VPSHUFD(U8(0xA0), high, K2, t) })
	do(func() { VPSHUFD(U8(0xF5), low, K1, high) })
	for half, v := range []VecPhysical{t, high} {
		m, mask := Mem{Base: c, Disp: 64 * half}, []Register{K3, K4}[half]
		do(func() { VMOVDQU64_Z(m, mask, x) })
		do(func() { VPADDQ(x, v, v) })
		do(func() { VMOVDQU64(v, mask, m) })
	}
	return list
}

func amxSet() {
	packRowsAMX()
	packColsAMX()
	packShortRowsAMX()
	packShortColsAMX()
	panelAMX()
}
