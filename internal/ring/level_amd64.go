//go:build !purego

package ring

import "golang.org/x/sys/cpu"

// findKernels is every table this machine can run, the fastest last.
func findKernels() []*kernels {
	all := []*kernels{genericKernels()}
	if cpu.X86.HasAVX2 {
		all = append(all, avx2Kernels())
	}
	if cpu.X86.HasAVX2 && hasAVX512() {
		all = append(all, avx512Kernels())
	}
	if len(all) == 3 && cpu.X86.HasAMXTile && cpu.X86.HasAMXInt8 && requestTiles() {
		all = append(all, amxKernels())
	}
	return all
}

// hasAVX512 reports whether there is everything the AVX-512 kernels need.
func hasAVX512() bool {
	x := &cpu.X86
	return x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasBMI2
}

// avx2Kernels is the AVX2 table; what it does not have stays pure Go.
func avx2Kernels() *kernels {
	k := genericKernels()
	k.level = LevelAVX2
	k.add, k.sub, k.mul, k.mulAdd = addAVX2, subAVX2, mulAVX2, mulAddAVX2
	k.and, k.or, k.xor, k.neg, k.not = andAVX2, orAVX2, xorAVX2, negAVX2, notAVX2
	k.addScalar, k.scale, k.scaleAdd = addScalarAVX2, scaleAVX2, scaleAddAVX2
	k.shiftLeft, k.shiftRight, k.shiftRightArith = shiftLeftAVX2, shiftRightAVX2, shiftRightArithAVX2
	k.sum, k.dot = sumAVX2, dotAVX2
	k.mulShare, k.andShare = mulShareAVX2, andShareAVX2
	k.matMul = tilingAVX2().matMul
	return k
}

// avx512Kernels is the AVX-512 table.
func avx512Kernels() *kernels {
	k := avx2Kernels()
	k.level = LevelAVX512
	k.add, k.sub, k.mul, k.mulAdd = addAVX512, subAVX512, mulAVX512, mulAddAVX512
	k.and, k.or, k.xor, k.neg, k.not = andAVX512, orAVX512, xorAVX512, negAVX512, notAVX512
	k.addScalar, k.scale, k.scaleAdd = addScalarAVX512, scaleAVX512, scaleAddAVX512
	k.shiftLeft, k.shiftRight, k.shiftRightArith = shiftLeftAVX512, shiftRightAVX512, shiftRightArithAVX512
	k.sum, k.dot = sumAVX512, dotAVX512
	k.mulShare, k.andShare = mulShareAVX512, andShareAVX512
	k.matMul = tilingAVX512().matMul
	return k
}

// amxKernels is the AVX-512 table with large matrix products on AMX tiles.
func amxKernels() *kernels {
	k := avx512Kernels()
	k.level = LevelAMX
	k.matMul = tilingAVX512().matMulAMX
	return k
}
