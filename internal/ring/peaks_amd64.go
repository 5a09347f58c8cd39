//go:build !purego

package ring

func peakLoopAVX2(rounds int) int {
	peakAVX2(rounds)
	return 24 * rounds
}

func peakLoopAVX512(rounds int) int {
	peakAVX512(rounds)
	return 128 * rounds
}

func peakLoop52(rounds int) int {
	peak52(rounds)
	return 128 * rounds
}

// peakLoopAMX multiplies bytes of every size, because the processor slows down
// with the number of bits that change.
func peakLoopAMX(rounds int) int {
	s := getScratch(2 * amxBlock)
	defer s.release()
	x := uint64(0x9E3779B97F4A7C15)
	for i := range s.words {
		s.words[i] = x * uint64(i+1) * x
	}
	peakAMX(rounds, &s.words[0])
	return 16384 * rounds
}
