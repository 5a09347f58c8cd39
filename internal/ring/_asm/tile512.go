package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// matmul512Set emits the tiles of 8, 4, 2 and 1 rows by 24, 16 and 8 columns.
func matmul512Set() {
	for _, mr := range []int{8, 4, 2, 1} {
		for _, nv := range []int{3, 2, 1} {
			tile512(mr, nv)
		}
	}
}

// tile512 multiplies with VPMULLQ: one instruction for eight products (one
// micro-operation on AMD Zen 4 and 5, three on Intel).
func tile512(mr, nv int) {
	t := tileStart(fmt.Sprintf("tile%dx%dAVX512", mr, 8*nv), mr, 8*nv)
	KMOVQ(Load(Param("mask"), GP64()), K1)
	acc := func(r, v int) VecPhysical { return zmm[r*nv+v] }
	bv := zmm[mr*nv:]
	for i := range mr * nv {
		VPXORQ(zmm[i], zmm[i], zmm[i])
	}
	t.kLoop(func() {
		for v := range nv - 1 {
			VMOVDQU64(Mem{Base: t.b, Disp: v * 64}, bv[v])
		}
		VMOVDQU64_Z(Mem{Base: t.b, Disp: (nv - 1) * 64}, K1, bv[nv-1])
		free := newPool(zmm[mr*nv+nv:])
		sums := laggingSums{free: free, behind: 2}
		for r := range mr {
			a := free.take()
			VPBROADCASTQ(t.rows.at(r), a)
			for v := range nv {
				x := a
				if v != nv-1 {
					x = free.take()
				}
				VPMULLQ(bv[v], a, x)
				sums.add(x, acc(r, v))
			}
		}
		sums.flush()
	})
	addRows(mr, nv, 64, func(r, v int, m Mem, last bool) {
		if last {
			VMOVDQU64_Z(m, K1, bv[0])
			VPADDQ(bv[0], acc(r, v), acc(r, v))
			VMOVDQU64(acc(r, v), K1, m)
			return
		}
		VPADDQ(m, acc(r, v), acc(r, v))
		VMOVDQU64(acc(r, v), m)
	})
}
