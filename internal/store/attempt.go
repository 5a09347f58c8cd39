package store

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Attempt is one session of a phase.
type Attempt struct {
	Phase   string    `json:"phase"`
	Number  int       `json:"number"` // from 1
	Session ID        `json:"session"`
	State   State     `json:"state"` // running, done, failed or cancelled
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"`
	Failure string    `json:"failure,omitempty"`
}

// Attempts returns every attempt at the phases of a job, the oldest first.
func (s *Store) Attempts(ctx context.Context, id ID) (out []Attempt, err error) {
	err = s.look(ctx, id, func(j *jobTx) error {
		return each(j.bucket(attemptsBucket), func(_ []byte, a Attempt) error {
			out = append(out, a)
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b Attempt) int { return a.Began.Compare(b.Began) })
	return out, err
}

func attemptKey(phase string, number int) []byte {
	key := append([]byte{byte(len(phase))}, phase...)
	return binary.BigEndian.AppendUint32(key, uint32(number))
}

func (j *jobTx) putAttempt(a Attempt) error {
	return put(j.bucket(attemptsBucket), attemptKey(a.Phase, a.Number), a)
}

// endAttempt writes down how the attempt of a phase ended.
func (j *jobTx) endAttempt(p Phase, session ID) error {
	if p.Session != session {
		return wrong(ErrState, "phase %s runs in session %s, not in %s", p.Name, p.Session, session)
	}
	a, ok, err := get[Attempt](j.bucket(attemptsBucket), attemptKey(p.Name, p.Attempt))
	if err == nil && !ok {
		err = wrong(ErrNotFound, "attempt %d at phase %s", p.Attempt, p.Name)
	}
	if err != nil {
		return err
	}
	a.State, a.Ended, a.Failure = p.State, p.Since, p.Failure
	return j.putAttempt(a)
}

// useSession notes that a session id is used, for ever.
func (j *jobTx) useSession(session ID) error {
	b := j.tx.Bucket(sessionsBucket)
	if b.Get(session[:]) != nil {
		return wrong(ErrConflict, "session %s was begun before: draw new nonces", session)
	}
	return b.Put(session[:], j.id[:])
}

// recover fails what was running when the server died and makes it ready again.
func (s *Store) recover(tx *bolt.Tx) error {
	for _, id := range jobIDs(tx) {
		j, err := s.job(tx, id)
		if err != nil {
			return err
		}
		if j.running() == "" {
			continue
		}
		if err := errors.Join(j.restart(), j.save()); err != nil {
			return err
		}
	}
	return nil
}

func (j *jobTx) restart() error {
	for _, name := range j.info.Phases {
		p, err := j.phase(name)
		if err != nil {
			return err
		}
		if p.State != Running {
			continue
		}
		p.State, p.Since = Failed, j.s.now()
		if err := j.abandon(&p, p.Session, Restarted); err != nil {
			return err
		}
		p.State = Ready
		if err := j.putPhase(p); err != nil {
			return err
		}
	}
	return nil
}

// maxText is the longest failure text that is kept.
const maxText = 8 << 10

// clip shortens a text for people.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + " …"
}

// list joins states for a message.
func list(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, " or ")
}
