package ring

import "sync"

// A scratch is pooled memory for packed operands. Its content is arbitrary.
type scratch struct {
	words []uint64
	all   []uint64
}

// scratchWords is the least length that is allocated: large objects begin on a
// page, so packed panels begin on a cache line.
const scratchWords = 8192

var scratchPool = sync.Pool{New: func() any { return &scratch{all: make([]uint64, scratchWords)} }}

// getScratch returns n words; give them back with release.
func getScratch(n int) *scratch {
	s := scratchPool.Get().(*scratch)
	if len(s.all) < n {
		s.all = make([]uint64, n+n/4)
	}
	s.words = s.all[:n]
	return s
}

func (s *scratch) release() { scratchPool.Put(s) }
