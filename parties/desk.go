package parties

import (
	"context"
	"sync"
)

// desk is where, within one process, owners leave parts for servers and
// servers leave deliveries for owners. Each item is left once and taken by
// whoever waits for it.
type desk struct {
	mu    sync.Mutex
	items map[item]chan any
}

// item names something on the desk: what it is, whose it is, and which server
// it is for or from.
type item struct {
	what, owner string
	server      int
}

func newDesk() *desk { return &desk{items: map[item]chan any{}} }

func (d *desk) slot(at item) chan any {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.items[at]
	if !ok {
		c = make(chan any, 1)
		d.items[at] = c
	}
	return c
}

// leave puts v on the desk.
func (d *desk) leave(at item, v any) { d.slot(at) <- v }

// take waits for what is left at this place. It fails when ctx ends.
func take[T any](ctx context.Context, d *desk, at item) (T, error) {
	select {
	case v := <-d.slot(at):
		return v.(T), nil
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
