package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwiseOps is the list of element-wise kernels.
func elementwiseOps() []elementwise {
	xy, x, shares := []string{"x", "y"}, []string{"x"}, []string{"x0", "x1", "y0", "y1"}
	return []elementwise{
		{name: "add", formula: "dst[i] = x[i] + y[i]", in: xy, emit: func(_ *isa, l lane) { VPADDQ(l.in[1], l.in[0], l.out) }},
		{name: "sub", formula: "dst[i] = x[i] - y[i]", in: xy, emit: func(_ *isa, l lane) { VPSUBQ(l.in[1], l.in[0], l.out) }},
		{name: "subAdd", formula: "dst[i] = x[i] - y[i] + z[i]", in: []string{"x", "y", "z"}, emit: emitSubAdd},
		{name: "twiceAdd", formula: "dst[i] = 2*x[i] + y[i]", in: xy, emit: emitTwiceAdd},
		{name: "mul", formula: "dst[i] = x[i] * y[i]", in: xy, emit: func(v *isa, l lane) { v.mul(l.in[0], l.in[1], l.out, l.tmp) }},
		{name: "mulAdd", formula: "dst[i] += x[i] * y[i]", in: xy, old: true, emit: emitMulAdd},
		{name: "and", formula: "dst[i] = x[i] & y[i]", in: xy, emit: func(v *isa, l lane) { v.and(l.in[1], l.in[0], l.out) }},
		{name: "or", formula: "dst[i] = x[i] | y[i]", in: xy, emit: func(v *isa, l lane) { v.or(l.in[1], l.in[0], l.out) }},
		{name: "xor", formula: "dst[i] = x[i] ^ y[i]", in: xy, emit: func(v *isa, l lane) { v.xor(l.in[1], l.in[0], l.out) }},
		{name: "neg", formula: "dst[i] = -x[i]", in: x, consts: 1, setup: zero, emit: func(_ *isa, l lane) { VPSUBQ(l.in[0], l.cons[0], l.out) }},
		{name: "not", formula: "dst[i] = ^x[i]", in: x, consts: 1, setup: ones, emit: func(v *isa, l lane) { v.xor(l.in[0], l.cons[0], l.out) }},
		{name: "addScalar", formula: "dst[i] = x[i] + c", in: x, scalar: "c", consts: 1, setup: broadcast, emit: func(_ *isa, l lane) { VPADDQ(l.in[0], l.cons[0], l.out) }},
		{name: "scale", formula: "dst[i] = c * x[i]", in: x, scalar: "c", consts: 1, setup: broadcast, emit: func(v *isa, l lane) { v.mul(l.in[0], l.cons[0], l.out, l.tmp) }},
		{name: "scaleAdd", formula: "dst[i] += c * x[i]", in: x, old: true, scalar: "c", consts: 1, setup: broadcast, emit: emitScaleAdd},
		{name: "shiftLeft", formula: "dst[i] = x[i] << s", in: x, scalar: "s", consts: 1, setup: count, emit: func(_ *isa, l lane) { VPSLLQ(l.cons[0].AsX(), l.in[0], l.out) }},
		{name: "shiftLeftAdd", formula: "dst[i] = x[i]<<s + y[i]", in: xy, scalar: "s", consts: 1, setup: count, emit: emitShiftLeftAdd},
		{name: "negUnless", formula: "dst[i] = x[i] if y[i] is 1, -x[i] if it is 0", in: xy, consts: 1, setup: ones, emit: emitNegUnless},
		{name: "subWhere", formula: "dst[i] = y[i] - x[i] if b[i] is 1, x[i] if it is 0", in: []string{"x", "y", "b"}, consts: 1, setup: zero, emit: emitSubWhere},
		{name: "shiftRight", formula: "dst[i] = x[i] >> s", in: x, scalar: "s", consts: 1, setup: count, emit: func(_ *isa, l lane) { VPSRLQ(l.cons[0].AsX(), l.in[0], l.out) }},
		{name: "shiftRightArith", formula: "dst[i] = uint64(int64(x[i]) >> s)", in: x, scalar: "s", consts: 2, setup: countAndSign, emit: func(v *isa, l lane) { v.sra(l.cons[0].AsX(), l.cons[1], l.in[0], l.out) }},
		{name: "mulShare", formula: "dst[i] += x0[i]*(y0[i]+y1[i]) + x1[i]*y0[i]", in: shares, old: true, emit: emitMulShare},
		{name: "andShare", formula: "dst[i] ^= x0[i]&(y0[i]^y1[i]) ^ x1[i]&y0[i]", in: shares, old: true, emit: emitAndShare},
	}
}

func emitSubAdd(_ *isa, l lane) {
	VPSUBQ(l.in[1], l.in[0], l.in[0])
	VPADDQ(l.in[0], l.in[2], l.out)
}

func emitTwiceAdd(_ *isa, l lane) {
	VPADDQ(l.in[0], l.in[0], l.in[0])
	VPADDQ(l.in[0], l.in[1], l.out)
}

func emitShiftLeftAdd(_ *isa, l lane) {
	VPSLLQ(l.cons[0].AsX(), l.in[0], l.in[0])
	VPADDQ(l.in[0], l.in[1], l.out)
}

func emitNegUnless(v *isa, l lane) {
	x, mask := l.in[0], l.in[1]
	VPADDQ(l.cons[0], mask, mask) // all ones where it was 0
	v.xor(mask, x, x)
	VPSUBQ(mask, x, l.out)
}

func emitSubWhere(v *isa, l lane) {
	x, y, mask := l.in[0], l.in[1], l.in[2]
	VPSUBQ(mask, l.cons[0], mask) // all ones where it was 1
	VPSUBQ(x, y, y)
	v.xor(x, y, y)
	v.and(mask, y, y)
	v.xor(x, y, l.out)
}

func emitMulAdd(v *isa, l lane) {
	v.mul(l.in[0], l.in[1], l.in[0], l.tmp)
	VPADDQ(l.in[0], l.out, l.out)
}

func emitScaleAdd(v *isa, l lane) {
	v.mul(l.cons[0], l.in[0], l.in[0], l.tmp)
	VPADDQ(l.in[0], l.out, l.out)
}

func emitMulShare(v *isa, l lane) {
	x0, x1, y0, y1 := l.in[0], l.in[1], l.in[2], l.in[3]
	VPADDQ(y0, y1, y1)
	v.mul(y0, x1, x1, l.tmp)
	v.mul(y1, x0, x0, l.tmp)
	VPADDQ(x1, l.out, l.out)
	VPADDQ(x0, l.out, l.out)
}

func emitAndShare(v *isa, l lane) {
	x0, x1, y0, y1 := l.in[0], l.in[1], l.in[2], l.in[3]
	v.xor(y0, y1, y1)
	v.and(y0, x1, x1)
	v.and(y1, x0, x0)
	v.xor(x1, l.out, l.out)
	v.xor(x0, l.out, l.out)
}

func zero(v *isa, _ Register, cons []VecPhysical) { v.xor(cons[0], cons[0], cons[0]) }

// ones sets every bit.
func ones(v *isa, _ Register, cons []VecPhysical) {
	r := GP64()
	MOVQ(I32(-1), r)
	broadcast(v, r, cons)
}

// broadcast copies the scalar to every lane.
func broadcast(_ *isa, scalar Register, cons []VecPhysical) {
	VMOVQ(scalar, cons[0].AsX())
	VPBROADCASTQ(cons[0].AsX(), cons[0])
}

// count keeps a shift count in the low lane.
func count(_ *isa, scalar Register, cons []VecPhysical) { VMOVQ(scalar, cons[0].AsX()) }

// countAndSign adds where the sign bit lands: 1<<63 >> s in every lane.
func countAndSign(v *isa, scalar Register, cons []VecPhysical) {
	r := GP64()
	MOVQ(I32(-1), r)
	SHLQ(U8(63), r)
	broadcast(v, r, cons[1:])
	count(v, scalar, cons)
	VPSRLQ(cons[0].AsX(), cons[1], cons[1])
}
