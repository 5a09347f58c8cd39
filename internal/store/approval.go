package store

import (
	"bytes"
	"context"
)

// maxApproval is the longest approval.
const maxApproval = 64 << 10

// AddApproval stores what signer signed of a job. The same again changes
// nothing. Another approval of the same signer is an [ErrConflict], unless the old
// one is stale. The caller has checked the signature.
func (s *Store) AddApproval(ctx context.Context, id ID, signer string, approval []byte, stale func(old []byte) bool) error {
	if err := checkName("signer", signer); err != nil {
		return err
	}
	if n := len(approval); n == 0 || n > maxApproval {
		return wrong(ErrInvalid, "approval of %d bytes, want 1 to %d", n, maxApproval)
	}
	return s.change(ctx, id, func(j *jobTx) error {
		b := j.bucket(approvalsBucket)
		switch old := b.Get([]byte(signer)); {
		case bytes.Equal(old, approval):
			return nil
		case old != nil && stale(old):
			if err := j.release(int64(len(old))); err != nil {
				return err
			}
		case old != nil:
			return wrong(ErrConflict, "%s has approved the job with another text", signer)
		}
		if err := j.reserve(int64(len(approval))); err != nil {
			return err
		}
		return b.Put([]byte(signer), approval)
	})
}

// Approvals returns the approvals of a job by signer.
func (s *Store) Approvals(ctx context.Context, id ID) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := s.look(ctx, id, func(j *jobTx) error {
		return j.bucket(approvalsBucket).ForEach(func(k, v []byte) error {
			out[string(k)] = bytes.Clone(v)
			return nil
		})
	})
	return out, err
}
