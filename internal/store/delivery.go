package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"
)

// Delivery is something that a phase gave an owner.
type Delivery struct {
	Item    Item
	Phase   string
	Session ID // that made it: those of three servers fit together only if it is the same
	Length  int64
	Digest  ID
	Made    time.Time
}

// delivery is its record.
type delivery struct {
	blob
	Item      Item      `json:"item"`
	Phase     string    `json:"phase"`
	Session   ID        `json:"session"`
	Made      time.Time `json:"made"`
	Whole     bool      `json:"whole"`     // all of it was written
	Published bool      `json:"published"` // its session ended well
}

func deliveryKey(session ID, it Item) []byte { return append(session[:], it.key()...) }

func (d delivery) public() (Delivery, error) {
	sum, err := d.sum()
	return Delivery{d.Item, d.Phase, d.Session, d.Length, sum, d.Made}, err
}

// PutDelivery stores what a running session gives an owner: all that r has. It
// can be seen once [Store.FinishPhase] ends the session well. A second one for
// the same item and session is an [ErrConflict].
//
// Deliveries count towards the quotas but are not refused for them: the work is
// done.
func (s *Store) PutDelivery(ctx context.Context, id ID, phase string, session ID, it Item, r io.Reader) error {
	if err := it.check(); err != nil {
		return err
	}
	d := delivery{Item: it, Phase: phase, Session: session}
	if err := s.change(ctx, id, func(j *jobTx) error { return j.startDelivery(&d) }); err != nil {
		return err
	}
	buf := make([]byte, MaxChunk)
	for {
		n, err := io.ReadFull(r, buf)
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return err
		}
		if err := s.change(ctx, id, func(j *jobTx) error { return j.extend(&d, buf[:n], end) }); err != nil {
			return err
		}
		if end {
			return nil
		}
	}
}

func (j *jobTx) startDelivery(d *delivery) error {
	if err := j.inSession(d.Phase, d.Session); err != nil {
		return err
	}
	if j.bucket(deliverBucket).Get(deliveryKey(d.Session, d.Item)) != nil {
		return wrong(ErrConflict, "session %s delivered %s before", d.Session, d.Item)
	}
	b, err := j.newBlob(0)
	d.blob, d.Made = b, j.s.now()
	if err != nil {
		return err
	}
	return j.putDelivery(*d)
}

// extend adds bytes at the end of a delivery.
func (j *jobTx) extend(d *delivery, data []byte, end bool) error {
	if err := j.inSession(d.Phase, d.Session); err != nil {
		return err
	}
	if len(data) > 0 {
		if err := j.add(&d.blob, data); err != nil {
			return err
		}
	}
	if _, err := j.count(int64(len(data))); err != nil {
		return err
	}
	d.Length, d.Whole = d.Offset, end
	return j.putDelivery(*d)
}

func (j *jobTx) putDelivery(d delivery) error {
	return put(j.bucket(deliverBucket), deliveryKey(d.Session, d.Item), d)
}

// inSession refuses unless a phase is running in a session.
func (j *jobTx) inSession(phase string, session ID) error {
	p, err := j.phase(phase)
	if err == nil && (p.State != Running || p.Session != session) {
		err = wrong(ErrState, "phase %s is not running in session %s", phase, session)
	}
	return err
}

// ofSession returns the deliveries of a session.
func (j *jobTx) ofSession(session ID) (out []delivery, err error) {
	err = each(j.bucket(deliverBucket), func(key []byte, d delivery) error {
		if bytes.HasPrefix(key, session[:]) {
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// publish lets owners see the deliveries of a session.
func (j *jobTx) publish(session ID) error {
	ds, err := j.ofSession(session)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if !d.Whole {
			return wrong(ErrState, "the delivery of %s is not whole", d.Item)
		}
		d.Published = true
		if err := j.putDelivery(d); err != nil {
			return err
		}
	}
	return nil
}

// withdraw removes the deliveries of a session that did not end well.
func (j *jobTx) withdraw(session ID) error {
	ds, err := j.ofSession(session)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if err := j.remove(d.blob); err != nil {
			return err
		}
		if err := j.release(d.Length); err != nil {
			return err
		}
		if err := j.bucket(deliverBucket).Delete(deliveryKey(session, d.Item)); err != nil {
			return err
		}
	}
	return nil
}

// Deliveries returns what the sessions of a job that ended well gave, the oldest
// first. If a phase was run again, there are several of one item: an owner takes
// those of a session that all three servers have.
func (s *Store) Deliveries(ctx context.Context, id ID) (out []Delivery, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		return each(j.bucket(deliverBucket), func(_ []byte, d delivery) error {
			if !d.Published {
				return nil
			}
			p, err := d.public()
			out = append(out, p)
			return err
		})
	})
	slices.SortStableFunc(out, func(a, b Delivery) int { return a.Made.Compare(b.Made) })
	return out, err
}

// OpenDelivery returns a reader of a delivery.
func (s *Store) OpenDelivery(ctx context.Context, id, session ID, it Item) (*Reader, error) {
	r := &Reader{ctx: ctx, s: s, job: id}
	err := s.look(ctx, id, func(j *jobTx) error {
		d, there, err := get[delivery](j.bucket(deliverBucket), deliveryKey(session, it))
		if err == nil && (!there || !d.Published) {
			err = wrong(ErrNotFound, "session %s delivered no %s", session, it)
		}
		r.blob = d.blob
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}
