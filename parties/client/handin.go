package client

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// uploadStates is what the three servers have of an item.
type uploadStates [3]*partypb.UploadStateReply

// all reports whether all three have it whole, and some whether one has.
func (states uploadStates) all() bool {
	return !slices.ContainsFunc(states[:], func(s *partypb.UploadStateReply) bool { return !s.GetComplete() })
}

func (states uploadStates) some() bool {
	return slices.ContainsFunc(states[:], (*partypb.UploadStateReply).GetComplete)
}

// handInAll hands in what a phase needs of this owner.
func (d *desk) handInAll(ctx context.Context, phase parties.Phase) error {
	for _, it := range parties.Of(d.Me.Name, phase.Needs) {
		if err := d.handIn(ctx, phase, it); err != nil {
			return err
		}
	}
	return nil
}

// handIn brings one item to all three servers, or makes sure that they have it.
func (d *desk) handIn(ctx context.Context, phase parties.Phase, it parties.Item) error {
	states, err := d.states(ctx, it)
	if err != nil {
		return d.lost(ctx, err)
	}
	h := d.ledger.Items[it.What]
	if h != nil && h.thereAll(states) && !d.opt.Replace {
		d.tell("%s: handed in before, with receipts of all three servers", it.What)
		if h.Next != nil {
			return d.ledger.drop(it, h.Next)
		}
		return nil
	}
	if stays, err := d.stays(ctx, phase, it, states); stays || err != nil {
		return err
	}
	replace := d.opt.Replace
	if h == nil && states.some() && !replace {
		if phase.Name != parties.PhaseMetrics { // the counts follow from the model: fetch makes the same again
			return hintf("to hand in these rows again, as long as training has not begun: trainer share --replace",
				"parts of %s are at the servers, but %s is not here", it.What, d.ledger.path(FileReceipts))
		}
		replace = true
	}
	if h, err = d.cutting(ctx, it, states, replace); err != nil {
		return err
	}
	return d.bringAll(ctx, phase, it, h, states)
}

// stays reports whether a phase has begun with an item: then it can be neither
// handed in nor replaced any more. The servers' receipts for it, which may have
// been lost, are noted again.
func (d *desk) stays(ctx context.Context, phase parties.Phase, it parties.Item, states uploadStates) (bool, error) {
	if !states.some() {
		return false, nil
	}
	begun, err := d.begun(ctx, phase)
	if err != nil || !begun {
		return false, err
	}
	if !states.all() {
		return false, d.lost(ctx, nil)
	}
	return true, d.regain(phase, it, states)
}

// regain notes what the servers have of an item of a phase that has begun.
func (d *desk) regain(phase parties.Phase, it parties.Item, states uploadStates) error {
	h := &HandedItem{Split: hex.EncodeToString(states[0].GetHead().GetSplit())}
	for k, state := range states {
		head := state.GetHead()
		receipt, err := d.servers[k].checkReceipt(d.hash, it, head, state)
		if err != nil {
			return err
		}
		if hex.EncodeToString(head.GetSplit()) != h.Split {
			return hintf("agree on a new job (another name is enough) and share for that",
				"phase %s has begun, and servers 0 and %d have parts of %s from two cuttings", phase.Name, k, it.What)
		}
		h.Parts[k] = HandedPart{Digest: hex.EncodeToString(head.GetDigest()), Length: int64(head.GetLength()), Receipt: receipt}
	}
	d.ledger.Items[it.What] = h
	d.ledger.discard(it)
	d.tell("%s: phase %s has begun with what was handed in before: %s stay", it.What, phase.Name, it.What)
	return d.ledger.save()
}

// cutting returns the parts to hand in: those that an earlier attempt did not bring
// to all servers, or new ones. A server that has lost what it gave a receipt for
// gets a part again, and the others with it: parts of two cuttings do not go
// together.
func (d *desk) cutting(ctx context.Context, it parties.Item, states uploadStates, replace bool) (*HandedItem, error) {
	h := d.ledger.Items[it.What]
	if h != nil && h.Next != nil && d.ledger.keeps(it, h.Next) {
		return h.Next, nil
	}
	if h != nil && !h.Complete() && h.holds(states) && d.ledger.keeps(it, h) && (h.Replaces || !replace) {
		return h, nil
	}
	keys, err := d.sealKeys(ctx)
	if err != nil {
		return nil, err
	}
	next, err := d.ledger.cut(d.hash, d.side, it, keys)
	if err != nil {
		return nil, err
	}
	next.Replaces = h != nil || replace
	return next, d.ledger.plan(it, next)
}

// bringAll uploads a cutting. If it was to replace another, and the servers say
// that it is too late for that, the other one stays.
func (d *desk) bringAll(ctx context.Context, phase parties.Phase, it parties.Item, h *HandedItem, states uploadStates) error {
	errs := d.servers.apart(func(s *server) error { return d.upload(ctx, s, it, h) })
	late := slices.ContainsFunc(errs, func(err error) bool { return status.Code(errors.Unwrap(err)) == codes.FailedPrecondition })
	switch err := errors.Join(errs...); {
	case err != nil && late && h.Replaces && !h.begun():
		if dropped := d.ledger.drop(it, h); dropped != nil || !states.all() {
			return errors.Join(err, dropped)
		}
		return d.regain(phase, it, states)
	case err != nil:
		return d.lost(ctx, err)
	}
	d.ledger.discard(it)
	d.tell("%s: handed in, with receipts of all three servers", it.What)
	return nil
}

// states asks the servers how much of an item they have.
func (d *desk) states(ctx context.Context, it parties.Item) (uploadStates, error) {
	states, errs := gather(d.servers, func(s *server) (state *partypb.UploadStateReply, err error) {
		err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
			state, err = api.UploadState(ctx, &partypb.UploadStateRequest{JobHash: d.hash[:], Item: wireItem(it)})
			return err
		})
		return state, err
	})
	return states, errors.Join(errs...)
}

// upload brings one part to its server and keeps the receipt.
func (d *desk) upload(ctx context.Context, s *server, it parties.Item, h *HandedItem) error {
	if len(h.Parts[s.id].Receipt) > 0 {
		return nil
	}
	u, err := d.newUpload(s, d.ledger, it, h)
	if err != nil {
		return err
	}
	if d.opt.Sent != nil {
		u.sent = func(n int64) { d.opt.Sent(it.What, s.id, n, h.Parts[s.id].Length) }
	}
	u.busy = func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.tell("%s: server %d has many uploads: waiting for one to end", it.What, s.id)
	}
	state, err := u.run(ctx)
	if err != nil {
		return err
	}
	receipt, err := s.checkReceipt(d.hash, it, u.head, state)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ledger.taken(it, h, s.id, receipt)
}

// begun reports whether a server has begun a phase.
func (d *desk) begun(ctx context.Context, phase parties.Phase) (bool, error) {
	all, err := d.look(ctx)
	return slices.ContainsFunc(all[:], func(st Status) bool {
		here := st.Phase == phase.Name && (st.State == StateRunning || st.State == StateHeld)
		return here || slices.Contains(st.Done, phase.Name) || st.Failure != nil && st.Failure.Phase == phase.Name
	}), err
}

// look asks how the job stands. That a server has lost a phase that was over is an
// error: nothing will become of the job any more. Only what was over at an earlier
// look counts, since the servers do not answer at the same moment.
func (d *desk) look(ctx context.Context) ([3]Status, error) {
	all := d.Status(ctx)
	for _, phase := range d.Job.Phases() {
		by, over := d.past[phase.Name]
		for _, st := range all {
			if over && st.lacks(phase.Name) {
				return all, hintf("agree on a new job (another name is enough) and share for that",
					"server %d has lost phase %s, which is over at server %d: run the job again under another name", st.Server, phase.Name, by)
			}
		}
	}
	for _, st := range all {
		for _, phase := range st.Done {
			if _, known := d.past[phase]; !known {
				d.past[phase] = st.Server
			}
		}
	}
	return all, nil
}

// lacks reports whether a server waits for what a phase needs, and so has never run
// it, or does not know the job.
func (st Status) lacks(phase string) bool {
	switch st.State {
	case StateProposed, StateWaiting:
		return slices.Contains(st.Phases, phase) && !slices.Contains(st.Done, phase)
	}
	switch status.Code(errors.Unwrap(st.Err)) {
	case codes.NotFound, codes.PermissionDenied:
		return true
	}
	return false
}

// isRefused reports whether a server has answered, and another attempt does not
// help; err may be joined of those of several servers.
func isRefused(err error) bool {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return slices.ContainsFunc(list.Unwrap(), isRefused)
	}
	_, ok := errors.AsType[*ServerError](err)
	return ok && !passing(err)
}

// lost returns the error of a server that has lost a phase, if there is one, and
// else err.
func (d *desk) lost(ctx context.Context, err error) error {
	if err != nil && !isRefused(err) {
		return err
	}
	for range 2 { // what is over, and then who does not know of it
		if _, lost := d.look(ctx); lost != nil {
			return lost
		}
	}
	return err
}
