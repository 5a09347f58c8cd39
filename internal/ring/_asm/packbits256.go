package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets in the Go type packTable256.
const (
	pairShift  = 0   // two registers, as are the next three
	pairOdd    = 64  //
	pairCarry  = 128 //
	pairUnpack = 192 //
	pairMask   = 256 // a word
	pairFirst  = 264 // three words
)

// packLoop emits a function of one loop over groups of eight values, with two
// registers for each of the given parts of the table, and the mask in Y0. Either
// dst or src is packed and goes on by bits bytes.
func packLoop(name, doc string, unpacks bool, body func(dst, src Register, first []Register, tables [][]VecPhysical), parts ...int) {
	TEXT(name, NOSPLIT, packSignature)
	Pragma("noescape")
	Doc(doc)
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	groups := Load(Param("groups"), GP64())
	bits := Load(Param("bits"), GP64())
	t := Load(Param("t"), GP64())
	VPBROADCASTQ(Mem{Base: t, Disp: pairMask}, Y0)
	var tables [][]VecPhysical
	for i, part := range parts {
		pair := ymm[14-2*i : 16-2*i]
		VMOVDQU(Mem{Base: t, Disp: part}, pair[0])
		VMOVDQU(Mem{Base: t, Disp: part + 32}, pair[1])
		tables = append(tables, pair)
	}
	first := []Register{GP64(), GP64(), GP64()}
	for i, r := range first {
		MOVQ(Mem{Base: t, Disp: pairFirst + 8*i}, r)
	}
	packed, values := dst, src
	if unpacks {
		packed, values = src, dst
	}
	Label("loop")
	body(dst, src, first, tables)
	ADDQ(bits, packed)
	ADDQ(U32(64), values)
	DECQ(groups)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// packBits256 packs two values in each half of a register: the even one stays
// where it is, the odd one moves down to it. A byte that a pair shares with the
// one before has the last bits of that one's odd value, which are brought over.
// Each half is stored with zeros above, and the next one over these.
func packBits256() {
	packLoop("packBitsAVX2", "packBitsAVX2 packs 8*groups values into bits*groups bytes; 8 <= bits <= 57, groups > 0."+
		" It also clears bytes above, up to 16 from where the last pair of values begins.", false,
		func(dst, src Register, first []Register, tables [][]VecPhysical) {
			shift, odd, carry := tables[0], tables[1], tables[2]
			v, pairs, over := ymm[1:3], ymm[3:5], ymm[5:7]
			VPXOR(Y7, Y7, Y7)
			for i := range 2 {
				VPAND(Mem{Base: src, Disp: 32 * i}, Y0, v[i])
				VPSLLVQ(shift[i], v[i], v[i])
				VPSHUFB(odd[i], v[i], pairs[i])
				VPSHUFB(carry[i], v[i], over[i])
				VPBLENDD(U8(0xCC), Y7, v[i], v[i])
				VPOR(v[i], pairs[i], pairs[i])
			}
			VPERM2I128(U8(0x21), over[1], over[0], over[1]) // of pairs 1 and 2
			VPERM2I128(U8(0x08), over[0], over[0], over[0]) // nothing, of pair 0
			for i := range 2 {
				VPOR(over[i], pairs[i], pairs[i])
			}
			VMOVDQU(pairs[0].AsX(), Mem{Base: dst})
			VEXTRACTI128(U8(1), pairs[0], Mem{Base: dst, Index: first[0], Scale: 1})
			VMOVDQU(pairs[1].AsX(), Mem{Base: dst, Index: first[1], Scale: 1})
			VEXTRACTI128(U8(1), pairs[1], Mem{Base: dst, Index: first[2], Scale: 1})
		}, pairShift, pairOdd, pairCarry)
}

// unpackBits256 brings the bytes of two values into each half of a register.
func unpackBits256() {
	packLoop("unpackBitsAVX2", "unpackBitsAVX2 unpacks bits*groups bytes into 8*groups values; 0 < bits <= 57, groups > 0."+
		" It also reads bytes above, up to 16 from where the last pair of values begins.", true,
		func(dst, src Register, first []Register, tables [][]VecPhysical) {
			shift, bytes := tables[0], tables[1]
			VMOVDQU(Mem{Base: src}, X1)
			VINSERTI128(U8(1), Mem{Base: src, Index: first[0], Scale: 1}, Y1, Y1)
			VMOVDQU(Mem{Base: src, Index: first[1], Scale: 1}, X2)
			VINSERTI128(U8(1), Mem{Base: src, Index: first[2], Scale: 1}, Y2, Y2)
			for i, v := range ymm[1:3] {
				VPSHUFB(bytes[i], v, v)
				VPSRLVQ(shift[i], v, v)
				VPAND(Y0, v, v)
				VMOVDQU(v, Mem{Base: dst, Disp: 32 * i})
			}
		}, pairShift, pairUnpack)
}
