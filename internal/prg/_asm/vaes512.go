package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const vaes512Wide = 8 // vectors of four blocks in flight

// ctrVAES512 emits the kernel for processors with VAES and AVX-512 F and BW.
func ctrVAES512(t tables) {
	o := kernel("ctrVAES512",
		"ctrVAES512 is ctrAESNI with four blocks to an instruction.",
		"It needs VAES and AVX-512 F and BW.")
	keys := make([]VecVirtual, rounds+1)
	for r := range keys {
		keys[r] = ZMM()
		VBROADCASTI32X4(o.roundKey(r), keys[r])
	}
	// counters holds the next four counter blocks with the count as it lies in
	// a register; swap turns that to big-endian.
	counters, step, swap := ZMM(), ZMM(), ZMM()
	base := firstBlock()
	VBROADCASTI32X4(t.four, step)
	VBROADCASTI32X4(t.swap, swap)
	VSHUFI32X4(Imm(0), base.AsZ(), base.AsZ(), counters)
	VPADDD(t.first, counters, counters)
	blocks := make([]VecVirtual, vaes512Wide)
	for i := range blocks {
		blocks[i] = ZMM()
	}
	encrypt := func(blocks []VecVirtual) {
		for _, b := range blocks {
			VPSHUFB(swap, counters, b)
			VPADDD(step, counters, counters)
		}
		encryptVAES512(blocks, keys)
	}

	Label("wide")
	CMPQ(o.words, U32(8*vaes512Wide))
	JL(LabelRef("narrow"))
	encrypt(blocks)
	for i, b := range blocks {
		VMOVDQU64(b, Mem{Base: o.dst, Disp: 64 * i})
	}
	ADDQ(U32(64*vaes512Wide), o.dst)
	SUBQ(U32(8*vaes512Wide), o.words)
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

// encryptVAES512 encrypts blocks side by side.
func encryptVAES512(blocks, keys []VecVirtual) {
	for _, b := range blocks {
		VPXORQ(keys[0], b, b)
	}
	for r := 1; r <= rounds; r++ {
		for _, b := range blocks {
			vaesRound(r, keys[r], b)
		}
	}
}
