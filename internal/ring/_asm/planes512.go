package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func bits512Set() {
	toPlanes512()
	fromPlanes512()
	packBits512()
	unpackBits512()
}

// A bitTurn transposes the 8×8 bytes of a register and the bits in every byte
// column: bit b of byte 8q+g becomes bit q of byte 8b+g. VGF2P8AFFINEQB with
// the data as matrix takes bit b of all eight bytes of a qword into byte b, the
// last byte first; done before and after the byte transpose, with the second
// constant turned round, the reversals cancel. It is its own inverse.
type bitTurn struct{ first, bytes, second VecPhysical }

func newBitTurn(first, bytes, second VecPhysical) bitTurn {
	m := turnTable()
	VPBROADCASTQ(m, first)
	VPBROADCASTQ(m.Offset(8), second)
	VMOVDQU64(m.Offset(16), bytes)
	return bitTurn{first, bytes, second}
}

// turnTable is the constants in the file being written.
var turnTable = sync.OnceValue(func() Mem {
	m := GLOBL("bitTurn", RODATA|NOPTR)
	DATA(0, U64(0x8040201008040201))
	DATA(8, U64(0x0102040810204080))
	for q := range 8 {
		var index uint64
		for b := range 8 { // byte 7-b of qword q is byte q of qword b
			index |= uint64(8*b+q) << (8 * (7 - b))
		}
		DATA(16+8*q, U64(index))
	}
	return m
})

func (t bitTurn) apply(x VecPhysical) {
	VGF2P8AFFINEQB(U8(0), x, t.first, x)
	VPERMB(x, t.bytes, x)
	VGF2P8AFFINEQB(U8(0), x, t.second, x)
}

var turnConstants = []VecPhysical{Z29, Z30, Z31}

// planeArguments loads what both directions share and sets K3 to the words of
// a plane that exist.
func planeArguments() (planes, stride, x, blocks, width, scratch Register) {
	planes = Load(Param("planes"), GP64())
	stride = loadStride("stride")
	x = Load(Param("x"), GP64())
	blocks = Load(Param("blocks"), GP64())
	width = Load(Param("width"), GP64())
	scratch = Load(Param("scratch"), GP64())
	ones := GP64()
	MOVQ(I32(-1), ones)
	BZHIQ(blocks, ones, ones)
	KMOVQ(ones, K3)
	return
}

const planesSignature = "func(planes *uint64, stride int, x *uint64, blocks, width int, scratch *[512]uint64)"

// toPlanes512 cuts each block of 64 words into limbs, and then for every limb
// turns the bits of all blocks and brings the words of a plane together.
func toPlanes512() {
	TEXT("toPlanesAVX512", NOSPLIT, planesSignature)
	Pragma("noescape")
	Doc("toPlanesAVX512 writes bit b of word 64w+i of x to bit i of planes[b*stride+w], for b < width and w < blocks.",
		"0 < blocks <= 8, 0 < width <= 64.")
	turn := newBitTurn(turnConstants[0], turnConstants[1], turnConstants[2])
	r := newExchange()
	planes, stride, x, blocks, width, scratch := planeArguments()
	at := GP64()
	MOVQ(scratch, at)
	Label("block")
	exchangeBytes(r,
		func(g int, to VecPhysical) { VMOVDQU64(Mem{Base: x, Disp: 64 * g}, to) },
		func(i int, from VecPhysical) { VMOVDQU64(from, Mem{Base: at, Disp: 512 * i}) })
	ADDQ(U32(512), x)
	ADDQ(U32(64), at)
	DECQ(blocks)
	JNZ(LabelRef("block"))

	Label("limb")
	for w := range 8 {
		VMOVDQU64(Mem{Base: scratch, Disp: 64 * w}, zmm[w])
		turn.apply(zmm[w])
	}
	transpose8x8(zmm[0:8], zmm[8:16], zmm[16:24])
	ADDQ(U32(512), scratch)
	for b := range 8 {
		VMOVDQU64(zmm[b], K3, Mem{Base: planes})
		ADDQ(stride, planes)
		DECQ(width)
		if b < 7 {
			JZ(LabelRef("done"))
		}
	}
	JNZ(LabelRef("limb"))
	Label("done")
	VZEROUPPER()
	RET()
}

// fromPlanes512 goes the same way backwards.
func fromPlanes512() {
	TEXT("fromPlanesAVX512", NOSPLIT, planesSignature)
	Pragma("noescape")
	Doc("fromPlanesAVX512 writes bit i of planes[b*stride+w] to bit b of word 64w+i of x, for b < width and w < blocks,",
		"and 0 to the higher bits. 0 < blocks <= 8, 0 < width <= 64.")
	turn := newBitTurn(turnConstants[0], turnConstants[1], turnConstants[2])
	r := newExchange()
	planes, stride, x, blocks, width, scratch := planeArguments()
	at, left := GP64(), GP64()
	MOVQ(scratch, at)
	MOVQ(U32(8), left)

	Label("limb")
	for b := range 8 {
		VPXORQ(zmm[b], zmm[b], zmm[b])
	}
	TESTQ(width, width)
	JZ(LabelRef("turned"))
	for b := range 8 {
		if b > 0 {
			TESTQ(width, width)
			JZ(LabelRef("loaded"))
		}
		VMOVDQU64_Z(Mem{Base: planes}, K3, zmm[b])
		ADDQ(stride, planes)
		DECQ(width)
	}
	Label("loaded")
	transpose8x8(zmm[0:8], zmm[18:26], []VecPhysical{Z8, Z9, Z10, Z11})
	for w := range 8 {
		turn.apply(zmm[w])
	}
	Label("turned")
	for w := range 8 {
		VMOVDQU64(zmm[w], Mem{Base: at, Disp: 512 * w})
	}
	ADDQ(U32(64), at)
	DECQ(left)
	JNZ(LabelRef("limb"))

	Label("block")
	exchangeBytes(r,
		func(i int, to VecPhysical) { VMOVDQU64(Mem{Base: scratch, Disp: 64 * i}, to) },
		func(g int, from VecPhysical) { VMOVDQU64(from, Mem{Base: x, Disp: 64 * g}) })
	ADDQ(U32(512), scratch)
	ADDQ(U32(512), x)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
