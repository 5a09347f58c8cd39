package main

import (
	"fmt"
	"sync"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// matmul256Set emits the tiles of 2 and 1 rows by 8 and 4 columns.
func matmul256Set() {
	for _, mr := range []int{2, 1} {
		for _, nv := range []int{2, 1} {
			tile256(mr, nv)
		}
	}
}

// tile256 needs two multiplications for four products. With a and b cut in
// halves of 32 bits,
//
//	a*b = lo(a)*lo(b) + (lo(a)*hi(b) + hi(a)*lo(b)) << 32  (mod 2^64)
//
// VPMULUDQ gives the first term, VPMULLD with the halves of a exchanged both
// cross terms side by side. They are only added up after the loop.
func tile256(mr, nv int) {
	t := tileStart(fmt.Sprintf("tile%dx%dAVX2", mr, 4*nv), mr, 4*nv)
	n := mr * nv
	straight := func(r, v int) VecPhysical { return ymm[r*nv+v] }
	cross := func(r, v int) VecPhysical { return ymm[n+r*nv+v] }
	bv, a, free, mask := ymm[2*n:2*n+nv], ymm[2*n+nv], ymm[2*n+nv+1:15], Y15
	loadMask(Load(Param("mask"), GP64()), mask, a)
	for i := range 2 * n {
		VPXOR(ymm[i], ymm[i], ymm[i])
	}
	t.kLoop(func() {
		for v := range nv - 1 {
			VMOVDQU(Mem{Base: t.b, Disp: v * 32}, bv[v])
		}
		VPMASKMOVQ(Mem{Base: t.b, Disp: (nv - 1) * 32}, mask, bv[nv-1])
		for r := range mr {
			VPBROADCASTQ(t.rows.at(r), a)
			for v := range nv {
				x := free[(2*r*nv+v)%len(free)]
				VPMULUDQ(bv[v], a, x)
				VPADDQ(x, straight(r, v), straight(r, v))
			}
			VPSHUFD(U8(0xB1), a, a)
			for v := range nv {
				x := free[((2*r+1)*nv+v)%len(free)]
				VPMULLD(bv[v], a, x)
				VPADDD(x, cross(r, v), cross(r, v))
			}
		}
	})
	addRows(mr, nv, 32, func(r, v int, m Mem, last bool) {
		storeSum256(straight(r, v), cross(r, v), a, mask, m, last)
	})
}

// storeSum256 adds s + (both halves of x) << 32 to memory, through the mask for
// the last register.
func storeSum256(s, x, t, mask VecPhysical, m Mem, last bool) {
	VPSRLQ(U8(32), x, t)
	VPADDD(t, x, x)
	VPSLLQ(U8(32), x, x)
	VPADDQ(x, s, s)
	if last {
		VPMASKMOVQ(m, mask, t)
		VPADDQ(t, s, s)
		VPMASKMOVQ(s, mask, m)
		return
	}
	VPADDQ(m, s, s)
	VMOVDQU(s, m)
}

// loadMask spreads the low four bits of m over the lanes of mask.
func loadMask(m Register, mask, tmp VecPhysical) {
	VMOVQ(m, mask.AsX())
	VPBROADCASTQ(mask.AsX(), mask)
	VMOVDQU(laneBits(), tmp)
	VPAND(tmp, mask, mask)
	VPCMPEQQ(tmp, mask, mask)
}

// laneBits is a constant 1, 2, 4, 8 in the file being written.
var laneBits = sync.OnceValue(func() Mem {
	m := GLOBL("laneBits", RODATA|NOPTR)
	for i := range 4 {
		DATA(8*i, U64(1<<i))
	}
	return m
})
