package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// box is where a phase takes parts from and leaves deliveries: sealed in the store.
type box struct{ r *phaseRun }

// Part opens an owner's part, which is complete: a phase does not begin without.
func (b *box) Part(ctx context.Context, it parties.Item) (mpc.Part, error) {
	b.r.tell(fmt.Sprintf("opening %s of %s", it.What, it.Owner))
	part, err := b.r.openPart(ctx, it, b.split(it))
	if err != nil {
		return part, fmt.Errorf("%s of owner %s: %w", it.What, it.Owner, err)
	}
	if it.What == parties.ItemTargets {
		b.r.rows += int64(part.Len())
		if err := b.r.d.Policy.admitRows(b.r.spec, b.r.rows); err != nil {
			return part, fmt.Errorf("outside the policy: %w", err)
		}
	}
	return part, nil
}

// split is the name of the cutting that an item is of.
func (b *box) split(it parties.Item) []byte {
	b.r.mu.Lock()
	defer b.r.mu.Unlock()
	return b.r.parts[it].GetHead().GetSplit()
}

// File opens an owner's file.
func (b *box) File(ctx context.Context, it parties.Item) ([]byte, error) {
	b.r.tell(fmt.Sprintf("opening %s of %s", it.What, it.Owner))
	text, err := b.r.openText(ctx, it, b.split(it))
	if err != nil {
		return nil, fmt.Errorf("%s of owner %s: %w", it.What, it.Owner, err)
	}
	return text, nil
}

// openText opens what an owner has sealed to this server.
func (j *job) openText(ctx context.Context, it parties.Item, split []byte) ([]byte, error) {
	sealed, err := j.d.store.OpenUpload(ctx, j.id, store.Item(it))
	if err != nil {
		return nil, err
	}
	plain, err := j.d.Key.NewReader(sealed, partypb.PartAbout(j.id[:], itemMessage(it), uint32(j.self), split))
	if err != nil {
		return nil, err
	}
	// A text never outgrows what it is sealed in, so this is bounded by the policy.
	return io.ReadAll(plain)
}

// openPart opens a part that is complete.
func (j *job) openPart(ctx context.Context, it parties.Item, split []byte) (mpc.Part, error) {
	text, err := j.openText(ctx, it, split)
	if err != nil {
		return mpc.Part{}, err
	}
	defer clear(text)
	part, err := mpc.UnpackPart(text)
	if err != nil {
		return part, err
	}
	// A part of few bytes can stand for many numbers.
	if most := j.d.Policy.Limits.partBytes() / 8; int64(part.Len()) > most {
		return mpc.Part{}, fmt.Errorf("part of %d numbers, this server takes at most %d (limits.part_mib of its policy)", part.Len(), most)
	}
	return part, part.Fits(j.self, part.Len())
}

// Deliver seals something for an owner and stores it.
func (b *box) Deliver(it parties.Item, d parties.Delivered) error {
	to, ok := b.r.approval(parties.RoleOwner, it.Owner)
	if !ok {
		return fmt.Errorf("no approval of owner %s, to whom %s is to be sealed", it.Owner, it.What)
	}
	key, err := identity.ParseSealKey(to.SealKey)
	if err != nil {
		return err
	}
	text, err := d.Pack()
	if err != nil {
		return err
	}
	defer clear(text)
	sealed, err := key.Seal(partypb.DeliveryAbout(b.r.id[:], itemMessage(it), uint32(b.r.self), b.r.session[:]), text)
	if err != nil {
		return err
	}
	return b.r.d.store.PutDelivery(b.r.d.ctx, b.r.id, b.r.phase, b.r.session, store.Item(it), bytes.NewReader(sealed))
}
