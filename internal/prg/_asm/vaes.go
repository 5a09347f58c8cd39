package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tables are the constants of the kernels with VAES. The count is the last of a
// block's four 32-bit numbers.
type tables struct {
	first     Mem // the counts of the first four blocks
	two, four Mem // what to add to them for the next vector
	swap      Mem // for VPSHUFB: makes the count big-endian
}

func newTables() tables {
	return tables{
		first: table("ctrFirst", 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3),
		two:   table("ctrTwo", 0, 0, 0, 2),
		four:  table("ctrFour", 0, 0, 0, 4),
		swap:  table("ctrSwap", 0x03020100, 0x07060504, 0x0b0a0908, 0x0c0d0e0f),
	}
}

// table emits a constant of 32-bit numbers and returns where it is.
func table(name string, values ...uint32) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i, v := range values {
		DATA(4*i, U32(v))
	}
	return m
}

// firstBlock returns iv0 and iv1 side by side. It goes without MOVQ and PINSRQ:
// mixing in SSE costs 150 ns.
func firstBlock() VecVirtual {
	base, half := XMM(), GP64()
	VMOVQ(Load(Param("iv0"), half), base)
	VPINSRQ(Imm(1), Load(Param("iv1"), half), base, base)
	return base
}

// vaesRound emits round r, 1 to rounds, of all blocks of vector b. avo has no
// VAES on YMM and ZMM registers, so the instruction is put together by hand.
func vaesRound(r int, key, b VecVirtual) {
	opcode := "VAESENC"
	if r == rounds {
		opcode = "VAESENCLAST"
	}
	Instruction(&ir.Instruction{
		Opcode:   opcode,
		Operands: []Op{key, b, b},
		Inputs:   []Op{key, b},
		Outputs:  []Op{b},
	})
}
