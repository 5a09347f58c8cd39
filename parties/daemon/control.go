package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// maxReason is how much of a reason is kept.
const maxReason = 200

// Cancel ends a job for good.
func (s *consortium) Cancel(ctx context.Context, r *partypb.CancelRequest) (*partypb.JobStatus, error) {
	j, party, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	if j.over() {
		return nil, refuse(codes.FailedPrecondition, "job %s is over already", j.spec.Name)
	}
	by := fmt.Sprintf("%v, key %s", party, party.Key)
	if err := j.cancel(ctx, by, r.GetReason()); err != nil {
		return nil, err
	}
	j.announceAll(ctx, &partypb.Announcement{JobHash: j.id[:], What: &partypb.Announcement_Cancel{
		Cancel: &partypb.Cancellation{By: by, Reason: printable(r.GetReason())},
	}})
	return j.status(), nil
}

// errCancelled is why a session ends whose job was cancelled.
var errCancelled = errors.New("job cancelled")

// cancel ends the job on this server.
func (j *job) cancel(ctx context.Context, by, why string) error {
	if j.over() {
		return nil
	}
	err := j.update(ctx, func() error { return j.d.store.CancelJob(ctx, j.id, printable(by), printable(why)) })
	if err != nil {
		return told(err)
	}
	j.mu.Lock()
	stop := j.stop
	j.mu.Unlock()
	if stop != nil {
		stop(fmt.Errorf("%w by %s", errCancelled, printable(by)))
	}
	j.d.Log.Info("job cancelled", "job", j.id.String(), "by", printable(by))
	return nil
}

// printable is text as it may be shown: short, and without control characters.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > maxReason {
		return string(runes[:maxReason]) + "…"
	}
	return text
}

// Retry lets a job that is held run again.
func (s *consortium) Retry(ctx context.Context, r *partypb.JobRequest) (*partypb.JobStatus, error) {
	j, _, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	if j.over() {
		return nil, refuse(codes.FailedPrecondition, "job %s is over", j.spec.Name)
	}
	if err := j.retry(ctx); err != nil {
		return nil, told(err)
	}
	if j.self != 0 {
		err := j.call(ctx, 0, func(ctx context.Context, conn *grpc.ClientConn) error {
			_, err := partypb.NewPeerClient(conn).Announce(ctx, &partypb.Announcement{JobHash: j.id[:], What: &partypb.Announcement_Retry{Retry: true}})
			return err
		})
		if err != nil {
			return nil, refuse(codes.Unavailable, "server 0 starts the phases: %v", err)
		}
	}
	return j.status(), nil
}

// retry makes a phase that failed ready.
func (j *job) retry(ctx context.Context) error {
	return j.update(ctx, func() error {
		j.set(func() { j.tries = 0 })
		if p, ok := j.current(); ok && p.State == store.Failed {
			_, err := j.d.store.ReadyPhase(ctx, j.id, p.Name)
			return err
		}
		return nil
	})
}

// announce tells another server something, if it can be reached.
func (j *job) announce(ctx context.Context, server int, a *partypb.Announcement) {
	err := j.call(ctx, server, func(ctx context.Context, conn *grpc.ClientConn) error {
		_, err := partypb.NewPeerClient(conn).Announce(ctx, a)
		return err
	})
	if err != nil {
		j.d.Log.Warn("announcement did not arrive", "job", j.id.String(), "server", server, "error", err)
	}
}

// announceAll tells both other servers, once this one's operator has approved the job.
func (j *job) announceAll(ctx context.Context, a *partypb.Announcement) {
	if !j.approvedHere() {
		return
	}
	var wg sync.WaitGroup
	for _, server := range j.others() {
		wg.Go(func() { j.announce(ctx, server, a) })
	}
	wg.Wait()
}

// Announce hears what another server of a job tells.
func (s *peerService) Announce(ctx context.Context, a *partypb.Announcement) (*partypb.AnnounceReply, error) {
	j, party, err := s.d.of(ctx, a.GetJobHash())
	if err != nil {
		return nil, err
	}
	if party.Role != parties.RoleServer || party.Key == s.d.self {
		return nil, refuse(codes.PermissionDenied, "%v is not one of the other servers of job %s", party, j.spec.Name)
	}
	switch what := a.GetWhat().(type) {
	case *partypb.Announcement_Cancel:
		err = j.cancel(ctx, fmt.Sprintf("%s, says %v", what.Cancel.GetBy(), party), what.Cancel.GetReason())
	case *partypb.Announcement_Failure:
		err = j.hear(ctx, party, what.Failure)
	case *partypb.Announcement_Retry:
		err = j.retry(ctx)
	case *partypb.Announcement_Held:
		j.d.Log.Warn("job held", "job", j.id.String(), "by", party.String(), "attempts", what.Held.GetAttempts())
	default:
		err = refuse(codes.InvalidArgument, "an announcement of nothing that this version knows")
	}
	if err != nil {
		return nil, told(err)
	}
	return &partypb.AnnounceReply{}, nil
}
