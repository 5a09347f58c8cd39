package client

import (
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// status is what a server says, or why it could not be asked.
func (s *server) status(w *partypb.JobStatus, err error) Status {
	st := Status{Server: s.id, Address: s.address}
	if err != nil {
		if status.Code(errors.Unwrap(err)) == codes.NotFound {
			st.State = StateUnknown
			st.WaitingFor = "nobody has given it the job: its operator, or whom its policy names, runs trainer approve"
		}
		st.Err = err
		if e, ok := errors.AsType[*ServerError](err); ok {
			err = errors.New(troubleOf(e.Err).what)
		}
		st.Error = err.Error()
		return st
	}
	st.State, st.Phase, st.Phases, st.Done = stateOf(w.GetState()), shown(w.GetPhase()), allShown(w.GetPhases()), allShown(w.GetPhasesDone())
	st.WaitingFor, st.CancelledBy = shown(w.GetWaitingFor()), shown(w.GetCancelledBy())
	for _, p := range w.GetMissingApprovals() {
		st.MissingApprovals = append(st.MissingApprovals, parties.Party{Role: parties.Role(shown(p.GetRole())), Name: shown(p.GetName()), Key: shown(p.GetKey())})
	}
	for _, it := range w.GetMissingParts() {
		st.MissingParts = append(st.MissingParts, parties.Item{What: shown(it.GetWhat()), Owner: shown(it.GetOwner())})
	}
	st.Progress, st.Failure = progressOf(w.GetProgress()), failureOf(w.GetFailure())
	if n := w.GetNetwork(); n != nil {
		st.Network = networkOf(n)
	}
	if at := w.GetRetryUnixNanos(); at != 0 {
		st.Retry = time.Unix(0, at)
	}
	return st
}

func stateOf(s partypb.JobState) string {
	switch s {
	case partypb.JobState_JOB_STATE_PROPOSED:
		return StateProposed
	case partypb.JobState_JOB_STATE_WAITING:
		return StateWaiting
	case partypb.JobState_JOB_STATE_READY:
		return StateReady
	case partypb.JobState_JOB_STATE_RUNNING:
		return StateRunning
	case partypb.JobState_JOB_STATE_HELD:
		return StateHeld
	case partypb.JobState_JOB_STATE_DONE:
		return StateDone
	case partypb.JobState_JOB_STATE_CANCELLED:
		return StateCancelled
	}
	return StateUnknown
}

func progressOf(p *partypb.Progress) *Progress {
	if p == nil {
		return nil
	}
	return &Progress{
		What: shown(p.GetWhat()), Epoch: int(p.GetEpoch()), Epochs: int(p.GetEpochs()),
		Step: int(p.GetStep()), Steps: int(p.GetSteps()), Rounds: int(p.GetRounds()), Sent: int64(p.GetBytesSent()),
		Elapsed: time.Duration(p.GetElapsedNanos()), Left: time.Duration(p.GetEtaNanos()),
	}
}

func networkOf(n *partypb.Network) *parties.Network {
	return &parties.Network{Delay: time.Duration(n.GetDelayNanos()).Seconds(), Bandwidth: float64(n.GetBytesPerSecond())}
}

func failureOf(f *partypb.Failure) *Failure {
	if f == nil {
		return nil
	}
	return &Failure{
		Phase: shown(f.GetPhase()), Attempt: int(f.GetAttempt()), Server: int(f.GetServer()), Step: shown(f.GetStep()),
		Reason: shown(f.GetReason()), By: shown(f.GetBy()), When: time.Unix(0, f.GetUnixNanos()),
	}
}
