package datasets

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
)

// Batches returns the batches of one epoch over rows 0 to n-1: the number of
// the batch, from 0, and its rows. Every row is in one batch; the last batch
// has the n mod size rows that are left, if any. Without shuffle the rows come
// in order.
//
// The order is public. It depends on n, seed, epoch and shuffle only, so that
// all servers and owners compute the same, on every machine and in every
// version of Go. Each epoch has another. The slices may be kept.
//
// It panics unless n >= 0 and size >= 1.
func Batches(n, size int, seed uint64, epoch int, shuffle bool) iter.Seq2[int, []int] {
	if n < 0 || size < 1 {
		panic(fmt.Sprintf("datasets: got batches of %d rows of %d, want at least 1 of at least 0", size, n))
	}
	return func(yield func(int, []int) bool) {
		order := rowOrder(n, seed, epoch, shuffle)
		for b := 0; b*size < n; b++ {
			lo, hi := b*size, min((b+1)*size, n)
			if !yield(b, order[lo:hi:hi]) {
				return
			}
		}
	}
}

// rowOrder returns a permutation of 0 to n-1, uniform over seeds: Fisher-Yates
// with ChaCha8 keyed by "trefoil batches\0", seed and epoch (8 bytes each,
// little-endian). rand.Perm would do the same but may change with Go.
func rowOrder(n int, seed uint64, epoch int, shuffle bool) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if !shuffle {
		return order
	}
	key := append(make([]byte, 0, 32), "trefoil batches\x00"...)
	key = binary.LittleEndian.AppendUint64(key, seed)
	key = binary.LittleEndian.AppendUint64(key, uint64(epoch))
	source := rand.NewChaCha8([32]byte(key))
	for i := n - 1; i > 0; i-- {
		j := below(source, uint64(i)+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// below returns a uniform number from 0 to n-1: words from the incomplete
// last run of n values below 2^64 are drawn again.
func below(source rand.Source, n uint64) uint64 {
	last := -n % n // 2^64 mod n
	for {
		if v := source.Uint64(); v <= ^uint64(0)-last {
			return v % n
		}
	}
}
