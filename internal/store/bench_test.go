package store

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkUpload stores an item of 64 MiB, with an fsync for each chunk of 1
// MiB.
func BenchmarkUpload(b *testing.B) {
	data := bytesOf(1, 64<<20)
	s := temp(b, Options{})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		id := addJob(b, s, "job")
		_, err := send(b.Context(), s, id, features("a"), data, MaxChunk)
		require.NoError(b, err)
		require.NoError(b, s.DropJob(b.Context(), id))
	}
	u, err := s.Usage(b.Context())
	require.NoError(b, err)
	b.ReportMetric(float64(u.FileSize)/float64(len(data)), "file/data")
}

func BenchmarkRead(b *testing.B) {
	data := bytesOf(1, 64<<20)
	s := temp(b, Options{})
	id := addJob(b, s, "job")
	_, err := send(b.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := s.OpenUpload(b.Context(), id, features("a"))
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, r)
		require.NoError(b, err)
	}
}

// BenchmarkAudit is what a small record costs: one fsync.
func BenchmarkAudit(b *testing.B) {
	s := temp(b, Options{})
	id := addJob(b, s, "job")
	for b.Loop() {
		require.NoError(b, s.AddAudit(b.Context(), id, "a line"))
	}
}
