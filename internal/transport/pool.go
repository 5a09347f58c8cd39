package transport

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Size classes: four to a doubling, so at most a quarter of a buffer is
// unused (more below 16 words). Class c holds buffers of classWords(c) words.
const (
	minWords   = 8 // one cache line
	maxWords   = 32 << 20
	minLog     = 3 // log2(minWords)
	numClasses = 4*(25-minLog) + 1
)

// Pool recycles message buffers by size. The zero value is ready. It keeps
// buffers per processor and lets go of them when the garbage collector finds
// them unused twice, so a burst of large messages is not paid for ever.
//
// Buffers above 256 MiB are not kept.
type Pool struct {
	classes [numClasses]sync.Pool // of *uint64, the first word: no header to allocate
}

// Get returns a buffer of n words with arbitrary contents.
func (p *Pool) Get(n int) []uint64 {
	if n == 0 {
		return nil
	}
	if n > maxWords {
		return make([]uint64, n)
	}
	c := classOf(n)
	if first, ok := p.classes[c].Get().(*uint64); ok {
		return unsafe.Slice(first, classWords(c))[:n]
	}
	return make([]uint64, n, classWords(c))
}

// Put gives back a buffer of Get. Other slices are left to the garbage
// collector, unless their capacity happens to be that of a class.
func (p *Pool) Put(words []uint64) {
	size := cap(words)
	if size < minWords || size > maxWords {
		return
	}
	c := classOf(size)
	if classWords(c) != size {
		return
	}
	poison(words[:size])
	p.classes[c].Put(unsafe.SliceData(words))
}

// classOf returns the smallest class that holds n ≥ 1 words.
func classOf(n int) int {
	if n <= minWords {
		return 0
	}
	m := uint(n - 1)
	log := bits.Len(m) - 1 // 2^log ≤ n-1 < 2^(log+1)
	quarter := int(m>>(log-2)) & 3
	return 4*(log-minLog) + quarter + 1
}

// classWords is the size of a buffer of class c.
func classWords(c int) int {
	log, quarter := minLog+c/4, c%4
	return (4 + quarter) << (log - 2)
}
