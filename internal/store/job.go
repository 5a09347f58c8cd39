package store

import (
	"bytes"
	"context"
	"time"

	bolt "go.etcd.io/bbolt"
)

// maxCanonical is the longest canonical text of a job.
const maxCanonical = 4 << 20

// Job is what the store knows of a job, without its parts.
type Job struct {
	ID        ID
	Canonical []byte
	Added     time.Time
	Bytes     int64 // counted towards the quotas
	Cancelled *Cancellation
	Phases    []Phase // in the order given to AddJob
}

// Cancellation says who ended a job for good, and why.
type Cancellation struct {
	By   string    `json:"by"`
	Why  string    `json:"why"`
	When time.Time `json:"when"`
}

// info is the record of a job.
type info struct {
	Added     time.Time     `json:"added"`
	Bytes     int64         `json:"bytes"`
	Phases    []string      `json:"phases"`
	Cancelled *Cancellation `json:"cancelled,omitempty"`
}

// jobTx is a job within a transaction.
type jobTx struct {
	s    *Store
	tx   *bolt.Tx
	id   ID
	b    *bolt.Bucket
	info info
}

func (j *jobTx) bucket(name []byte) *bolt.Bucket { return j.b.Bucket(name) }

func (j *jobTx) save() error { return put(j.b, infoKey, j.info) }

// job finds a job.
func (s *Store) job(tx *bolt.Tx, id ID) (*jobTx, error) {
	b := tx.Bucket(jobsBucket).Bucket(id[:])
	if b == nil {
		return nil, wrong(ErrNotFound, "job %s is not on this server", id)
	}
	in, _, err := get[info](b, infoKey)
	if err != nil {
		return nil, err
	}
	return &jobTx{s, tx, id, b, in}, nil
}

// change runs f on a job in a write transaction and saves its record.
func (s *Store) change(ctx context.Context, id ID, f func(j *jobTx) error) error {
	return s.update(ctx, func(tx *bolt.Tx) error {
		j, err := s.job(tx, id)
		if err != nil {
			return err
		}
		if err := f(j); err != nil {
			return err
		}
		return j.save()
	})
}

// look runs f on a job in a read transaction.
func (s *Store) look(ctx context.Context, id ID, f func(j *jobTx) error) error {
	return s.view(ctx, func(tx *bolt.Tx) error {
		j, err := s.job(tx, id)
		if err != nil {
			return err
		}
		return f(j)
	})
}

// alive refuses a cancelled job.
func (j *jobTx) alive() error {
	if c := j.info.Cancelled; c != nil {
		return wrong(ErrState, "the job was cancelled by %s: %s", c.By, c.Why)
	}
	return nil
}

// AddJob stores a job under its hash, with every phase waiting. The caller has
// checked that id is the hash of canonical. It reports whether the job is new;
// the same job again changes nothing.
func (s *Store) AddJob(ctx context.Context, id ID, canonical []byte, phases []string) (added bool, err error) {
	if n := len(canonical); n == 0 || n > maxCanonical {
		return false, wrong(ErrInvalid, "job of %d bytes, want 1 to %d", n, maxCanonical)
	}
	err = s.update(ctx, func(tx *bolt.Tx) error {
		b := tx.Bucket(jobsBucket).Bucket(id[:])
		if b == nil {
			added = true
			return s.createJob(tx, id, canonical, phases)
		}
		if !bytes.Equal(b.Get(canonicalKey), canonical) {
			return wrong(ErrConflict, "job %s is stored with other bytes", id)
		}
		return nil
	})
	return added && err == nil, err
}

func (s *Store) createJob(tx *bolt.Tx, id ID, canonical []byte, phases []string) error {
	jobs := tx.Bucket(jobsBucket)
	if n := len(jobIDs(tx)) + 1; n > s.opt.MaxJobs {
		return &QuotaError{"jobs", int64(n), int64(s.opt.MaxJobs)}
	}
	b, err := jobs.CreateBucket(id[:])
	if err != nil {
		return err
	}
	for _, name := range jobBuckets {
		if _, err := b.CreateBucket(name); err != nil {
			return err
		}
	}
	j := &jobTx{s, tx, id, b, info{Added: s.now(), Phases: phases}}
	if err := b.Put(canonicalKey, canonical); err != nil {
		return err
	}
	if err := j.createPhases(phases); err != nil {
		return err
	}
	if err := j.reserve(int64(len(canonical))); err != nil {
		return err
	}
	return j.save()
}

func (s *Store) now() time.Time { return s.opt.Now().UTC() }

// Job returns a job.
func (s *Store) Job(ctx context.Context, id ID) (out Job, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		out = Job{
			ID: id, Canonical: bytes.Clone(j.b.Get(canonicalKey)),
			Added: j.info.Added, Bytes: j.info.Bytes, Cancelled: j.info.Cancelled,
		}
		for _, name := range j.info.Phases {
			p, err := j.phase(name)
			if err != nil {
				return err
			}
			out.Phases = append(out.Phases, p)
		}
		return nil
	})
	return out, err
}

// Jobs lists the jobs by their ids, in no order that means anything.
func (s *Store) Jobs(ctx context.Context) (out []ID, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		out = jobIDs(tx)
		return nil
	})
	return out, err
}

func jobIDs(tx *bolt.Tx) (out []ID) {
	c := tx.Bucket(jobsBucket).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		out = append(out, ID(k))
	}
	return out
}

// CancelJob ends a job for good: no upload is taken and no phase begins any
// more; phases that are not done are cancelled. What is stored stays, and so
// does the first cancellation if there is one already. A session that is running
// is the caller's to end.
func (s *Store) CancelJob(ctx context.Context, id ID, by, why string) error {
	return s.change(ctx, id, func(j *jobTx) error {
		if j.info.Cancelled != nil {
			return nil
		}
		j.info.Cancelled = &Cancellation{By: by, Why: clip(why), When: s.now()}
		return j.cancelPhases()
	})
}

// DropJob removes a job and all that belongs to it. The room is used again, but
// the file does not become smaller. Ids of its sessions stay used.
func (s *Store) DropJob(ctx context.Context, id ID) error {
	return s.update(ctx, func(tx *bolt.Tx) error {
		j, err := s.job(tx, id)
		if err != nil {
			return err
		}
		if name := j.running(); name != "" {
			return wrong(ErrState, "phase %s is running: cancel the job first", name)
		}
		if err := j.release(j.info.Bytes); err != nil {
			return err
		}
		return tx.Bucket(jobsBucket).DeleteBucket(id[:])
	})
}
