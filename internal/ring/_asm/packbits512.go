package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets in the Go type packTable.
const (
	tableShift  = 0   // 8 words
	tableUnpack = 64  // 64 bytes
	tableEven   = 128 // 64 bytes
	tableOdd    = 192 // 64 bytes
	tableMasks  = 256 // value, bytes, even, odd: a word each
)

const packSignature = "func(dst, src *uint64, groups, bits int, t *[36]uint64)"

// packBits512 moves eight values, which fill exactly bits bytes, at a time. A
// byte of the result comes from at most two neighbouring values.
func packBits512() {
	TEXT("packBitsAVX512", NOSPLIT, packSignature)
	Pragma("noescape")
	Doc("packBitsAVX512 packs 8*groups values into bits*groups bytes; 8 <= bits <= 57, groups > 0.")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	groups := Load(Param("groups"), GP64())
	bits := Load(Param("bits"), GP64())
	t := Load(Param("t"), GP64())
	at := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	VMOVDQU64(at(tableShift), Z0)
	VMOVDQU64(at(tableEven), Z1)
	VMOVDQU64(at(tableOdd), Z2)
	VPBROADCASTQ(at(tableMasks), Z3)
	KMOVQ(at(tableMasks+8), K1)
	KMOVQ(at(tableMasks+16), K2)
	KMOVQ(at(tableMasks+24), K3)
	Label("loop")
	VPANDQ(Mem{Base: src}, Z3, Z4)
	VPSLLVQ(Z0, Z4, Z4)
	VPERMB_Z(Z4, Z1, K2, Z5)
	VPERMB_Z(Z4, Z2, K3, Z6)
	VPORQ(Z5, Z6, Z5)
	VMOVDQU8(Z5, K1, Mem{Base: dst})
	ADDQ(U32(64), src)
	ADDQ(bits, dst)
	DECQ(groups)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// unpackBits512 brings the eight bytes a value begins in into its lane.
func unpackBits512() {
	TEXT("unpackBitsAVX512", NOSPLIT, packSignature)
	Pragma("noescape")
	Doc("unpackBitsAVX512 unpacks bits*groups bytes into 8*groups values; 0 < bits <= 57, groups > 0.")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	groups := Load(Param("groups"), GP64())
	bits := Load(Param("bits"), GP64())
	t := Load(Param("t"), GP64())
	at := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	VMOVDQU64(at(tableShift), Z0)
	VMOVDQU64(at(tableUnpack), Z1)
	VPBROADCASTQ(at(tableMasks), Z3)
	KMOVQ(at(tableMasks+8), K1)
	Label("loop")
	VMOVDQU8_Z(Mem{Base: src}, K1, Z4)
	VPERMB(Z4, Z1, Z4)
	VPSRLVQ(Z0, Z4, Z4)
	VPANDQ(Z3, Z4, Z4)
	VMOVDQU64(Z4, Mem{Base: dst})
	ADDQ(bits, src)
	ADDQ(U32(64), dst)
	DECQ(groups)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
