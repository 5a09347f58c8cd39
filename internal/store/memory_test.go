package store

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/identity"
)

// meter watches the heap.
type meter struct{ before, most uint64 }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// look notes how much the heap holds.
func (m *meter) look() { m.most = max(m.most, heap()) }

// Write looks at every call.
func (m *meter) Write(p []byte) (int, error) {
	m.look()
	return len(p), nil
}

// blocks passes on what is written to it in blocks of 32 MiB at least.
type blocks struct {
	to io.Writer
	n  int64 // since the last
}

func (b *blocks) Write(p []byte) (int, error) {
	if b.n += int64(len(p)); b.n < 32<<20 {
		return len(p), nil
	}
	b.n = 0
	return b.to.Write(p)
}

// endless are zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestLargePart seals, stores and opens a part of 256 MiB, and never holds more
// than a few chunks of it.
func TestLargePart(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 512 MiB")
	}
	const n = 256 << 20
	s := temp(t, Options{})
	id, key := addJob(t, s, "job"), identity.Generate()
	m := &meter{before: heap()}

	file, err := os.Create(filepath.Join(t.TempDir(), "sealed"))
	require.NoError(t, err)
	defer file.Close()
	digest := sha256.New()
	w, err := key.SealKey().NewWriter(io.MultiWriter(file, digest, &blocks{to: m}), nil)
	require.NoError(t, err)
	_, err = io.Copy(w, io.LimitReader(endless{}, n))
	require.NoError(t, err)
	require.NoError(t, w.Close())

	sendFile(t, s, id, file, ID(digest.Sum(nil)), &blocks{to: m})
	r, err := s.OpenUpload(t.Context(), id, features("a"))
	require.NoError(t, err)
	plain, err := key.NewReader(r, nil)
	require.NoError(t, err)
	got, err := io.Copy(&blocks{to: m}, plain)
	require.NoError(t, err)
	require.EqualValues(t, n, got)
	require.Less(t, m.most, m.before+16<<20)
	t.Logf("at most %d KiB", (m.most-m.before)>>10)
}

// sendFile uploads a file, chunk by chunk.
func sendFile(t *testing.T, s *Store, id ID, file *os.File, digest ID, also io.Writer) {
	t.Helper()
	size, err := file.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	u, err := s.BeginUpload(t.Context(), id, features("a"), size, digest)
	require.NoError(t, err)
	for buf := make([]byte, MaxChunk); u.Offset < size; {
		chunk := buf[:min(MaxChunk, size-u.Offset)]
		_, err = file.ReadAt(chunk, u.Offset)
		require.NoError(t, err)
		u, err = s.AppendUpload(t.Context(), id, features("a"), u.Offset, chunk)
		require.NoError(t, err)
		_, _ = also.Write(chunk)
	}
	_, err = s.FinishUpload(t.Context(), id, features("a"), []byte("receipt"))
	require.NoError(t, err)
}
