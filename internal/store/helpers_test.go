package store

import (
	"context"
	"crypto/sha256"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// begin is when the clock of the tests starts; each look moves it by a second.
var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func clock() func() time.Time {
	now := begin
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// temp returns a new store.
func temp(t testing.TB, opt Options) *Store {
	t.Helper()
	if opt.Now == nil {
		opt.Now = clock()
	}
	s, err := Open(filepath.Join(t.TempDir(), "server.db"), opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// reopen closes a store and opens it again.
func reopen(t testing.TB, s *Store) {
	t.Helper()
	require.NoError(t, s.Close())
	again, err := Open(s.path, s.opt)
	require.NoError(t, err)
	*s = *again
}

var phases = []string{"standardise", "train", "metrics"}

// addJob stores a job of a name and returns its id.
func addJob(t testing.TB, s *Store, name string) ID {
	t.Helper()
	id := sum([]byte(name))
	added, err := s.AddJob(t.Context(), id, []byte(name), phases)
	require.NoError(t, err)
	require.True(t, added)
	return id
}

func sum(b []byte) ID { return sha256.Sum256(b) }

// bytesOf is n bytes that differ from place to place and with the seed.
func bytesOf(seed byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = seed + byte(i^i>>8^i>>16)
	}
	return b
}

// send uploads all of an item, from where it is, in chunks of a size.
func send(ctx context.Context, s *Store, id ID, it Item, data []byte, size int) (Upload, error) {
	u, err := s.BeginUpload(ctx, id, it, int64(len(data)), sum(data))
	for err == nil && u.Offset < u.Length {
		rest := data[u.Offset:]
		u, err = s.AppendUpload(ctx, id, it, u.Offset, rest[:min(size, len(rest))])
	}
	if err == nil {
		u, err = s.FinishUpload(ctx, id, it, []byte("receipt of "+it.String()))
	}
	return u, err
}

// read returns all that an upload holds.
func read(t testing.TB, s *Store, id ID, it Item) []byte {
	t.Helper()
	r, err := s.OpenUpload(t.Context(), id, it)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.EqualValues(t, r.Size(), len(b))
	return b
}

// usage returns the bytes that count.
func usage(t testing.TB, s *Store) int64 {
	t.Helper()
	u, err := s.Usage(t.Context())
	require.NoError(t, err)
	return u.Bytes
}

func features(owner string) Item { return Item{What: "features", Owner: owner} }
