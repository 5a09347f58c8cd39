package ring

import "sync/atomic"

// PeakLoop multiplies on registers alone, as fast as the current level's
// multiplication instruction goes, and returns the number of 64-bit products.
// Whoever times it gets a ceiling to compare [MatMulAdd] with:
//
//	go      four independent multiplications
//	avx2    VPMULUDQ with VPMULLD (a product can be faster: one for two multiply-adds)
//	avx512  VPMULLQ, on Intel VPMADD52LUQ and VPDPWSSD (halved, a large product can be faster)
//	amx     TDPBUUD, 36 for 16·16·64 products
func PeakLoop(rounds int) (products int) {
	if rounds <= 0 {
		return 0
	}
	return active().peak(rounds)
}

// peakSink keeps the compiler from dropping the loop.
var peakSink atomic.Uint64

func peakGo(rounds int) int {
	a, b, c, d := uint64(3), uint64(5), uint64(7), uint64(9)
	for range rounds {
		a, b, c, d = a*a, b*b, c*c, d*d
		a, b, c, d = a*a, b*b, c*c, d*d
	}
	peakSink.Store(a + b + c + d)
	return 8 * rounds
}
