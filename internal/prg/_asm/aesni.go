package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const aesniWide = 8 // blocks in flight: AESENC has a latency of 3 to 4 and runs twice a cycle

// ctrAESNI emits the kernel for processors with AES-NI and SSE4.1.
func ctrAESNI() {
	o := kernel("ctrAESNI",
		"ctrAESNI sets dst[:words] to AES-CTR keystream. The first twelve bytes of a counter",
		"block are iv0 and the low half of iv1 as they lie in memory; the high half of iv1 is",
		"the number of the first block. It needs AES-NI and SSE4.1.")
	base, counter, big := XMM(), GP64(), GP32()
	MOVQ(Load(Param("iv0"), counter), base)
	PINSRQ(Imm(1), Load(Param("iv1"), counter), base)
	SHRQ(Imm(32), counter)
	blocks := make([]VecVirtual, aesniWide)
	for i := range blocks {
		blocks[i] = XMM()
	}
	// next sets b to the next counter block, with round key 0 added.
	next := func(b, key VecVirtual) {
		MOVL(counter.As32(), big)
		BSWAPL(big)
		MOVO(base, b)
		PINSRD(Imm(3), big, b)
		PXOR(key, b)
		INCL(counter.As32())
	}

	Label("wide")
	CMPQ(o.words, Imm(2*aesniWide))
	JL(LabelRef("narrow"))
	o.encryptSSE(blocks, next)
	for i, b := range blocks {
		MOVOU(b, Mem{Base: o.dst, Disp: 16 * i})
	}
	ADDQ(U32(16*aesniWide), o.dst)
	SUBQ(Imm(2*aesniWide), o.words)
	JMP(LabelRef("wide"))

	Label("narrow")
	CMPQ(o.words, Imm(0))
	JLE(LabelRef("done"))
	o.encryptSSE(blocks[:1], next)
	CMPQ(o.words, Imm(1))
	JE(LabelRef("half"))
	MOVOU(blocks[0], Mem{Base: o.dst})
	ADDQ(Imm(16), o.dst)
	SUBQ(Imm(2), o.words)
	JMP(LabelRef("narrow"))

	Label("half")
	MOVQ(blocks[0], Mem{Base: o.dst})
	Label("done")
	RET()
}

// encryptSSE fills blocks by next and encrypts them side by side.
func (o operands) encryptSSE(blocks []VecVirtual, next func(b, key VecVirtual)) {
	key := XMM()
	MOVOU(o.roundKey(0), key)
	for _, b := range blocks {
		next(b, key)
	}
	for r := 1; r <= rounds; r++ {
		MOVOU(o.roundKey(r), key)
		for _, b := range blocks {
			if r < rounds {
				AESENC(key, b)
			} else {
				AESENCLAST(key, b)
			}
		}
	}
}
