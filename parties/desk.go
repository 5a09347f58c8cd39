package parties

import (
	"context"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// desk is where, within one process, owners leave parts for servers and
// servers leave deliveries for owners. Each item is left once and taken by
// whoever waits for it.
type desk struct {
	mu    sync.Mutex
	items map[deskPlace]chan any
}

// deskPlace is where something lies on the desk: what and whose it is, and which
// server it is for or from.
type deskPlace struct {
	Item
	server int
}

func newDesk() *desk { return &desk{items: map[deskPlace]chan any{}} }

func (d *desk) slot(at deskPlace) chan any {
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
func (d *desk) leave(at deskPlace, v any) { d.slot(at) <- v }

// take waits for what is left at this place. It fails when ctx ends.
func take[T any](ctx context.Context, d *desk, at deskPlace) (T, error) {
	select {
	case v := <-d.slot(at):
		return v.(T), nil
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// deskBox is the desk as server k uses it.
type deskBox struct {
	desk   *desk
	server int
}

// Part waits for this server's part of an owner's item.
func (b deskBox) Part(ctx context.Context, it Item) (mpc.Part, error) {
	return take[mpc.Part](ctx, b.desk, deskPlace{it, b.server})
}

// File waits for an owner's file.
func (b deskBox) File(ctx context.Context, it Item) ([]byte, error) {
	return take[[]byte](ctx, b.desk, deskPlace{it, b.server})
}

// Deliver leaves something for an owner.
func (b deskBox) Deliver(it Item, d Delivered) error {
	b.desk.leave(deskPlace{it, b.server}, d)
	return nil
}

// own is what an owner does with the desk: hand in what each phase needs, and
// accept what it gives.
func (r *run) own(ctx context.Context, o *OwnerSide) error {
	for _, phase := range r.job.Phases() {
		for _, it := range Of(o.name, phase.Needs) {
			if err := r.submit(o, it); err != nil {
				return err
			}
		}
		for _, it := range Of(o.name, phase.Gives) {
			from, err := r.collect(ctx, it)
			if err != nil {
				return err
			}
			if err := o.Accept(ctx, it.What, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// submit leaves a part, or the file, for each server.
func (r *run) submit(o *OwnerSide, it Item) error {
	if text, ok := o.File(it.What); ok {
		for k := range r.servers {
			r.desk.leave(deskPlace{it, k}, text)
		}
		return nil
	}
	if r.servers == 1 {
		words, err := o.words(it.What)
		if err != nil {
			return err
		}
		r.desk.leave(deskPlace{it, 0}, mpc.Plain(words))
		return nil
	}
	parts, err := o.Parts(it.What)
	if err != nil {
		return err
	}
	for k, part := range parts {
		r.desk.leave(deskPlace{it, k}, part)
	}
	return nil
}

// collect waits for the same item from every server.
func (r *run) collect(ctx context.Context, it Item) ([]Delivered, error) {
	from := make([]Delivered, r.servers)
	for k := range from {
		var err error
		if from[k], err = take[Delivered](ctx, r.desk, deskPlace{it, k}); err != nil {
			return nil, err
		}
	}
	return from, nil
}
