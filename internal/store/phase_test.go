package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// run brings a phase into a running session.
func run(t testing.TB, s *Store, id ID, phase string, session byte) Phase {
	t.Helper()
	_, err := s.ReadyPhase(t.Context(), id, phase)
	require.NoError(t, err)
	p, err := s.BeginPhase(t.Context(), id, phase, ID{session})
	require.NoError(t, err)
	require.Equal(t, Running, p.State)
	return p
}

func TestPhaseToItsEnd(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	p, err := s.ReadyPhase(t.Context(), id, "train")
	require.NoError(t, err)
	require.Equal(t, Ready, p.State)
	again, err := s.ReadyPhase(t.Context(), id, "train")
	require.NoError(t, err)
	require.Equal(t, p, again)
	p = run(t, s, id, "train", 1)
	require.Equal(t, 1, p.Attempt)
	require.Equal(t, ID{1}, p.Session)
	p, err = s.FinishPhase(t.Context(), id, "train", ID{1}, []byte("a report"))
	require.NoError(t, err)
	reopen(t, s)
	job, err := s.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, p, job.Phases[1])
	require.Equal(t, Phase{Name: "train", State: Done, Since: p.Since, Attempt: 1, Session: ID{1}, Report: []byte("a report")}, p)
	attempts, err := s.Attempts(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []Attempt{{Phase: "train", Number: 1, Session: ID{1}, State: Done, Began: attempts[0].Began, Ended: p.Since}}, attempts)
	require.True(t, attempts[0].Ended.After(attempts[0].Began))
}

func TestPhaseFailsAndRunsAgain(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	run(t, s, id, "train", 1)
	p, err := s.FailPhase(t.Context(), id, "train", ID{1}, "server 2 is gone")
	require.NoError(t, err)
	require.Equal(t, Failed, p.State)
	_, err = s.BeginPhase(t.Context(), id, "train", ID{2})
	require.NoError(t, err, "a failed phase may begin at once")
	_, err = s.FailPhase(t.Context(), id, "train", ID{2}, strings.Repeat("x", maxText+1))
	require.NoError(t, err)
	p, err = s.ReadyPhase(t.Context(), id, "train")
	require.NoError(t, err)
	require.Equal(t, Ready, p.State)
	require.Equal(t, strings.Repeat("x", maxText)+" …", p.Failure, "why stays until an attempt succeeds")
	run(t, s, id, "train", 3)
	p, err = s.FinishPhase(t.Context(), id, "train", ID{3}, nil)
	require.NoError(t, err)
	require.Empty(t, p.Failure)
	require.Equal(t, 3, p.Attempt)
	attempts, err := s.Attempts(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, attempts, 3)
	require.Equal(t, "server 2 is gone", attempts[0].Failure)
	require.Equal(t, []State{Failed, Failed, Done}, []State{attempts[0].State, attempts[1].State, attempts[2].State})
}

func TestSessionsAreNeverUsedAgain(t *testing.T) {
	s := temp(t, Options{})
	a, b := addJob(t, s, "a"), addJob(t, s, "b")
	run(t, s, a, "train", 1)
	_, err := s.FailPhase(t.Context(), a, "train", ID{1}, "x")
	require.NoError(t, err)
	reopen(t, s)
	for _, id := range []ID{a, b} {
		before, err := s.ReadyPhase(t.Context(), id, "train")
		require.NoError(t, err)
		_, err = s.BeginPhase(t.Context(), id, "train", ID{1})
		require.ErrorIs(t, err, ErrConflict)
		require.ErrorContains(t, err, "was begun before: draw new nonces")
		after, err := s.ReadyPhase(t.Context(), id, "train")
		require.NoError(t, err)
		require.Equal(t, before, after, "nothing changed")
	}
}

// TestRestart kills nothing but closes the store while phases run.
func TestRestart(t *testing.T) {
	s := temp(t, Options{})
	a, b := addJob(t, s, "a"), addJob(t, s, "b")
	run(t, s, a, "train", 1)
	run(t, s, b, "metrics", 2)
	require.NoError(t, s.PutDelivery(t.Context(), a, "train", ID{1}, Item{"model", "o"}, strings.NewReader("half of it")))
	before := usage(t, s)
	reopen(t, s)
	require.Equal(t, before-int64(len("half of it")), usage(t, s), "what nobody will fetch is gone")
	for id, at := range map[ID]int{a: 1, b: 2} {
		job, err := s.Job(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, Ready, job.Phases[at].State)
		require.Equal(t, "server restarted", job.Phases[at].Failure)
		attempts, err := s.Attempts(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, attempts, 1)
		require.Equal(t, Failed, attempts[0].State)
		require.Equal(t, Restarted, attempts[0].Failure)
		require.False(t, attempts[0].Ended.IsZero())
	}
	run(t, s, a, "train", 3)
}

// Every step from every state, against the table in the documentation.
func TestPhaseSteps(t *testing.T) {
	for _, c := range []struct {
		from State
		ok   string // of r: ready, b: begin, f: finish, x: fail, a: again
	}{{Waiting, "r"}, {Ready, "rb"}, {Running, "fx"}, {Done, "a"}, {Failed, "rb"}, {Cancelled, "x"}} {
		for _, step := range "rbfxa" {
			s := temp(t, Options{})
			id := addJob(t, s, "job")
			bring(t, s, id, c.from)
			err := take(t, s, id, step)
			if strings.ContainsRune(c.ok, step) {
				require.NoError(t, err, "%c from %s", step, c.from)
				continue
			}
			require.ErrorIs(t, err, ErrState, "%c from %s", step, c.from)
			job, err := s.Job(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, c.from, job.Phases[1].State)
		}
	}
}

// bring brings the phase train into a state, with session 1 if there is one.
func bring(t *testing.T, s *Store, id ID, to State) {
	t.Helper()
	for _, step := range map[State]string{Ready: "r", Running: "rb", Done: "rbf", Failed: "rbx"}[to] {
		require.NoError(t, take(t, s, id, step))
	}
	if to == Cancelled {
		require.NoError(t, s.CancelJob(t.Context(), id, "o", "w"))
	}
}

func take(t *testing.T, s *Store, id ID, step rune) (err error) {
	ctx, session := t.Context(), ID{1}
	switch step {
	case 'r':
		_, err = s.ReadyPhase(ctx, id, "train")
	case 'b':
		if job, _ := s.Job(ctx, id); job.Phases[1].Attempt > 0 {
			session = ID{2}
		}
		_, err = s.BeginPhase(ctx, id, "train", session)
	case 'f':
		_, err = s.FinishPhase(ctx, id, "train", session, nil)
	case 'x':
		_, err = s.FailPhase(ctx, id, "train", session, "x")
	case 'a':
		_, err = s.AgainPhase(ctx, id, "train", "server 1 did not finish")
	}
	return err
}

func TestPhaseRefusesOtherSessions(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	run(t, s, id, "train", 1)
	for _, err := range []error{
		second(s.FinishPhase(t.Context(), id, "train", ID{2}, nil)),
		second(s.FailPhase(t.Context(), id, "train", ID{2}, "x")),
		s.PutDelivery(t.Context(), id, "train", ID{2}, Item{"model", "o"}, strings.NewReader("x")),
		s.PutDelivery(t.Context(), id, "metrics", ID{1}, Item{"model", "o"}, strings.NewReader("x")),
	} {
		require.ErrorIs(t, err, ErrState)
	}
	_, err := s.FinishPhase(t.Context(), id, "train", ID{1}, make([]byte, maxReport+1))
	require.ErrorIs(t, err, ErrInvalid)
	_, err = s.ReadyPhase(t.Context(), id, "no such")
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.FinishPhase(t.Context(), id, "train", ID{1}, nil)
	require.NoError(t, err)
}

// A job that one server ended well and another did not is run again.
func TestAgainPhase(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	for session := byte(1); session <= 2; session++ {
		run(t, s, id, "train", session)
		require.NoError(t, s.PutDelivery(t.Context(), id, "train", ID{session}, Item{"model", "o"}, strings.NewReader("model "+string('0'+session))))
		_, err := s.FinishPhase(t.Context(), id, "train", ID{session}, nil)
		require.NoError(t, err)
		if session == 1 {
			p, err := s.AgainPhase(t.Context(), id, "train", "server 1 did not finish")
			require.NoError(t, err)
			require.Equal(t, "server 1 did not finish", p.Failure)
		}
	}
	all, err := s.Deliveries(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, []ID{{1}, {2}}, []ID{all[0].Session, all[1].Session})
}
