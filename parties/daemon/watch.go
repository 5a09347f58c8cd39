package daemon

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// watchPause is the shortest time between two statuses of a watch.
const watchPause = 100 * time.Millisecond

// Status says how a job stands.
func (s *consortium) Status(ctx context.Context, r *partypb.JobRequest) (*partypb.JobStatus, error) {
	j, _, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	return j.status(), nil
}

// Watch sends the status at every change.
func (s *consortium) Watch(r *partypb.JobRequest, st grpc.ServerStreamingServer[partypb.JobStatus]) error {
	j, _, err := s.d.of(st.Context(), r.GetJobHash())
	if err != nil {
		return err
	}
	select {
	case s.d.watches <- struct{}{}:
		defer func() { <-s.d.watches }()
	default:
		return refuse(codes.ResourceExhausted, "%d watch already: try again later, or ask for the status", cap(s.d.watches))
	}
	for {
		changed, now := j.changes(), j.status()
		if err := st.Send(now); err != nil {
			return err
		}
		if isOver(now.GetState()) {
			return nil
		}
		if err := s.d.pause(st.Context(), changed); err != nil {
			return err
		}
	}
}

// pause returns at the next change, or at the latest after a beat, but not at
// once.
func (d *daemon) pause(ctx context.Context, changed <-chan struct{}) error {
	least, most := time.NewTimer(watchPause), time.NewTimer(d.pace.beat)
	defer least.Stop()
	defer most.Stop()
	select {
	case <-least.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-changed:
	case <-most.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

func isOver(s partypb.JobState) bool {
	return s == partypb.JobState_JOB_STATE_DONE || s == partypb.JobState_JOB_STATE_CANCELLED
}
