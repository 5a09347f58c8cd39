package daemon

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// status says how the job stands here.
func (j *job) status() *partypb.JobStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := &partypb.JobStatus{
		JobHash: j.id[:], Name: j.spec.Name, Server: uint32(j.self), Sequence: j.sequence,
		MissingApprovals: partyMessages(j.spec.MissingApprovals(j.approvals)),
	}
	for _, p := range j.states {
		s.Phases = append(s.Phases, p.Name)
		if p.State == store.Done {
			s.PhasesDone = append(s.PhasesDone, p.Name)
			r := reportFrom(p)
			s.Reports, s.Network = append(s.Reports, r), r.GetNetwork()
		}
	}
	if j.network != nil {
		s.Network = j.network
	}
	for i, p := range j.peers {
		if i != j.self && p != nil {
			s.Peers = append(s.Peers, proto.Clone(p).(*partypb.PeerState))
		}
	}
	if c := j.cancelled; c != nil {
		s.State, s.CancelledBy, s.WaitingFor = partypb.JobState_JOB_STATE_CANCELLED, c.By, c.Why
		return s
	}
	j.describe(s)
	return s
}

// describe fills in the state of a job that is not cancelled.
func (j *job) describe(s *partypb.JobStatus) {
	p, more := j.currentLocked()
	if !more {
		s.State, s.WaitingFor = partypb.JobState_JOB_STATE_DONE, j.lostPhases()
		return
	}
	s.Phase = p.Name
	if j.failure != nil {
		s.Failure = proto.Clone(j.failure).(*partypb.Failure)
	}
	missing := j.missingLocked(p.Name)
	s.MissingParts = itemMessages(missing)
	switch {
	case len(s.MissingApprovals) > 0:
		s.State = partypb.JobState_JOB_STATE_PROPOSED
		s.WaitingFor = "approval of " + partyNames(j.spec.MissingApprovals(j.approvals))
	case p.State == store.Running:
		s.State = partypb.JobState_JOB_STATE_RUNNING
		if j.progress != nil {
			s.Progress = proto.Clone(j.progress).(*partypb.Progress)
			s.WaitingFor = j.silence(j.progress)
		}
	case p.State == store.Failed:
		s.State, s.WaitingFor = partypb.JobState_JOB_STATE_HELD, "somebody to mend what failed, and to retry"
	case len(missing) > 0:
		s.State, s.WaitingFor = partypb.JobState_JOB_STATE_WAITING, itemNames(missing)
	default:
		s.State, s.WaitingFor = partypb.JobState_JOB_STATE_READY, j.obstacle()
		if j.self == 0 && !j.next.IsZero() && j.tries > 0 {
			s.RetryUnixNanos = j.next.UnixNano()
		}
	}
	if lost := j.lostPhases(); lost != "" && s.State != partypb.JobState_JOB_STATE_RUNNING {
		s.WaitingFor = lost
	}
}

// obstacle says what a ready phase waits for.
func (j *job) obstacle() string {
	var what []string
	if j.self == 0 && j.waiting != "" {
		what = append(what, j.waiting)
	}
	for i, p := range j.peers {
		switch {
		case p == nil || i == j.self:
		case !p.GetReachable():
			what = append(what, p.GetReason())
		case len(p.GetMissingApprovals()) > 0:
			what = append(what, fmt.Sprintf("server %d lacks approvals", i))
		case len(p.GetMissingParts()) > 0:
			what = append(what, fmt.Sprintf("server %d lacks %s", i, messageNames(p.GetMissingParts())))
		case p.GetState() == partypb.JobState_JOB_STATE_HELD:
			what = append(what, fmt.Sprintf("server %d waits for a retry", i))
		}
	}
	if len(what) == 0 {
		return "server 0 to begin"
	}
	slices.Sort(what)
	return strings.Join(slices.Compact(what), "; ")
}

func messageNames(items []*partypb.Item) string {
	var words []string
	for _, it := range items {
		words = append(words, it.GetWhat()+" of "+it.GetOwner())
	}
	return strings.Join(words, ", ")
}

// reportFrom reads the report of a phase that is done.
func reportFrom(p store.Phase) *partypb.PhaseReport {
	r := &partypb.PhaseReport{}
	if err := proto.Unmarshal(p.Report, r); err != nil {
		return &partypb.PhaseReport{Phase: p.Name, Session: p.Session[:]}
	}
	return r
}

// eta is how long the rest takes at the pace so far.
func eta(step, steps int, elapsed time.Duration) time.Duration {
	if step <= 0 || steps <= step {
		return 0
	}
	return time.Duration(float64(elapsed) / float64(step) * float64(steps-step))
}
