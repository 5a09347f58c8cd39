package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Fetch collects what the job lets this owner see, from all three servers,
// rebuilds and checks it, judges the model on the owner's test rows, and hands in
// the counts for the pooled metrics if the job has them. It waits for what is not
// there yet. To fetch again gives the same.
func (c *Client) Fetch(ctx context.Context, opt Options) (*parties.Result, error) {
	d, err := c.sit(opt)
	if err != nil {
		return nil, err
	}
	for _, phase := range c.Job.Phases() {
		if err := d.accept(ctx, phase); err != nil {
			return nil, err
		}
	}
	reports, err := c.reports(ctx, d.over)
	if err != nil {
		return nil, err
	}
	result := d.side.Result(reports.phases)
	result.Warnings = d.warned
	return result, nil
}

// accept uses what a phase gives this owner. The metrics need its counts first.
func (d *desk) accept(ctx context.Context, phase parties.Phase) error {
	mine := parties.Of(d.Me.Name, phase.Gives)
	if phase.Name == parties.PhaseMetrics {
		if err := d.handInAll(ctx, phase); err != nil {
			return err
		}
	}
	for _, it := range mine {
		if !d.opt.NoWait || phase.Name != parties.PhaseMetrics {
			break
		}
		if found, err := d.ready(ctx, it); err != nil || found == nil {
			d.warn("metrics/test is left out: not all owners have handed in their counts; fetch again later")
			return d.lost(ctx, err)
		}
	}
	if len(mine) > 0 {
		d.over++
	}
	return d.acceptAll(ctx, phase)
}

// acceptAll waits for what a phase gives this owner, and uses it.
func (d *desk) acceptAll(ctx context.Context, phase parties.Phase) error {
	for _, it := range parties.Of(d.Me.Name, phase.Gives) {
		from, err := d.collect(ctx, it)
		if err != nil {
			return err
		}
		if err := d.side.Accept(ctx, it.What, from); err != nil {
			return err
		}
	}
	return nil
}

// collect waits until all three servers have an item of one session, and brings
// their deliveries.
func (d *desk) collect(ctx context.Context, it parties.Item) ([]parties.Delivered, error) {
	found, err := d.await(ctx, it)
	if err != nil {
		return nil, err
	}
	all, errs := gather(d.servers, func(s *server) (parties.Delivered, error) { return d.bring(ctx, s, it, found[s.id]) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	d.tell("%s: got from all three servers", it.What)
	return all[:], nil
}

// Pauses between looks at the servers.
const (
	firstLook = 10 * time.Millisecond
	lastLook  = time.Second
)

// await waits for an item and tells whom it waits for.
func (d *desk) await(ctx context.Context, it parties.Item) (*[3]*partypb.Delivery, error) {
	said := ""
	for look := firstLook; ; look = min(look*3/2, lastLook) {
		found, err := d.ready(ctx, it)
		if err != nil {
			return nil, d.lost(ctx, err)
		}
		if found != nil {
			return found, nil
		}
		if look > lastLook/4 { // it does not come at once
			text, err := d.reason(ctx)
			if err != nil {
				return nil, err
			}
			if text != said {
				d.tell("waiting for the %s: %s", it.What, text)
				said = text
			}
		}
		if err := pause(ctx, look); err != nil {
			return nil, err
		}
	}
}

// ready returns the deliveries of an item that belong together, the newest, or
// nil if a server does not have it yet or cannot be reached.
func (d *desk) ready(ctx context.Context, it parties.Item) (*[3]*partypb.Delivery, error) {
	lists, errs := gather(d.servers, func(s *server) (list []*partypb.Delivery, err error) {
		err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error {
			reply, err := api.Deliveries(ctx, d.request())
			list = reply.GetDeliveries()
			return err
		})
		return list, err
	})
	for _, err := range errs {
		if err != nil && !passing(err) {
			return nil, err
		}
	}
	return newest(lists, it), nil
}

// newest finds the last session of which all three servers have an item. Each lists
// its newest first.
func newest(lists [3][]*partypb.Delivery, it parties.Item) *[3]*partypb.Delivery {
	for _, first := range lists[0] {
		if found := together(lists, first, it); found != nil {
			return found
		}
	}
	return nil
}

// together finds the same delivery at all three servers.
func together(lists [3][]*partypb.Delivery, first *partypb.Delivery, it parties.Item) *[3]*partypb.Delivery {
	var found [3]*partypb.Delivery
	for k, list := range lists {
		at := slices.IndexFunc(list, func(d *partypb.Delivery) bool {
			return d.GetItem().GetWhat() == it.What && d.GetItem().GetOwner() == it.Owner && bytes.Equal(d.GetSession(), first.GetSession())
		})
		if at < 0 {
			return nil
		}
		found[k] = list[at]
	}
	return &found
}

// reason says in plain words what the job waits for. A job that nothing will
// become of is an error.
func (d *desk) reason(ctx context.Context) (string, error) {
	all, err := d.look(ctx)
	if err != nil {
		return "", err
	}
	text := "the servers are at work"
	for _, st := range all {
		switch {
		case st.Err != nil:
			return fmt.Sprintf("server %d (%s): %s", st.Server, st.Address, st.Error), nil
		case st.State == StateCancelled:
			return "", fmt.Errorf("the job was cancelled by %s: %s", st.CancelledBy, st.WaitingFor)
		case st.State == StateHeld && st.Failure != nil:
			return "", &heldError{st.Failure}
		case st.WaitingFor != "":
			text = st.WaitingFor
		}
	}
	return text, nil
}

// heldError is a job that waits for trainer retry.
type heldError struct{ failure *Failure }

// Error says where and why.
func (e *heldError) Error() string { return "the job is held: " + e.failure.String() }

// Hints says that the job can go on.
func (e *heldError) Hints() []string {
	return []string{"mend the cause, then trainer retry; nothing that was handed in is lost"}
}

// String says where and why.
func (f *Failure) String() string {
	where := f.Phase
	if f.Step != "" {
		where += ", " + f.Step
	}
	if f.Server >= 0 {
		return fmt.Sprintf("%s: server %d: %s", where, f.Server, f.Reason)
	}
	return fmt.Sprintf("%s: %s", where, f.Reason)
}

// maxDelivery bounds what is read of one delivery into memory.
const maxDelivery = 1 << 31

// bring fetches one delivery, makes sure of its digest, and opens it.
func (d *desk) bring(ctx context.Context, s *server, it parties.Item, what *partypb.Delivery) (out parties.Delivered, err error) {
	if what.GetLength() > maxDelivery || len(what.GetSession()) != partypb.SessionSize {
		return out, &ServerError{s.id, s.address, fmt.Errorf("offers %s of %d bytes from session %x, which cannot be", it.What, what.GetLength(), what.GetSession())}
	}
	f := &download{server: s, job: d.hash, what: what, idle: stallAfter, pause: retryPause}
	sealed, err := f.run(ctx)
	if err != nil {
		return out, err
	}
	text, err := d.key.Open(partypb.DeliveryAbout(d.hash[:], wireItem(it), uint32(s.id), what.GetSession()), sealed)
	if err == nil {
		out, err = parties.UnpackDelivered(text)
	}
	if err != nil {
		return out, &ServerError{s.id, s.address, fmt.Errorf("%s: %w", it.What, err)}
	}
	return out, nil
}
