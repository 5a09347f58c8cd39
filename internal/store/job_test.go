package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

func TestJobsComeBack(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job a")
	reopen(t, s)
	job, err := s.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "job a", string(job.Canonical))
	require.Equal(t, begin.Add(2*time.Second), job.Added)
	require.EqualValues(t, 5, job.Bytes)
	require.Nil(t, job.Cancelled)
	require.Len(t, job.Phases, 3)
	for i, p := range job.Phases {
		require.Equal(t, Phase{Name: phases[i], State: Waiting, Since: p.Since}, p)
	}
	_, err = s.Job(t.Context(), ID{7})
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, "job 0700000000")
}

func TestAddJobTwice(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	added, err := s.AddJob(t.Context(), id, []byte("job"), phases)
	require.NoError(t, err)
	require.False(t, added)
	_, err = s.AddJob(t.Context(), id, []byte("another"), phases)
	require.ErrorIs(t, err, ErrConflict)
	require.EqualValues(t, 3, usage(t, s))
}

func TestAddJobRefuses(t *testing.T) {
	s := temp(t, Options{})
	for want, c := range map[string]struct {
		canonical string
		phases    []string
	}{
		"job of 0 bytes":                                      {"", nil},
		`phase "a" stands twice`:                              {"x", []string{"a", "b", "a"}},
		"phase has a name of 0 bytes":                         {"x", []string{""}},
		"phase has a name of 256 bytes":                       {"x", []string{strings.Repeat("x", 256)}},
		`phase has the name "\xff", want UTF-8`:               {"x", []string{"\xff"}},
		`phase has the name "\n", want no control characters`: {"x", []string{"\n"}},
		"job of 4194305 bytes, want 1 to 4194304":             {strings.Repeat("x", maxCanonical+1), nil},
	} {
		_, err := s.AddJob(t.Context(), ID{1}, []byte(c.canonical), c.phases)
		require.ErrorIs(t, err, ErrInvalid)
		require.ErrorContains(t, err, want)
	}
	jobs, err := s.Jobs(t.Context())
	require.NoError(t, err)
	require.Empty(t, jobs)
	require.Zero(t, usage(t, s))
}

func TestApprovals(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	for range 2 { // the same again changes nothing
		require.NoError(t, s.AddApproval(t.Context(), id, "server 0", []byte("signed"), fresh))
		require.NoError(t, s.AddApproval(t.Context(), id, "owner a", []byte("signed too"), fresh))
	}
	require.EqualValues(t, 3+6+10, usage(t, s))
	reopen(t, s)
	got, err := s.Approvals(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"server 0": []byte("signed"), "owner a": []byte("signed too")}, got)

	require.ErrorIs(t, s.AddApproval(t.Context(), id, "server 0", []byte("otherwise"), fresh), ErrConflict)
	require.ErrorIs(t, s.AddApproval(t.Context(), id, "", []byte("x"), fresh), ErrInvalid)
	require.ErrorIs(t, s.AddApproval(t.Context(), id, "x", nil, fresh), ErrInvalid)
	require.ErrorIs(t, s.AddApproval(t.Context(), id, "x", make([]byte, maxApproval+1), fresh), ErrInvalid)
	require.ErrorIs(t, s.AddApproval(t.Context(), ID{}, "x", []byte("x"), fresh), ErrNotFound)
}

func TestCancelJob(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	data := bytesOf(1, 100)
	_, err := send(t.Context(), s, id, features("a"), data, 100)
	require.NoError(t, err)
	run(t, s, id, "standardise", 1)
	_, err = s.FinishPhase(t.Context(), id, "standardise", ID{1}, nil)
	require.NoError(t, err)
	run(t, s, id, "train", 2)

	require.NoError(t, s.CancelJob(t.Context(), id, "owner a", "wrong data"))
	require.NoError(t, s.CancelJob(t.Context(), id, "owner b", "too late"))
	reopen(t, s)
	job, err := s.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "owner a", job.Cancelled.By)
	require.Equal(t, "wrong data", job.Cancelled.Why)
	require.Equal(t, []State{Done, Cancelled, Cancelled}, states(job))
	require.Equal(t, "cancelled by owner a", job.Phases[1].Failure)

	p, err := s.FailPhase(t.Context(), id, "train", ID{2}, "its session was ended")
	require.NoError(t, err, "who ran it may report late")
	require.Equal(t, Cancelled, p.State)
	_, err = s.FinishPhase(t.Context(), id, "train", ID{2}, nil)
	require.ErrorIs(t, err, ErrState)
	for _, err := range []error{
		second(s.BeginPhase(t.Context(), id, "train", ID{3})),
		second(s.ReadyPhase(t.Context(), id, "metrics")),
		second(s.AgainPhase(t.Context(), id, "standardise", "x")),
		second(s.BeginUpload(t.Context(), id, features("b"), 1, ID{})),
		second(send(t.Context(), s, id, features("a"), data, 100)),
	} {
		require.ErrorIs(t, err, ErrState)
		require.ErrorContains(t, err, "the job was cancelled by owner a: wrong data")
	}
	require.Equal(t, data, read(t, s, id, features("a")), "what is stored stays")
	attempts, err := s.Attempts(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, Cancelled, attempts[1].State)
}

func second[T any](_ T, err error) error { return err }

func states(j Job) (out []State) {
	for _, p := range j.Phases {
		out = append(out, p.State)
	}
	return out
}

func TestDropJob(t *testing.T) {
	s := temp(t, Options{})
	id, other := addJob(t, s, "job"), addJob(t, s, "other")
	_, err := send(t.Context(), s, id, features("a"), bytesOf(1, 3*MaxChunk), MaxChunk)
	require.NoError(t, err)
	_, err = send(t.Context(), s, other, features("a"), bytesOf(2, 100), MaxChunk)
	require.NoError(t, err)
	run(t, s, id, "train", 1)
	require.ErrorContains(t, s.DropJob(t.Context(), id), "phase train is running: cancel the job first")
	require.NoError(t, s.CancelJob(t.Context(), id, "operator", "old"))
	require.NoError(t, s.DropJob(t.Context(), id))
	require.ErrorIs(t, s.DropJob(t.Context(), id), ErrNotFound)
	require.EqualValues(t, len("other")+100, usage(t, s))
	require.Equal(t, bytesOf(2, 100), read(t, s, other, features("a")))

	require.Equal(t, id, addJob(t, s, "job"))
	_, err = s.ReadyPhase(t.Context(), id, "train")
	require.NoError(t, err)
	_, err = s.BeginPhase(t.Context(), id, "train", ID{1})
	require.ErrorIs(t, err, ErrConflict, "the session of a job that was dropped stays used")
}

func TestAudit(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	for _, text := range []string{"one", "two", strings.Repeat("é", maxText)} {
		require.NoError(t, s.AddAudit(t.Context(), id, text))
	}
	reopen(t, s)
	log, err := s.Audit(t.Context(), id, 2)
	require.NoError(t, err)
	require.Len(t, log, 2)
	require.Equal(t, Entry{Number: 2, When: log[0].When, Text: "two"}, log[0])
	require.Equal(t, strings.Repeat("é", maxText/2)+" …", log[1].Text)
	require.True(t, log[1].When.After(log[0].When))
	require.ErrorIs(t, s.AddAudit(t.Context(), ID{}, "x"), ErrNotFound)
}

// A record that cannot be read is an error that names it, not a zero value.
func TestDamagedRecords(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	require.NoError(t, s.AddAudit(t.Context(), id, "x"))
	require.NoError(t, s.update(t.Context(), func(tx *bolt.Tx) error {
		b := tx.Bucket(jobsBucket).Bucket(id[:])
		require.NoError(t, b.Bucket(phasesBucket).Put([]byte("train"), []byte("{")))
		return b.Bucket(auditBucket).Put(number(1), []byte("7"))
	}))
	for _, err := range []error{
		second(s.Job(t.Context(), id)),
		second(s.ReadyPhase(t.Context(), id, "train")),
		second(s.Audit(t.Context(), id, 0)),
	} {
		require.ErrorContains(t, err, "damaged record")
	}
}

// fresh says of every approval that it counts.
func fresh([]byte) bool { return false }

// A stale approval is replaced, and its room is free again.
func TestStaleApproval(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	require.NoError(t, s.AddApproval(t.Context(), id, "server 0", []byte("old and long"), fresh))
	require.NoError(t, s.AddApproval(t.Context(), id, "server 0", []byte("new"), func(old []byte) bool { return string(old) == "old and long" }))
	require.EqualValues(t, 3+3, usage(t, s))
	all, err := s.Approvals(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"server 0": []byte("new")}, all)
}
