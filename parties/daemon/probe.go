package daemon

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// afterEnd is how long a job that is over here is looked at on the other servers:
// one that was away has to hear of it.
const afterEnd = time.Hour

// probe looks at the job on the other servers, again and again, until it is over
// on all three. So each of them knows which other one cannot be reached, or lacks
// what, whether or not something runs.
func (j *job) probe(ctx context.Context) {
	tick := time.NewTicker(j.d.pace.probe)
	defer tick.Stop()
	var ended time.Time
	for {
		settled := j.look(ctx)
		switch {
		case j.forgotten():
			return
		case !j.over():
			ended = time.Time{}
		case settled:
			return
		case ended.IsZero():
			ended = time.Now()
		case time.Since(ended) > afterEnd:
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// approvedHere reports whether the operator of this server has approved the job.
// Before that it connects to none of the addresses in it: whoever may bring jobs
// could have it knock at any door.
func (j *job) approvedHere() bool {
	_, ok := j.approval(parties.RoleServer, strconv.Itoa(j.self))
	return ok
}

// look asks both other servers once. It reports whether the job is over there
// too.
func (j *job) look(ctx context.Context) bool {
	if !j.approvedHere() {
		return false
	}
	var settled [2]bool
	var wg sync.WaitGroup
	for i, server := range j.others() {
		wg.Go(func() {
			asked := time.Now()
			over := j.phasesOver() // before the other one says what it has
			there, err := j.ask(ctx, server)
			if ctx.Err() == nil {
				j.note(server, asked, there, err)
				if err == nil {
					j.miss(server, over, there)
				}
				settled[i] = err == nil && j.settle(ctx, server, there)
			}
		})
	}
	wg.Wait()
	return settled[0] && settled[1]
}

// ask returns how the job stands on another server.
func (j *job) ask(ctx context.Context, server int) (there *partypb.JobStatus, err error) {
	err = j.call(ctx, server, func(ctx context.Context, conn *grpc.ClientConn) error {
		there, err = partypb.NewConsortiumClient(conn).Status(ctx, &partypb.JobRequest{JobHash: j.id[:]})
		if c := status.Code(err); c == codes.NotFound || c == codes.PermissionDenied {
			there, err = &partypb.JobStatus{}, nil // reached, but the job is not there yet
		}
		return err
	})
	return there, err
}

// note keeps what is known of another server, and tells who watches if it is new.
func (j *job) note(server int, asked time.Time, there *partypb.JobStatus, err error) {
	p := &partypb.PeerState{Server: uint32(server), Reachable: err == nil, SinceUnixNanos: time.Now().UnixNano()}
	if err != nil {
		p.Reason = err.Error()
	} else {
		p.State, p.MissingApprovals, p.MissingParts = there.GetState(), there.GetMissingApprovals(), there.GetMissingParts()
		p.Progress = there.GetProgress()
	}
	j.mu.Lock()
	before := j.peers[server]
	j.asked[server] = asked
	if before != nil {
		next := proto.Clone(before).(*partypb.PeerState)
		next.Progress = p.GetProgress()
		j.peers[server] = next
	}
	j.mu.Unlock()
	if before != nil && before.GetReachable() == p.GetReachable() && before.GetState() == p.GetState() &&
		before.GetReason() == p.GetReason() && len(before.GetMissingParts()) == len(p.GetMissingParts()) &&
		len(before.GetMissingApprovals()) == len(p.GetMissingApprovals()) {
		return
	}
	if before != nil && before.GetReachable() != p.GetReachable() || before == nil && err != nil {
		j.d.Log.Info("peer", "job", j.id.String(), "server", server, "reachable", p.GetReachable(), "reason", p.GetReason())
	}
	j.set(func() { j.peers[server] = p })
	if p.GetState() == partypb.JobState_JOB_STATE_READY {
		j.set(func() { j.retries, j.next = 0, soonest(j.next, time.Now(), j.tries) })
		j.d.stir()
	}
}

// soonest keeps the time of a retry after a failure, and else lets the phase be
// proposed now.
func soonest(next, now time.Time, tries int) time.Time {
	if tries > 0 {
		return next
	}
	return now
}

// settle tells another server of an end that it has missed. It reports whether
// the job is over there.
func (j *job) settle(ctx context.Context, server int, there *partypb.JobStatus) bool {
	j.mu.Lock()
	c := j.cancelled
	j.mu.Unlock()
	switch {
	case c != nil && !isOver(there.GetState()) && there.GetState() != partypb.JobState_JOB_STATE_UNSPECIFIED:
		j.announce(ctx, server, &partypb.Announcement{JobHash: j.id[:], What: &partypb.Announcement_Cancel{
			Cancel: &partypb.Cancellation{By: c.By, Reason: c.Why},
		}})
		return false
	case c == nil && j.self == 0 && there.GetState() == partypb.JobState_JOB_STATE_READY:
		j.again(ctx, server, there.GetPhase())
	}
	return c != nil && there.GetState() == partypb.JobState_JOB_STATE_UNSPECIFIED || isOver(there.GetState())
}

// again makes a phase ready that is done here, but not on another server: it died
// between the end of the session and the note of it.
func (j *job) again(ctx context.Context, server int, phase string) {
	p, ok := j.stateOf(phase)
	if !ok || p.State != store.Done || time.Since(p.Since) < j.d.pace.probe || j.ranOften(ctx, p) {
		return
	}
	err := j.update(ctx, func() error { return j.runAgain(ctx, phase, serverName(server)) })
	j.d.Log.Warn("phase runs again", "job", j.id.String(), "phase", phase, "server", server, "error", err)
}

// isLost reports whether a call failed because of the connection.
func isLost(err error) bool {
	c := status.Code(err)
	return c == codes.Unavailable || c == codes.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded)
}
