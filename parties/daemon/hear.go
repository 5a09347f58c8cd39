package daemon

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// hear keeps a failure that another server tells of, unless this one knows better.
func (j *job) hear(ctx context.Context, from parties.Party, f *partypb.Failure) error {
	if f.GetServer() < -1 || f.GetServer() > 2 || len(f.GetSession()) != len(store.ID{}) {
		return nil
	}
	attempts, err := j.d.store.Attempts(ctx, j.id)
	if err != nil {
		return err
	}
	told := &partypb.Failure{
		Phase: printable(f.GetPhase()), Attempt: f.GetAttempt(), Server: f.GetServer(), Step: printable(f.GetStep()),
		Reason: printable(f.GetReason()), UnixNanos: time.Now().UnixNano(), By: from.String(), Session: f.GetSession(),
	}
	if isPast(attempts, told) {
		return nil
	}
	j.set(func() {
		if !j.saw(told.GetSession()) {
			j.failure = told
		}
	})
	return nil
}

// saw reports whether this server has seen for itself how that session failed. A
// server that was away tells in the end what it took for the reason: the others
// have moved on, and know that it was away.
func (j *job) saw(session []byte) bool {
	return j.failure.GetBy() == serverName(j.self) && bytes.Equal(j.failure.GetSession(), session)
}

// isPast reports whether this server has tried again since the attempt of a
// failure.
func isPast(attempts []store.Attempt, f *partypb.Failure) bool {
	i := slices.IndexFunc(attempts, func(a store.Attempt) bool { return bytes.Equal(a.Session[:], f.GetSession()) })
	return i >= 0 && i < len(attempts)-1
}
