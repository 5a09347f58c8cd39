package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Both AMX, which multiplies bytes, and bit planes need words cut into eight
// planes of bytes ("limbs"), limb i being bits 8i to 8i+7 of every word.

// exchangeRegisters are the registers and masks that exchangeBytes works with.
type exchangeRegisters struct {
	x, y      []VecPhysical // 8 each
	swap, t   VecPhysical   // byte indices i^1; a temporary
	even, odd Register      // masks 0101… and 1010…, for bytes, words and dwords alike
}

func newExchange() exchangeRegisters {
	parityMasks(GP64())
	VBROADCASTI32X4(swapBytes(), zmm[17])
	return exchangeRegisters{x: zmm[0:8], y: zmm[8:16], t: zmm[16], swap: zmm[17], even: K1, odd: K2}
}

// parityMasks sets K1 to 0101… and K2 to 1010…; m is overwritten.
func parityMasks(m Register) {
	MOVQ(U64(0x5555555555555555), m)
	KMOVQ(m, K1)
	NOTQ(m)
	KMOVQ(m, K2)
}

// swapBytes is a constant 1, 0, 3, 2, … in the file being written.
var swapBytes = sync.OnceValue(func() Mem {
	m := GLOBL("swapBytes", RODATA|NOPTR)
	DATA(0, U64(0x0607040502030001))
	DATA(8, U64(0x0e0f0c0d0a0b0809))
	return m
})

// exchangeBytes transposes bytes between eight registers: with in[g] what load
// gives, byte 8q+g of out[i] is byte 8q+i of in[g]. That is three rounds of
// exchanging neighbours: bytes, words and dwords. Loading words and storing
// limbs it takes words apart, and it is its own inverse.
func exchangeBytes(r exchangeRegisters, load func(g int, to VecPhysical), store func(i int, from VecPhysical)) {
	for p := range 4 { // y[p], y[4+p]: even and odd bytes of x[2p] and x[2p+1]
		a, b := r.x[2*p], r.x[2*p+1]
		load(2*p, a)
		load(2*p+1, b)
		VMOVDQA64(a, r.y[p])
		VPSHUFB(r.swap, b, r.odd, r.y[p])
		VPSHUFB(r.swap, a, r.even, b)
		VMOVDQA64(b, r.y[4+p])
	}
	for h := range 2 { // h: limbs of this parity
		for p := range 2 { // x[4h+p], x[4h+2+p]: limbs h, 4+h and 2+h, 6+h
			a, b := r.y[4*h+2*p], r.y[4*h+2*p+1]
			lo, hi := r.x[4*h+p], r.x[4*h+2+p]
			VPSLLD(U8(16), b, lo)
			VMOVDQU16(a, r.even, lo)
			VPSRLD(U8(16), a, hi)
			VMOVDQU16(b, r.odd, hi)
		}
	}
	for h := range 2 {
		for s := range 2 {
			a, b := r.x[4*h+2*s], r.x[4*h+2*s+1]
			VMOVDQA64(a, r.t)
			VPSHUFD(U8(0xA0), b, r.odd, r.t)
			store(2*s+h, r.t)
			VPSHUFD(U8(0xF5), a, r.even, b)
			store(4+2*s+h, b)
		}
	}
}
