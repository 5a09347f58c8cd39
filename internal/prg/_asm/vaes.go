package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const vaesWide = 8 // vectors of four blocks in flight

// ctrVAES emits the kernel for processors with VAES and AVX-512 F and BW.
func ctrVAES() {
	o := kernel("ctrVAES",
		"ctrVAES is ctrAESNI with four blocks to an instruction.",
		"It needs VAES and AVX-512 F and BW.")
	keys := make([]VecVirtual, rounds+1)
	for r := range keys {
		keys[r] = ZMM()
		VBROADCASTI32X4(o.roundKey(r), keys[r])
	}
	// counters holds the next four counter blocks with the count as it lies in
	// a register; swap turns that to big-endian.
	counters, step, swap := ZMM(), ZMM(), ZMM()
	base, half := XMM(), GP64()
	VMOVQ(Load(Param("iv0"), half), base) // not MOVQ: mixing in SSE costs 150 ns
	VPINSRQ(Imm(1), Load(Param("iv1"), half), base, base)
	VBROADCASTI32X4(table("ctrFour", four), step)
	VBROADCASTI32X4(table("ctrSwap", swapLast), swap)
	VSHUFI32X4(Imm(0), base.AsZ(), base.AsZ(), counters)
	VPADDD(table("ctrFirst", first), counters, counters)
	blocks := make([]VecVirtual, vaesWide)
	for i := range blocks {
		blocks[i] = ZMM()
	}
	encrypt := func(blocks []VecVirtual) {
		for _, b := range blocks {
			VPSHUFB(swap, counters, b)
			VPADDD(step, counters, counters)
		}
		encryptVAES(blocks, keys)
	}

	Label("wide")
	CMPQ(o.words, U32(8*vaesWide))
	JL(LabelRef("narrow"))
	encrypt(blocks)
	for i, b := range blocks {
		VMOVDQU64(b, Mem{Base: o.dst, Disp: 64 * i})
	}
	ADDQ(U32(64*vaesWide), o.dst)
	SUBQ(U32(8*vaesWide), o.words)
	JMP(LabelRef("wide"))

	Label("narrow")
	CMPQ(o.words, Imm(8))
	JL(LabelRef("tail"))
	encrypt(blocks[:1])
	VMOVDQU64(blocks[0], Mem{Base: o.dst})
	ADDQ(Imm(64), o.dst)
	SUBQ(Imm(8), o.words)
	JMP(LabelRef("narrow"))

	Label("tail")
	CMPQ(o.words, Imm(0))
	JLE(LabelRef("done"))
	encrypt(blocks[:1])
	VMOVDQU64(blocks[0], firstWords(o.words), Mem{Base: o.dst})
	Label("done")
	VZEROUPPER()
	RET()
}

// firstWords is a mask of the first n < 8 words of a vector.
func firstWords(n Register) Register {
	ones, mask := GP32(), K()
	MOVL(U32(0xff), ones)
	BZHIL(n.(GPVirtual).As32(), ones, ones)
	KMOVW(ones, mask)
	return mask
}

// encryptVAES encrypts blocks side by side. avo has no VAES on ZMM registers,
// so the instructions are put together by hand.
func encryptVAES(blocks, keys []VecVirtual) {
	for _, b := range blocks {
		VPXORQ(keys[0], b, b)
	}
	for r := 1; r <= rounds; r++ {
		opcode := "VAESENC"
		if r == rounds {
			opcode = "VAESENCLAST"
		}
		for _, b := range blocks {
			Instruction(&ir.Instruction{
				Opcode:   opcode,
				Operands: []Op{keys[r], b, b},
				Inputs:   []Op{keys[r], b},
				Outputs:  []Op{b},
			})
		}
	}
}

// The count is the last of a block's four 32-bit numbers.
var (
	first    = []uint32{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}
	four     = []uint32{0, 0, 0, 4}
	swapLast = []uint32{0x03020100, 0x07060504, 0x0b0a0908, 0x0c0d0e0f}
)

// table emits a constant of 32-bit numbers and returns where it is.
func table(name string, values []uint32) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i, v := range values {
		DATA(4*i, U32(v))
	}
	return m
}
