package prg

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// level is a way to compute AES-CTR. All give the same words. GB/s on one core,
// medians of 5 (BenchmarkFill; the last line is BenchmarkStandard/each), on a
// Xeon of the Emerald Rapids generation with go1.26.8:
//
//	draw of          64 B  512 B  4 KiB  64 KiB  1 MiB
//	generic           0.8    0.8    4.9     7.0    7.2
//	aesni             5.1    7.6    7.9     8.0    7.7
//	vaes512           9.1   18.8   18.8    18.9   18.7
//	cipher.NewCTR     0.2    1.7    3.8     6.9    7.2
//
// and on a Zen 3 at about 3.1 GHz, which has no AVX-512 and was busy, so the best
// of 25:
//
//	generic           0.7    0.7    4.3     6.7    6.5
//	aesni             4.1    9.8    9.8     9.8    9.6
//	vaes256           6.1   16.2   18.0    18.5   17.9
//	cipher.NewCTR     0.2    1.7    4.6     7.0    6.1
//
// Most draws of a training step are below 4 KiB, where the standard library
// loses most of its time to making a stream (which also allocates): hence aesni.
// The same figures say that vaes512 is at the limit of one 64-byte VAESENC a
// cycle; a Zen 5, with two, does 42 to 44 GB/s. A
// Zen 3 does two AESENC or 32-byte VAESENC a cycle, which limits aesni to 9.9 and
// vaes256 to 19.8.
type level int

const (
	generic level = iota // standard library
	aesni                // SSE and AES-NI, eight blocks in flight
	vaes256              // AVX2 and VAES, 16 blocks in flight
	vaes512              // AVX-512 and VAES, 32 blocks in flight
)

func (l level) String() string { return [...]string{"generic", "aesni", "vaes256", "vaes512"}[l] }

// levelOf returns the fastest level of this machine with no wider registers than
// those of the arithmetic: who forces one forces both.
func levelOf(arithmetic ring.Level) level {
	switch arithmetic {
	case ring.LevelGo:
		return generic
	case ring.LevelAVX2:
		return min(vaes256, bestLevel())
	}
	return bestLevel()
}

// levelError reports a level that this machine or build does not have.
type levelError struct{ asked, best level }

func (e *levelError) Error() string {
	return fmt.Sprintf("prg level %v, want at most %v: this machine or build has no more", e.asked, e.best)
}
