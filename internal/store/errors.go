package store

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNotFound says that the job, phase, upload or delivery is not there.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that something else is stored in that place already.
	ErrConflict = errors.New("conflict")
	// ErrState says that a job or phase is not in a state that allows the step.
	ErrState = errors.New("wrong state")
	// ErrInvalid says that an argument can never be right.
	ErrInvalid = errors.New("invalid")
	// ErrDiskFull says that the disk has no room. What was acknowledged is safe.
	ErrDiskFull = errors.New("disk full")
	// ErrLocked says that another process has the store open.
	ErrLocked = errors.New("store in use")
)

// QuotaError says that a job or the store would have more than its operator
// allows.
type QuotaError struct {
	What      string // "jobs", "bytes of the job", "bytes of all jobs"
	Got, Want int64  // with the new one, and the limit
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("quota: %d %s, want at most %d: the server's operator can raise the limit or drop old jobs", e.Got, e.What, e.Want)
}

// OffsetError says that an upload goes on elsewhere.
type OffsetError struct {
	Got, Want int64
}

func (e *OffsetError) Error() string {
	return fmt.Sprintf("upload: got a chunk at offset %d, want offset %d: ask where to go on", e.Got, e.Want)
}

// DigestError says that the bytes of an upload are not those that were
// announced. The upload begins again.
type DigestError struct {
	Got, Want ID
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("upload: the bytes have SHA-256 %s, want %s: send it again from the start", e.Got, e.Want)
}

// full makes errors of a full disk, of an exhausted quota of the file system and
// of a file size limit [ErrDiskFull]. bbolt reports a file that cannot grow as
// text only, so the text counts too.
func full(err error) error {
	if err == nil {
		return nil
	}
	for _, no := range fullDisk {
		if errors.Is(err, no) || strings.HasSuffix(err.Error(), ": "+no.Error()) {
			return fmt.Errorf("%w: make room and try again, nothing that was acknowledged is lost: %w", ErrDiskFull, err)
		}
	}
	return err
}

func wrong(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{kind}, args...)...)
}
