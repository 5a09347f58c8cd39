package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// eachOfC hands every register of the tile, with its place in c, to f.
func (t *tile52Code) eachOfC(f func(r, v int, m Mem)) {
	for r := range t.mr {
		for v := range t.nv {
			f(r, v, t.c.at(r).Offset(64*v))
		}
	}
}

// carry leaves 16 bits in the sums over the two lower digits, and with a single register
// of columns what comes from below.
func (t *tile52Code) carry() {
	half, over := t.digits[0], t.digits[1]
	VPTERNLOGD(U8(0xFF), half, half, half)
	VPSRLD(U8(16), half, half)
	for r := range t.mr {
		if t.nv == 1 {
			carryPairs(t.digit(r, 0), t.digit(r, 1), half, over, t.bv[0])
			continue
		}
		for j := range 2 {
			VPSRAD(U8(16), t.digit(r, j), over)
			VPANDD(half, t.digit(r, j), t.digit(r, j))
			VPADDD(over, t.digit(r, j+1), t.digit(r, j+1))
		}
	}
}

// carryPairs does that where lower has the sums over digits 0 and 1 of a column beside
// each other, and upper those over 2 and 3.
func carryPairs(lower, upper, half, over, t VecPhysical) {
	VPSRAD(U8(16), lower, over)
	VPANDD(half, lower, lower)
	VPSLLQ(U8(32), over, t)
	VPADDD(t, lower, lower)
	VPSRLQ(U8(32), over, over)
	VPADDD(over, upper, upper)
}

// store puts the sums together and adds them to memory.
func (t *tile52Code) store() {
	t.eachOfC(func(r, v int, m Mem) {
		high := t.high(r, v)
		x := t.joined(r, v)
		VPSLLQ(U8(12), high, high)
		VPADDQ(high, x, x)
		if v == t.nv-1 {
			VMOVDQU64_Z(m, K3, high)
			VPADDQ(high, x, x)
			VMOVDQU64(x, K3, m)
			return
		}
		VPADDQ(m, x, x)
		VMOVDQU64(x, m)
	})
}

// joined puts the sums over all digits together for the columns of a register. It
// overwrites sums that are no longer needed.
func (t *tile52Code) joined(r, v int) VecPhysical {
	if t.nv == 1 {
		return t.joinPairs(r)
	}
	if v == 0 {
		t.join(r)
	}
	lower, upper := t.digit(r, 0), t.digit(r, 2)
	if v == 1 {
		VPSHUFD(U8(0xF5), lower, K1, upper)
		return upper
	}
	VMOVDQA64(lower, t.digit(r, 1))
	VPSHUFD(U8(0xA0), upper, K2, t.digit(r, 1))
	return t.digit(r, 1)
}

// join leaves the lower halves of the sums over all digits in the sums of digit
// 0, and the upper halves in those of digit 2.
func (t *tile52Code) join(r int) {
	d0, d1, d2, d3, over := t.digit(r, 0), t.digit(r, 1), t.digit(r, 2), t.digit(r, 3), t.digits[0]
	VPSRAD(U8(16), d0, over)
	VPADDD(d1, over, over)
	VPSRAD(U8(16), over, over)
	VPADDD(over, d2, d2)
	VPSLLD(U8(16), d1, d1)
	VPADDD(d1, d0, d0)
	VPSLLD(U8(16), d3, d3)
	VPADDD(d3, d2, d2)
}

// joinPairs adds up the sums over digits of a single register of columns, and those of
// products of 52 bits for both steps.
func (t *tile52Code) joinPairs(r int) VecPhysical {
	lower, upper, x, y := t.digit(r, 0), t.digit(r, 1), t.digits[0], t.digits[1]
	VPADDQ(t.high(r, 1), t.high(r, 0), t.high(r, 0))
	VPSRAQ(U8(32), lower, x) // of digit 1, with its sign
	VPSLLQ(U8(16), x, x)
	VPSLLQ(U8(32), lower, lower)
	VPSRAQ(U8(32), lower, lower)
	VPADDQ(x, lower, lower)
	VPSRLQ(U8(32), upper, y)
	VPSLLQ(U8(48), y, y)
	VPSLLQ(U8(32), upper, upper)
	VPADDQ(y, upper, upper)
	VPADDQ(upper, lower, lower)
	return lower
}
