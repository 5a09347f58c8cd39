package store

import (
	"context"
	"math"

	bolt "go.etcd.io/bbolt"
)

// Usage is how much the store holds.
type Usage struct {
	Jobs     int
	Bytes    int64 // of all jobs, as the quotas count
	FileSize int64
}

// Usage returns how much the store holds.
func (s *Store) Usage(ctx context.Context) (u Usage, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		m, _, err := get[meta](tx.Bucket(metaBucket), metaBucket)
		u = Usage{Jobs: len(jobIDs(tx)), Bytes: m.Bytes, FileSize: tx.Size()}
		return err
	})
	return u, err
}

// reserve counts n more bytes of the job, unless a quota is against it.
func (j *jobTx) reserve(n int64) error {
	if got := plus(j.info.Bytes, n); got > j.s.opt.MaxJobBytes {
		return &QuotaError{"bytes of the job", got, j.s.opt.MaxJobBytes}
	}
	total, err := j.count(n)
	if err == nil && total > j.s.opt.MaxBytes {
		return &QuotaError{"bytes of all jobs", total, j.s.opt.MaxBytes}
	}
	return err
}

// release counts n bytes less.
func (j *jobTx) release(n int64) error {
	_, err := j.count(-n)
	return err
}

// count adds n to the counters of the job and of the store and returns the
// latter.
func (j *jobTx) count(n int64) (int64, error) {
	j.info.Bytes = plus(j.info.Bytes, n)
	b := j.tx.Bucket(metaBucket)
	m, _, err := get[meta](b, metaBucket)
	if err != nil {
		return 0, err
	}
	m.Bytes = plus(m.Bytes, n)
	return m.Bytes, put(b, metaBucket, m)
}

// plus is a + b, at most the largest number: a length that an owner announces
// may be anything.
func plus(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
