package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// schema is the version of the file's layout. A program refuses newer ones.
const schema = 1

// Options say how a store is opened. Zero limits mean the defaults.
type Options struct {
	// Identity is whose store it is, for instance the server's fingerprint. It is
	// written into a new file; a file of somebody else is refused, since what is
	// sealed in it could not be opened. Empty: not looked at.
	Identity string

	MaxJobs     int   // jobs at a time; default 1000
	MaxJobBytes int64 // of the job, its approvals and parts; default 64 GiB
	MaxBytes    int64 // of all jobs; default 256 GiB

	LockTimeout time.Duration    // how long to wait for another process; default 1 s
	Now         func() time.Time // default time.Now
}

func (o Options) withDefaults() Options {
	if o.MaxJobs == 0 {
		o.MaxJobs = 1000
	}
	if o.MaxJobBytes == 0 {
		o.MaxJobBytes = 64 << 30
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 256 << 30
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Store is an open store.
type Store struct {
	db   *bolt.DB
	path string
	opt  Options
}

// Open opens the store at path, or makes a new one with mode 0600. One process
// at a time can have it open; the error names the one that has ([ErrLocked]).
//
// A phase that was running when its server died is failed ("server restarted")
// and ready again.
func Open(path string, opt Options) (*Store, error) {
	opt = opt.withDefaults()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: opt.LockTimeout, FreelistType: bolt.FreelistMapType})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s is held by %s: stop that process, or give this one another store", ErrLocked, path, holder(path))
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, full(err))
	}
	s := &Store{db: db, path: path, opt: opt}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) start() error {
	if err := private(s.path); err != nil {
		return err
	}
	if err := s.hold(); err != nil {
		return err
	}
	return s.update(context.Background(), func(tx *bolt.Tx) error {
		if err := s.checkMeta(tx); err != nil {
			return err
		}
		return s.recover(tx)
	})
}

// Close lets go of the file. Methods that are under way end first.
func (s *Store) Close() error {
	s.letGo()
	return s.db.Close()
}

// view runs a read transaction.
func (s *Store) view(ctx context.Context, f func(tx *bolt.Tx) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return s.db.View(f)
}

// update runs a write transaction: all of it is on disk when it returns nil, and
// none of it otherwise.
func (s *Store) update(ctx context.Context, f func(tx *bolt.Tx) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return full(s.db.Update(f))
}
