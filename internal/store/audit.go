package store

import (
	"context"
	"time"
)

// Entry is a line of the audit log of a job.
type Entry struct {
	Number uint64    `json:"number"` // from 1
	When   time.Time `json:"when"`
	Text   string    `json:"text"`
}

// AddAudit appends a line to the audit log of a job; nothing changes or removes
// lines but [Store.DropJob]. A text beyond 8 KiB is cut.
func (s *Store) AddAudit(ctx context.Context, id ID, text string) error {
	return s.change(ctx, id, func(j *jobTx) error {
		b := j.bucket(auditBucket)
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		return put(b, number(n), Entry{Number: n, When: s.now(), Text: clip(text)})
	})
}

// Audit returns the audit log of a job, from a line on: 1 is the first.
func (s *Store) Audit(ctx context.Context, id ID, from uint64) (out []Entry, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		return each(j.bucket(auditBucket), func(_ []byte, e Entry) error {
			if e.Number >= from {
				out = append(out, e)
			}
			return nil
		})
	})
	return out, err
}
