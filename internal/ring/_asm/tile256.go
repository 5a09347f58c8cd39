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
	bv, free, mask := ymm[2*n:], ymm[2*n+nv:15], Y15
	loadMask(Load(Param("mask"), GP64()), mask, free[0])
	for i := range 2 * n {
		VPXOR(ymm[i], ymm[i], ymm[i])
	}
	t.kLoop(func() {
		for v := range nv - 1 {
			VMOVDQU(Mem{Base: t.b, Disp: v * 32}, bv[v])
		}
		VPMASKMOVQ(Mem{Base: t.b, Disp: (nv - 1) * 32}, mask, bv[nv-1])
		next := 0
		take := func() VecPhysical { next++; return free[1+(next-1)%(len(free)-1)] }
		for r := range mr {
			a := free[0]
			VPBROADCASTQ(t.rows.at(r), a)
			for v := range nv {
				x := take()
				VPMULUDQ(bv[v], a, x)
				VPADDQ(x, straight(r, v), straight(r, v))
			}
			VPSHUFD(U8(0xB1), a, a)
			for v := range nv {
				x := take()
				VPMULLD(bv[v], a, x)
				VPADDD(x, cross(r, v), cross(r, v))
			}
		}
	})
	addRows(mr, nv, 32, func(r, v int, m Mem, last bool) {
		s, x := straight(r, v), cross(r, v)
		VPSRLQ(U8(32), x, free[0])
		VPADDD(free[0], x, x)
		VPSLLQ(U8(32), x, x)
		VPADDQ(x, s, s)
		if last {
			VPMASKMOVQ(m, mask, free[0])
			VPADDQ(free[0], s, s)
			VPMASKMOVQ(s, mask, m)
			return
		}
		VPADDQ(m, s, s)
		VMOVDQU(s, m)
	})
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
