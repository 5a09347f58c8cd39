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

// amxBlock adds up four neighbouring significances s for one block:
// tile s-first += Σ limb i of a · limb s-i of b. Limb i of a needs limbs
// first-i to first+3-i of b; going to limb i+1 one of them is replaced, so each
// limb is loaded once. between is called after every multiplication. a and b
// are moved past the block.
func amxBlock(first int, a, b, stride Register, between func()) {
	slot := map[int]byte{} // where a limb of b is
	free := []byte{amxB, amxB + 1, amxB + 2}
	for i := 0; i <= first+3; i++ {
		tileLoad(amxA, a, limbTile*i, stride)
		for s := 3; s >= max(0, i-first); s-- { // the limb that leaves is used first
			j := first + s - i
			if _, ok := slot[j]; !ok {
				slot[j], free = free[0], free[1:]
				tileLoad(slot[j], b, limbTile*j, stride)
			}
			tileMulAdd(byte(amxAcc+s), amxA, slot[j])
			between()
			if s == 3 {
				free = append(free, slot[j])
				delete(slot, j)
			}
		}
	}
	ADDQ(U32(limbBlock), a)
	ADDQ(U32(limbBlock), b)
}

func nothing() {}

// amxStart clears the accumulators and goes to the first block.
func amxStart(k panelRegisters) {
	for s := range 4 {
		tileZero(byte(amxAcc + s))
	}
	MOVQ(k.a, k.pa)
	MOVQ(k.b, k.pb)
	MOVQ(k.blocks, k.count)
}

// amxSpill writes the sums of the four significances from first on.
func amxSpill(first int, k panelRegisters) {
	for s := range 4 {
		tileStore(byte(amxAcc+s), k.spill, limbTile*(first+s), k.stride)
	}
}

type panelRegisters struct {
	a, b, pa, pb, c, rows, crs, spill, stride, count, blocks Register
}

// panelAMX multiplies a column of tiles. Each tile is a pass over the blocks
// for the upper four significances and one for the lower four. Putting the
// limbs of a tile together is vector work; it is done between the tile
// multiplications of the first block of the next tile.
func panelAMX() {
	shapes := tileShapes()
	TEXT("panelAMX", NOSPLIT, "func(blocks, rows int, a, b, c *uint64, crs int, mask uint64, spill *uint64)")
	Pragma("noescape")
	Doc("panelAMX adds a·b to rows×16 words of c: a from packRowsAMX, one panel of blocks after the other for each 16 rows,",
		"b from packColsAMX. Bit j of mask says whether column j of c exists. spill has room for 8 KiB.",
		"0 < blocks <= 16, so that no sum of a significance below 4 reaches 32 bits; 0 < rows.")
	k := panelRegisters{
		a: R8, b: R9, pa: R10, pb: R11, c: RDI, rows: RDX, crs: RSI,
		spill: RBX, stride: RAX, count: RCX, blocks: R12,
	}
	panelArguments(shapes, k)
	amxStart(k)
	amxBlock(4, k.pa, k.pb, k.stride, nothing)
	JMP(LabelRef("high_next"))

	Label("tile")
	amxStart(k)
	row := 0
	amxBlock(4, k.pa, k.pb, k.stride, func() {
		if row < 16 {
			combineRow(k.spill, 64*row, k.c)
			ADDQ(k.crs, k.c)
			row++
		}
	})
	JMP(LabelRef("high_next"))
	Label("high")
	amxBlock(4, k.pa, k.pb, k.stride, nothing)
	Label("high_next")
	DECQ(k.count)
	JNZ(LabelRef("high"))
	amxSpill(4, k)
	amxStart(k)
	Label("low")
	amxBlock(0, k.pa, k.pb, k.stride, nothing)
	DECQ(k.count)
	JNZ(LabelRef("low"))
	amxSpill(0, k)
	MOVQ(k.pa, k.a)
	SUBQ(U32(16), k.rows)
	JG(LabelRef("tile"))

	tileRelease()
	ADDQ(U32(16), k.rows)
	Label("combine")
	combineRow(k.spill, 0, k.c)
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
	MOVQ(U64(0x5555555555555555), t)
	KMOVQ(t, K1)
	NOTQ(t)
	KMOVQ(t, K2)
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
	MOVQ(U32(64), k.stride)
}

// combineRow adds one row of the eight sums, at p+at, significance s being worth
// 2^(8s), to 16 words of c. The upper four only count modulo 2^32. The lower
// four are added from below, 8 bits further each time, so that nothing leaves
// 32 bits: that gives the upper half, and wrapping sums give the lower.
func combineRow(p Register, at int, c Register) {
	sum := func(s int) Mem { return Mem{Base: p, Disp: limbTile*s + at} }
	low, high, t, x := Z0, Z1, Z2, Z3
	VMOVDQU64(sum(4), high)
	for s := 1; s < 4; s++ {
		VPSLLD(U8(8*s), sum(4+s), x)
		VPADDD(x, high, high)
	}
	VMOVDQU64(sum(0), low)
	VPSRLD(U8(8), low, t)
	for s := 1; s < 4; s++ {
		VMOVDQU64(sum(s), x)
		VPADDD(x, t, t)
		VPSLLD(U8(8*s), x, x)
		VPADDD(x, low, low)
		VPSRLD(U8(8), t, t)
	}
	VPADDD(t, high, high)
	// Even dwords are columns 0 to 7, odd ones columns 8 to 15.
	VMOVDQA64(low, t)
	VPSHUFD(U8(0xA0), high, K2, t)
	VPSHUFD(U8(0xF5), low, K1, high)
	first, second := Mem{Base: c}, Mem{Base: c, Disp: 64}
	VMOVDQU64_Z(first, K3, x)
	VPADDQ(x, t, t)
	VMOVDQU64(t, K3, first)
	VMOVDQU64_Z(second, K4, x)
	VPADDQ(x, high, high)
	VMOVDQU64(high, K4, second)
}

func amxSet() {
	packRowsAMX()
	packColsAMX("packColsAMX", false)
	packColsAMX("packSumColsAMX", true)
	panelAMX()
}
