package store

import (
	"context"
	"time"
)

// Upload is how far an owner's item has come.
type Upload struct {
	Item     Item
	Length   int64
	Digest   ID    // of the whole, as announced
	Offset   int64 // how much is stored: go on here
	Complete bool
	Receipt  []byte // of a complete one
	Began    time.Time
	Ended    time.Time
}

// upload is its record.
type upload struct {
	blob
	Item    Item      `json:"item"`
	Digest  ID        `json:"digest"`
	Receipt []byte    `json:"receipt,omitempty"` // is there if and only if it is complete
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"`
}

func (u upload) public() Upload {
	return Upload{u.Item, u.Length, u.Digest, u.Offset, u.Receipt != nil, u.Receipt, u.Began, u.Ended}
}

func (j *jobTx) upload(it Item) (upload, bool, error) {
	return get[upload](j.bucket(uploadsBucket), it.key())
}

func (j *jobTx) putUpload(u upload) error { return put(j.bucket(uploadsBucket), u.Item.key(), u) }

// BeginUpload announces an item of a length and SHA-256, or finds out how far it
// is: the caller goes on at Offset. All of length counts towards the quotas at
// once, so that an upload that has begun is not refused later.
//
// An item that is complete with another digest is an [ErrConflict]. One that is
// not complete starts over if its length or digest differ.
func (s *Store) BeginUpload(ctx context.Context, id ID, it Item, length int64, digest ID) (Upload, error) {
	if length < 1 {
		return Upload{}, wrong(ErrInvalid, "%s of %d bytes, want 1 or more", it, length)
	}
	if err := it.check(); err != nil {
		return Upload{}, err
	}
	return s.changeUpload(ctx, id, it, func(j *jobTx, u *upload, there bool) error {
		switch same := u.Length == length && u.Digest == digest; {
		case there && same:
			return nil
		case there && u.Receipt != nil:
			return wrong(ErrConflict, "%s was uploaded before with SHA-256 %s, and now comes with %s", it, u.Digest, digest)
		case there:
			if err := j.discard(*u); err != nil {
				return err
			}
		}
		return j.startUpload(u, it, length, digest)
	})
}

func (j *jobTx) startUpload(u *upload, it Item, length int64, digest ID) error {
	if err := j.reserve(length); err != nil {
		return err
	}
	b, err := j.newBlob(length)
	*u = upload{blob: b, Item: it, Digest: digest, Began: j.s.now()}
	return err
}

// discard removes an upload's bytes.
func (j *jobTx) discard(u upload) error {
	if err := j.remove(u.blob); err != nil {
		return err
	}
	return j.release(u.Length)
}

// changeUpload runs f on an upload of a job that is not cancelled, and saves it.
func (s *Store) changeUpload(ctx context.Context, id ID, it Item, f func(j *jobTx, u *upload, there bool) error) (out Upload, err error) {
	err = s.change(ctx, id, func(j *jobTx) error {
		if err := j.alive(); err != nil {
			return err
		}
		u, there, err := j.upload(it)
		if err != nil {
			return err
		}
		if err := f(j, &u, there); err != nil {
			return err
		}
		out = u.public()
		return j.putUpload(u)
	})
	return out, err
}

// AppendUpload stores the next bytes of an upload: at most [MaxChunk], and at
// least [MinChunk] unless they are its end. The last bytes are stored only if
// the whole has the announced digest; otherwise the upload begins again at 0
// ([*DigestError]).
func (s *Store) AppendUpload(ctx context.Context, id ID, it Item, offset int64, data []byte) (Upload, error) {
	var bad *DigestError
	out, err := s.changeUpload(ctx, id, it, func(j *jobTx, u *upload, there bool) (err error) {
		if !there {
			return wrong(ErrNotFound, "%s was not announced", it)
		}
		if err := u.checkChunk(offset, len(data)); err != nil {
			return err
		}
		if err := j.add(&u.blob, data); err != nil || u.Offset < u.Length {
			return err
		}
		bad, err = j.verify(u)
		return err
	})
	if err == nil && bad != nil {
		err = bad
	}
	return out, err
}

// checkChunk says whether n bytes at an offset are what comes next.
func (u *upload) checkChunk(offset int64, n int) error {
	end := offset + int64(n)
	switch {
	case offset != u.Offset:
		return &OffsetError{offset, u.Offset}
	case n == 0 || n > MaxChunk || n < MinChunk && end != u.Length:
		return wrong(ErrInvalid, "chunk of %d bytes, want %d to %d, or the end", n, MinChunk, MaxChunk)
	case end > u.Length:
		return wrong(ErrInvalid, "%s has %d bytes, and %d were announced", u.Item, end, u.Length)
	}
	return nil
}

// verify compares an upload that is all there with its digest. If they differ,
// its bytes are removed.
func (j *jobTx) verify(u *upload) (*DigestError, error) {
	got, err := u.sum()
	if err != nil || got == u.Digest {
		return nil, err
	}
	if err := j.discard(*u); err != nil {
		return nil, err
	}
	return &DigestError{got, u.Digest}, j.startUpload(u, u.Item, u.Length, u.Digest)
}

// FinishUpload makes an upload complete that is all there, and keeps the receipt
// that its owner gets. Once more, it returns the first receipt.
func (s *Store) FinishUpload(ctx context.Context, id ID, it Item, receipt []byte) (Upload, error) {
	if n := len(receipt); n == 0 || n > maxApproval {
		return Upload{}, wrong(ErrInvalid, "receipt of %d bytes, want 1 to %d", n, maxApproval)
	}
	return s.changeUpload(ctx, id, it, func(j *jobTx, u *upload, there bool) error {
		switch {
		case !there:
			return wrong(ErrNotFound, "%s was not announced", it)
		case u.Offset != u.Length:
			return wrong(ErrState, "%s has %d bytes of %d", it, u.Offset, u.Length)
		case u.Receipt == nil:
			u.Receipt, u.Ended = receipt, j.s.now()
		}
		return nil
	})
}

// DiscardUpload removes an item, complete or not, so that its owner can send
// another. phase is the one that uses it, which must not have begun.
func (s *Store) DiscardUpload(ctx context.Context, id ID, phase string, it Item) error {
	return s.change(ctx, id, func(j *jobTx) error {
		p, err := j.phase(phase)
		if err != nil {
			return err
		}
		if p.Attempt > 0 {
			return wrong(ErrState, "phase %s has begun: %s cannot be replaced any more", phase, it)
		}
		u, there, err := j.upload(it)
		if err != nil || !there {
			return err
		}
		if err := j.discard(u); err != nil {
			return err
		}
		if p.State == Ready {
			p.State, p.Since = Waiting, s.now()
			if err := j.putPhase(p); err != nil {
				return err
			}
		}
		return j.bucket(uploadsBucket).Delete(it.key())
	})
}

// Upload returns how far an item is; [ErrNotFound] if it was not announced.
func (s *Store) Upload(ctx context.Context, id ID, it Item) (out Upload, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		u, there, err := j.upload(it)
		if err == nil && !there {
			err = wrong(ErrNotFound, "%s was not uploaded", it)
		}
		out = u.public()
		return err
	})
	return out, err
}

// Uploads returns how far the items of a job are.
func (s *Store) Uploads(ctx context.Context, id ID) (out []Upload, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		return each(j.bucket(uploadsBucket), func(_ []byte, u upload) error {
			out = append(out, u.public())
			return nil
		})
	})
	return out, err
}

// OpenUpload returns a reader of an item that is all there, complete or not: who
// wants to look into it before giving a receipt can.
func (s *Store) OpenUpload(ctx context.Context, id ID, it Item) (*Reader, error) {
	r := &Reader{ctx: ctx, s: s, job: id}
	err := s.look(ctx, id, func(j *jobTx) error {
		u, there, err := j.upload(it)
		if err != nil {
			return err
		}
		if !there || u.Offset != u.Length {
			return wrong(ErrNotFound, "%s was not uploaded", it)
		}
		r.blob = u.blob
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}
