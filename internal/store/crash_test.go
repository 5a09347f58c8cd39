package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// crashChunk is how much the process that is killed uploads at a time.
const crashChunk = 5 * MinChunk

// crashData is what owner i uploads.
func crashData(i int) []byte { return bytesOf(byte(i), 3*crashChunk+i%5) }

// writeForever does all that a server does, round after round, and says on out
// what the store has acknowledged.
func writeForever(ctx context.Context, s *Store, id ID, out io.Writer) error {
	log, err := s.Audit(ctx, id, 0)
	for i := len(log) + 1; err == nil; i++ {
		steps := []func() error{
			func() error { return s.AddAudit(ctx, id, fmt.Sprint(i)) },
			func() error { return s.AddApproval(ctx, id, fmt.Sprint("signer ", i), []byte("signed"), fresh) },
			func() error { return writeUpload(ctx, s, id, i, out) },
			func() error { return writePhase(ctx, s, id, i, out) },
		}
		for n, step := range steps {
			if err = step(); err != nil {
				return err
			}
			fmt.Fprintln(out, "step", i, n)
		}
	}
	return err
}

func writeUpload(ctx context.Context, s *Store, id ID, i int, out io.Writer) error {
	it, data := features(fmt.Sprint("owner ", i)), crashData(i)
	u, err := s.BeginUpload(ctx, id, it, int64(len(data)), sum(data))
	for err == nil && u.Offset < u.Length {
		rest := data[u.Offset:]
		if u, err = s.AppendUpload(ctx, id, it, u.Offset, rest[:min(crashChunk, len(rest))]); err == nil {
			fmt.Fprintln(out, "stored", i, u.Offset)
		}
	}
	if err == nil {
		_, err = s.FinishUpload(ctx, id, it, []byte("receipt"))
	}
	return err
}

func writePhase(ctx context.Context, s *Store, id ID, i int, out io.Writer) error {
	session := ID{byte(i), byte(i >> 8), 1}
	if _, err := s.ReadyPhase(ctx, id, "train"); errors.Is(err, ErrState) { // it was done
		if _, err := s.AgainPhase(ctx, id, "train", "for the test"); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if _, err := s.BeginPhase(ctx, id, "train", session); err != nil {
		return err
	}
	fmt.Fprintln(out, "begun", i, 0)
	if err := s.PutDelivery(ctx, id, "train", session, model, bytes.NewReader(crashData(i))); err != nil {
		return err
	}
	if _, err := s.FinishPhase(ctx, id, "train", session, []byte("report")); err != nil {
		return err
	}
	fmt.Fprintln(out, "done", i, 0)
	return nil
}

// TestKilled kills a process that writes, with no warning, time and again, and
// finds in the store all that it had acknowledged.
func TestKilled(t *testing.T) {
	if path := os.Getenv(childPath); path != "" {
		s, err := Open(path, Options{Now: clock()})
		require.NoError(t, err)
		require.NoError(t, writeForever(t.Context(), s, sum([]byte("job")), os.Stdout))
	}
	path := filepath.Join(t.TempDir(), "server.db")
	s, err := Open(path, Options{Now: clock()})
	require.NoError(t, err)
	id := addJob(t, s, "job")
	rounds, seed := 25, rand.Uint64()
	if testing.Short() {
		rounds = 5
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range rounds {
		require.NoError(t, s.Close())
		said := killAfter(t, path, 1+random.IntN(30))
		s, err = Open(path, Options{Now: clock()})
		require.NoError(t, err)
		requireConsistent(t, s)
		for _, line := range said {
			requireAcknowledged(t, s, id, line)
		}
	}
	require.NoError(t, s.Close())
}

// killAfter runs the child, kills it after a number of lines, and returns all
// lines that it wrote.
func killAfter(t *testing.T, path string, lines int) (said []string) {
	t.Helper()
	cmd := child(t, "TestKilled", path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	for in := bufio.NewScanner(out); in.Scan(); {
		if strings.HasPrefix(in.Text(), "=== RUN") {
			continue
		}
		if said = append(said, in.Text()); len(said) == lines {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait(), "it ended by itself: %q", said)
	require.GreaterOrEqual(t, len(said), lines, "%q", said)
	return said
}

// requireAcknowledged looks in the store for what a line says.
func requireAcknowledged(t *testing.T, s *Store, id ID, line string) {
	t.Helper()
	var what string
	var i int
	var n int64
	_, err := fmt.Sscan(line, &what, &i, &n)
	require.NoError(t, err, "%q", line)
	session := ID{byte(i), byte(i >> 8), 1}
	switch what {
	case "stored":
		u, err := s.Upload(t.Context(), id, features(fmt.Sprint("owner ", i)))
		require.NoError(t, err)
		require.GreaterOrEqual(t, u.Offset, n)
		requireBytes(t, s, id, u)
	case "begun":
		require.NoError(t, s.view(t.Context(), func(tx *bolt.Tx) error {
			require.NotNil(t, tx.Bucket(sessionsBucket).Get(session[:]), "the id of the session is used")
			return nil
		}))
	case "done":
		r, err := s.OpenDelivery(t.Context(), id, session, model)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(crashData(i), got))
	case "step":
		requireStep(t, s, id, i, int(n))
	default:
		t.Fatalf("the child said %q", line)
	}
}

func requireStep(t *testing.T, s *Store, id ID, i, n int) {
	t.Helper()
	switch n {
	case 0:
		log, err := s.Audit(t.Context(), id, uint64(i))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), log[0].Text)
	case 1:
		signed, err := s.Approvals(t.Context(), id)
		require.NoError(t, err)
		require.Contains(t, signed, fmt.Sprint("signer ", i))
	case 2:
		require.True(t, bytes.Equal(crashData(i), read(t, s, id, features(fmt.Sprint("owner ", i)))))
	}
}

// requireBytes compares what there is of an upload with what was sent.
func requireBytes(t *testing.T, s *Store, id ID, u Upload) {
	t.Helper()
	var i int
	_, err := fmt.Sscanf(u.Item.Owner, "owner %d", &i)
	require.NoError(t, err)
	var got []byte
	require.NoError(t, s.look(t.Context(), id, func(j *jobTx) error {
		stored, _, err := j.upload(u.Item)
		for at := int64(0); err == nil && at < stored.Offset; at = int64(len(got)) {
			got = append(got, j.chunk(stored.Blob, at)...)
		}
		return err
	}))
	require.True(t, bytes.Equal(crashData(i)[:u.Offset], got))
}
