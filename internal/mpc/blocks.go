package mpc

import (
	"iter"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// block is how many elements of a chunk local work takes through all its operations
// at a time, so that few of them leave the first cache level: whole words of bits. It is
// also the layout of P0's messages in bitDotIn, so that another number is another wire
// version.
const block = 1 << 9

// blocks yields where the blocks of n elements begin and end.
func blocks(n int) iter.Seq2[int, int] {
	return func(yield func(lo, hi int) bool) {
		for lo := 0; lo < n; lo += block {
			if !yield(lo, min(lo+block, n)) {
				return
			}
		}
	}
}

// packedPart returns the words that hold elements lo to hi−1 of a block of packed
// t-bit values.
func packedPart(packed []uint64, lo, hi int, t uint) []uint64 {
	return packed[ring.PackedLen(lo, int(t)):ring.PackedLen(hi, int(t))]
}
