//go:build !purego

package ring

import "github.com/klauspost/cpuid/v2"

// need is what the functions of a table need besides those of the table below:
// all that the generator notes at them, and AMX, which it does not know.
type need int

const (
	needAVX2    need = iota
	needAVX512       // on needAVX2
	needBits512      // planes and packed bits, on needAVX512
	needIFMA         // tiling52, on needAVX512
	needAMX          // on needAVX512
)

func (n need) features() []cpuid.FeatureID {
	return [...][]cpuid.FeatureID{
		needAVX2:    {cpuid.AVX, cpuid.AVX2},
		needAVX512:  {cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2},
		needBits512: {cpuid.AVX512VBMI, cpuid.GFNI},
		needIFMA:    {cpuid.AVX512IFMA, cpuid.AVX512VNNI, cpuid.CMOV},
		needAMX:     {cpuid.AMXTILE, cpuid.AMXINT8, cpuid.AVX512VBMI},
	}[n]
}

// supports reports that the machine has what n names.
func supports(n need) bool { return cpuid.CPU.Supports(n.features()...) }

// findKernels is every table this machine can run, the fastest last.
func findKernels() []*kernels {
	all := []*kernels{genericKernels()}
	if !supports(needAVX2) {
		return all
	}
	all = append(all, avx2Kernels())
	if !supports(needAVX512) {
		return all
	}
	all = append(all, avx512Kernels())
	if supports(needAMX) && requestTiles() {
		all = append(all, amxKernels())
	}
	return all
}

// avx2Kernels is the AVX2 table; what it does not have stays pure Go.
func avx2Kernels() *kernels {
	k := genericKernels()
	k.level, k.partSize, k.peak = LevelAVX2, 1<<20, peakLoopAVX2
	k.add, k.sub, k.twiceAdd, k.mul, k.mulAdd = addAVX2, subAVX2, twiceAddAVX2, mulAVX2, mulAddAVX2
	k.and, k.or, k.xor, k.neg, k.not = andAVX2, orAVX2, xorAVX2, negAVX2, notAVX2
	k.addScalar, k.scale, k.scaleAdd = addScalarAVX2, scaleAVX2, scaleAddAVX2
	k.shiftLeft, k.shiftRight, k.shiftRightArith = shiftLeftAVX2, shiftRightAVX2, shiftRightArithAVX2
	k.subAdd, k.shiftLeftAdd, k.negUnless, k.subWhere = subAddAVX2, shiftLeftAddAVX2, negUnlessAVX2, subWhereAVX2
	k.sum, k.dot = sumAVX2, dotAVX2
	k.mulShare, k.andShare = mulShareAVX2, andShareAVX2
	k.matMul = halved(7, tilingPairs().matMul)
	k.matVec = matVecWith(matVecAVX2, dotAVX2)
	p := newBitPacker256()
	k.toPlanes, k.fromPlanes = p.planesWith(toPlanesWith(transpose64AVX2), fromPlanesWith(transpose64AVX2))
	k.packBits, k.unpackBits = p.pack, p.unpack
	return k
}

// avx512Kernels is the AVX-512 table.
func avx512Kernels() *kernels {
	k := avx2Kernels()
	k.level, k.partSize, k.peak = LevelAVX512, 1<<20, peakLoopAVX512
	k.add, k.sub, k.twiceAdd, k.mul, k.mulAdd = addAVX512, subAVX512, twiceAddAVX512, mulAVX512, mulAddAVX512
	k.and, k.or, k.xor, k.neg, k.not = andAVX512, orAVX512, xorAVX512, negAVX512, notAVX512
	k.addScalar, k.scale, k.scaleAdd = addScalarAVX512, scaleAVX512, scaleAddAVX512
	k.shiftLeft, k.shiftRight, k.shiftRightArith = shiftLeftAVX512, shiftRightAVX512, shiftRightArithAVX512
	k.subAdd, k.shiftLeftAdd, k.negUnless, k.subWhere = subAddAVX512, shiftLeftAddAVX512, negUnlessAVX512, subWhereAVX512
	k.sum, k.dot = sumAVX512, dotAVX512
	k.mulShare, k.andShare = mulShareAVX512, andShareAVX512
	k.matMul = avx512MatMul()
	switch {
	case prefersIFMA():
		k.peak = peakLoop52
	case prefersPairs(): // measured: more parts even out when the other core comes, by 4 to 6 %
		k.partSize, k.parts = 3<<20, 8
	}
	k.matVec = matVecWith(matVecAVX512, dotAVX512)
	if supports(needBits512) {
		p := newBitPacker()
		k.toPlanes, k.fromPlanes = toPlanes512, fromPlanes512
		k.packBits, k.unpackBits = p.pack, p.unpack
	}
	return k
}

// avx512MatMul is the faster of the two AVX-512 products.
func avx512MatMul() func(p product) {
	if prefersIFMA() {
		return halved(9, tiling52().matMul)
	}
	if prefersPairs() {
		return halved(32, tilingPairs512().matMul)
	}
	return tilingAVX512().matMul
}

// prefersPairs reports a processor on which pairs with VPMULLQ were measured to be faster:
// AMD Zen 4 and Zen 5 multiply on two of the four ports on which they add.
func prefersPairs() bool {
	return cpuid.CPU.VendorID == cpuid.AMD && (cpuid.CPU.Family == 0x19 || cpuid.CPU.Family == 0x1a)
}

// halved multiplies large matrices by products of their quarters. Measured: with 5
// for a word 128×784×128 is halved too and is slower for it, with 8 512×512×512 is
// halved once less and is slower for that at level avx2. With VPMADD52, where additions of
// words take a larger part, sides of 256 are faster whole (by 3 %), and with 9 for a word they
// are, and sides of 512 are halved once (5 %). Products with VPMULLQ on AMD
// Zen 4 gain nothing up to 1024×1024×1024, with 32 it is not halved, and a fifth at twice the sides.
func halved(word int, small func(p product)) func(p product) {
	return strassen{small: small, word: word}.matMul
}

// prefersIFMA reports whether a product is faster with VPMADD52 than with VPMULLQ.
// Measured: AMD Zen 5 does 45 Gop/s with VPMULLQ and 25 with VPMADD52. On Intel
// Sapphire Rapids VPMULLQ is three micro-operations and the figures are 10 and 19.
func prefersIFMA() bool { return cpuid.CPU.VendorID == cpuid.Intel && hasIFMA() }

// hasIFMA reports whether tiling52 can run.
func hasIFMA() bool { return supports(needIFMA) }

// amxKernels is the AVX-512 table with large matrix products on AMX tiles.
func amxKernels() *kernels {
	k := avx512Kernels()
	k.level, k.partSize, k.parts, k.peak = LevelAMX, 1<<22, 2, peakLoopAMX
	k.matMul = amx{worth: amxWorth, small: avx512MatMul(), tiling: tilingAVX512()}.matMul
	return k
}
