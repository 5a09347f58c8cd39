package mpc

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Trace records the messages of a session: who sent how many words of which
// kind to whom, in which round. It is for tests and cost tables; what the
// messages held is kept only for the view tests of this package.
type Trace struct {
	mu       sync.Mutex
	messages []traced
	keep     bool // record contents too
}

type traced struct {
	lane     string
	seq      uint32
	from, to int
	class    class
	words    int
	round    uint32
	data     []uint64
}

func (t *Trace) add(p *Party, to int, c class, tag transport.Tag, words []uint64) {
	m := traced{lane: p.path, seq: tag.Seq, from: p.server, to: to, class: c, words: len(words), round: tag.Depth}
	if t.keep {
		m.data = slices.Clone(words)
	}
	t.mu.Lock()
	t.messages = append(t.messages, m)
	t.mu.Unlock()
}

// String lists the messages of all servers that share the trace, by round, in
// an order that does not depend on timing.
func (t *Trace) String() string {
	var b strings.Builder
	for _, m := range t.sorted() {
		fmt.Fprintf(&b, "round %d  %d→%d  %-9s %d words  %s #%d\n", m.round, m.from, m.to, m.class, m.words, m.lane, m.seq)
	}
	return b.String()
}

func (t *Trace) sorted() []traced {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := slices.Clone(t.messages)
	slices.SortFunc(s, func(a, b traced) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(a.lane, b.lane),
			cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.seq, b.seq))
	})
	return s
}
