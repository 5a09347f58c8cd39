package daemon

import (
	"context"
	"errors"
	"sync"

	"github.com/trefoil-ml/trefoil/parties"
)

// errTakenOver ends an upload whose owner has begun it anew.
var errTakenOver = errors.New("the same part is uploaded over another connection")

// lines lets one upload of each item run at a time, the last that came.
type lines struct {
	mu   sync.Mutex
	open map[parties.Item]*line
}

type line struct{ cancel context.CancelCauseFunc }

// enter ends an upload of the item that runs, and begins another. The context ends
// when that is taken over in its turn; done ends it.
func (l *lines) enter(ctx context.Context, it parties.Item) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	own := &line{cancel}
	l.mu.Lock()
	before := l.open[it]
	if l.open == nil {
		l.open = map[parties.Item]*line{}
	}
	l.open[it] = own
	l.mu.Unlock()
	done := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.open[it] == own {
			delete(l.open, it)
		}
		cancel(nil)
	}
	if before != nil {
		before.cancel(errTakenOver)
	}
	return ctx, done
}
