package store

import (
	"context"
	"slices"
	"time"
)

// State is how far a phase is.
type State string

// The states of a phase. A failed phase can begin again as a ready one can.
const (
	Waiting   State = "waiting" // for parts of owners
	Ready     State = "ready"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Phase is how far a phase of a job is.
type Phase struct {
	Name    string    `json:"name"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"`             // in this state
	Attempt int       `json:"attempt"`           // how many sessions were begun
	Session ID        `json:"session"`           // of the last attempt
	Failure string    `json:"failure,omitempty"` // why the last attempt failed; kept until one succeeds
	Report  []byte    `json:"report,omitempty"`  // of the attempt that succeeded
}

// maxReport is the longest report of a phase.
const maxReport = 1 << 20

// Restarted is the failure of an attempt whose server died.
const Restarted = "server restarted"

func (j *jobTx) createPhases(names []string) error {
	for i, name := range names {
		if err := checkName("phase", name); err != nil {
			return err
		}
		if slices.Contains(names[:i], name) {
			return wrong(ErrInvalid, "phase %q stands twice", name)
		}
		if err := j.putPhase(Phase{Name: name, State: Waiting, Since: j.s.now()}); err != nil {
			return err
		}
	}
	return nil
}

func (j *jobTx) putPhase(p Phase) error { return put(j.bucket(phasesBucket), []byte(p.Name), p) }

func (j *jobTx) phase(name string) (Phase, error) {
	p, ok, err := get[Phase](j.bucket(phasesBucket), []byte(name))
	if err == nil && !ok {
		err = wrong(ErrNotFound, "the job has no phase %q", name)
	}
	return p, err
}

// running returns the name of a phase that is, if any.
func (j *jobTx) running() string {
	for _, name := range j.info.Phases {
		if p, err := j.phase(name); err == nil && p.State == Running {
			return name
		}
	}
	return ""
}

// move brings a phase from one of the states from to another.
func (j *jobTx) move(p *Phase, to State, from ...State) error {
	if !slices.Contains(from, p.State) {
		return wrong(ErrState, "phase %s is %s, want %s", p.Name, p.State, list(from))
	}
	p.State, p.Since = to, j.s.now()
	return nil
}

// changePhase runs f on a phase and saves it.
func (s *Store) changePhase(ctx context.Context, id ID, name string, f func(j *jobTx, p *Phase) error) (p Phase, err error) {
	err = s.change(ctx, id, func(j *jobTx) error {
		if p, err = j.phase(name); err != nil {
			return err
		}
		if err := f(j, &p); err != nil {
			return err
		}
		return j.putPhase(p)
	})
	return p, err
}

// ReadyPhase says that all a waiting phase needs is there. It changes nothing of
// one that is ready, and makes a failed one ready.
func (s *Store) ReadyPhase(ctx context.Context, id ID, name string) (Phase, error) {
	return s.changePhase(ctx, id, name, func(j *jobTx, p *Phase) error {
		if err := j.alive(); err != nil || p.State == Ready {
			return err
		}
		return j.move(p, Ready, Waiting, Failed)
	})
}

// AgainPhase makes a phase ready that is done on this server, because another
// server did not finish it. Deliveries of the earlier session stay.
func (s *Store) AgainPhase(ctx context.Context, id ID, name, why string) (Phase, error) {
	return s.changePhase(ctx, id, name, func(j *jobTx, p *Phase) error {
		if err := j.alive(); err != nil {
			return err
		}
		p.Failure = clip(why)
		return j.move(p, Ready, Done)
	})
}

// BeginPhase starts an attempt at a ready (or failed) phase under the id of a
// new session. An id that was ever begun on this server is refused
// ([ErrConflict]).
func (s *Store) BeginPhase(ctx context.Context, id ID, name string, session ID) (Phase, error) {
	return s.changePhase(ctx, id, name, func(j *jobTx, p *Phase) error {
		if err := j.alive(); err != nil {
			return err
		}
		if err := j.move(p, Running, Ready, Failed); err != nil {
			return err
		}
		if err := j.useSession(session); err != nil {
			return err
		}
		p.Attempt++
		p.Session = session
		return j.putAttempt(Attempt{Phase: name, Number: p.Attempt, Session: session, State: Running, Began: p.Since})
	})
}

// FinishPhase ends the attempt of a session with success and publishes its
// deliveries.
func (s *Store) FinishPhase(ctx context.Context, id ID, name string, session ID, report []byte) (Phase, error) {
	return s.changePhase(ctx, id, name, func(j *jobTx, p *Phase) error {
		if len(report) > maxReport {
			return wrong(ErrInvalid, "report of %d bytes, want at most %d", len(report), maxReport)
		}
		if err := j.move(p, Done, Running); err != nil {
			return err
		}
		p.Failure, p.Report = "", report
		if err := j.endAttempt(*p, session); err != nil {
			return err
		}
		return j.publish(session)
	})
}

// FailPhase ends the attempt of a session without success and removes its
// deliveries. It changes nothing of a phase that was cancelled meanwhile.
func (s *Store) FailPhase(ctx context.Context, id ID, name string, session ID, failure string) (Phase, error) {
	return s.changePhase(ctx, id, name, func(j *jobTx, p *Phase) error {
		if p.State == Cancelled {
			return nil
		}
		if err := j.move(p, Failed, Running); err != nil {
			return err
		}
		return j.abandon(p, session, failure)
	})
}

// abandon ends an attempt and removes what it would have delivered.
func (j *jobTx) abandon(p *Phase, session ID, failure string) error {
	p.Failure = clip(failure)
	if err := j.endAttempt(*p, session); err != nil {
		return err
	}
	return j.withdraw(session)
}

// cancelPhases cancels every phase that is not done.
func (j *jobTx) cancelPhases() error {
	for _, name := range j.info.Phases {
		p, err := j.phase(name)
		if err != nil {
			return err
		}
		if p.State == Done {
			continue
		}
		ran := p.State == Running
		p.State, p.Since = Cancelled, j.s.now()
		if ran {
			err = j.abandon(&p, p.Session, "cancelled by "+j.info.Cancelled.By)
		}
		if err == nil {
			err = j.putPhase(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
