package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// vaes256Wide is the number of vectors of two blocks in flight: VAESENC has a
// latency of 3 to 4 and runs twice a cycle.
const vaes256Wide = 8

// ctrVAES256 emits the kernel for processors with VAES and AVX2.
func ctrVAES256(t tables) {
	o := kernel("ctrVAES256",
		"ctrVAES256 is ctrAESNI with two blocks to an instruction. It needs VAES and AVX2.")
	// counters holds the next two counter blocks with the count as it lies in a
	// register; swap turns that to big-endian.
	counters, step, swap := YMM(), YMM(), YMM()
	base := firstBlock()
	VBROADCASTI128(t.two, step)
	VBROADCASTI128(t.swap, swap)
	VINSERTI128(Imm(1), base, base.AsY(), counters)
	VPADDD(t.first, counters, counters)
	blocks := make([]VecVirtual, vaes256Wide)
	for i := range blocks {
		blocks[i] = YMM()
	}
	encrypt := func(blocks []VecVirtual) {
		for _, b := range blocks {
			VPSHUFB(swap, counters, b)
			VPADDD(step, counters, counters)
		}
		o.encryptVAES256(blocks)
	}

	last := YMM() // holds the next words where there may be fewer than four
	const half = vaes256Wide / 2

	Label("wide") // faster than narrow from more than half of the vectors on
	CMPQ(o.words, Imm(4*half))
	JLE(LabelRef("narrow"))
	encrypt(blocks)
	CMPQ(o.words, Imm(4*vaes256Wide))
	JL(LabelRef("most"))
	for i, b := range blocks {
		VMOVDQU(b, Mem{Base: o.dst, Disp: 32 * i})
	}
	ADDQ(U32(32*vaes256Wide), o.dst)
	SUBQ(U32(4*vaes256Wide), o.words)
	JMP(LabelRef("wide"))

	Label("most") // of the blocks, but not all
	for i, b := range blocks[:half] {
		VMOVDQU(b, Mem{Base: o.dst, Disp: 32 * i})
	}
	ADDQ(U32(32*half), o.dst)
	SUBQ(U32(4*half), o.words)
	for _, b := range blocks[half : vaes256Wide-1] {
		VMOVDQA(b, last)
		CMPQ(o.words, Imm(4))
		JL(LabelRef("tail"))
		VMOVDQU(last, Mem{Base: o.dst})
		ADDQ(Imm(32), o.dst)
		SUBQ(Imm(4), o.words)
	}
	VMOVDQA(blocks[vaes256Wide-1], last)
	JMP(LabelRef("tail"))

	Label("narrow")
	CMPQ(o.words, Imm(0))
	JLE(LabelRef("done"))
	encrypt([]VecVirtual{last})
	CMPQ(o.words, Imm(4))
	JL(LabelRef("tail"))
	VMOVDQU(last, Mem{Base: o.dst})
	ADDQ(Imm(32), o.dst)
	SUBQ(Imm(4), o.words)
	JMP(LabelRef("narrow"))

	Label("tail") // 0 to 3 words of last
	CMPQ(o.words, Imm(1))
	JL(LabelRef("done"))
	JE(LabelRef("one"))
	VMOVDQU(last.AsX(), Mem{Base: o.dst})
	CMPQ(o.words, Imm(2))
	JE(LabelRef("done"))
	VEXTRACTI128(Imm(1), last, last.AsX())
	ADDQ(Imm(16), o.dst)
	Label("one")
	VMOVQ(last.AsX(), Mem{Base: o.dst})
	Label("done")
	VZEROUPPER()
	RET()
}

// encryptVAES256 encrypts blocks side by side. The round keys come from memory:
// a broadcast takes no more than a load, and sixteen registers do not hold
// everything.
func (o operands) encryptVAES256(blocks []VecVirtual) {
	key := YMM()
	VBROADCASTI128(o.roundKey(0), key)
	for _, b := range blocks {
		VPXOR(key, b, b)
	}
	for r := 1; r <= rounds; r++ {
		VBROADCASTI128(o.roundKey(r), key)
		for _, b := range blocks {
			vaesRound(r, key, b)
		}
	}
}
