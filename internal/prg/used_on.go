//go:build trefoildebug

package prg

import (
	"fmt"
	"sync"
)

// usedNames remembers every name drawn from a key.
type usedNames struct {
	mu   sync.Mutex
	seen map[Name]struct{}
}

func (u *usedNames) add(n Name) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, again := u.seen[n]; again {
		panic(fmt.Sprintf("prg: second draw of lane %#x seq %d from one key, want every name once", n.Lane, n.Seq))
	}
	if u.seen == nil {
		u.seen = make(map[Name]struct{})
	}
	u.seen[n] = struct{}{}
}
