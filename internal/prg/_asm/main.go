// Command asm writes the AES-128-CTR kernels of package prg. Run it by
//
//	go generate ./internal/prg
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const rounds = 10 // of AES-128

func main() {
	ConstraintExpr("!purego")
	expandKey()
	ctrAESNI()
	t := newTables()
	ctrVAES256(t)
	ctrVAES512(t)
	Generate()
}

// expandKey emits the key schedule of FIPS 197, section 5.2. With w the four
// words of a round key, the next one is
//
//	w0 ^ t, w1 ^ w0 ^ t, w2 ^ w1 ^ w0 ^ t, w3 ^ w2 ^ w1 ^ w0 ^ t
//
// where t, the rotated and substituted w3 with the round constant, comes out of
// AESKEYGENASSIST as its highest word.
func expandKey() {
	TEXT("expandKey", NOSPLIT, "func(keys *[176]byte, key *[16]byte)")
	Pragma("noescape")
	Doc("expandKey sets keys to the eleven round keys of key [FIPS 197, section 5.2].",
		"It needs AES-NI and takes the same time for every key.")
	keys, key := Load(Param("keys"), GP64()), Load(Param("key"), GP64())
	w, t, shifted := XMM(), XMM(), XMM()
	MOVOU(Mem{Base: key}, w)
	MOVOU(w, Mem{Base: keys})
	for r, constant := range []uint8{0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36} {
		AESKEYGENASSIST(Imm(uint64(constant)), w, t)
		PSHUFD(Imm(0xff), t, t)
		MOVO(w, shifted)
		for range 3 {
			PSLLDQ(Imm(4), shifted)
			PXOR(shifted, w)
		}
		PXOR(t, w)
		MOVOU(w, Mem{Base: keys, Disp: 16 * (r + 1)})
	}
	RET()
}

// operands are the parameters common to the kernels.
type operands struct{ dst, words, keys Register }

func kernel(name string, doc ...string) operands {
	TEXT(name, NOSPLIT, "func(dst *uint64, words int, keys *[176]byte, iv0, iv1 uint64)")
	Pragma("noescape")
	Doc(doc...)
	return operands{
		dst:   Load(Param("dst"), GP64()),
		words: Load(Param("words"), GP64()),
		keys:  Load(Param("keys"), GP64()),
	}
}

func (o operands) roundKey(r int) Mem { return Mem{Base: o.keys, Disp: 16 * r} }
