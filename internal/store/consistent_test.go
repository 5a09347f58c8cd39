package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// requireConsistent checks what must hold between any two transactions: the
// pages of the file, the counters, and that chunks are there for each record, in
// a row and with its digest, and no others.
func requireConsistent(t testing.TB, s *Store) {
	t.Helper()
	require.NoError(t, s.db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			require.NoError(t, err)
		}
		var total int64
		for _, id := range jobIDs(tx) {
			j, err := s.job(tx, id)
			require.NoError(t, err)
			require.Equal(t, counted(t, j), j.info.Bytes, "bytes of the job")
			total += j.info.Bytes
		}
		m, _, err := get[meta](tx.Bucket(metaBucket), metaBucket)
		require.NoError(t, err)
		require.Equal(t, total, m.Bytes, "bytes of all jobs")
		return nil
	}))
}

// counted adds up what a job holds and checks its chunks.
func counted(t testing.TB, j *jobTx) int64 {
	blobs := map[uint64]*blob{}
	n := int64(len(j.b.Get(canonicalKey)))
	require.NoError(t, j.bucket(approvalsBucket).ForEach(func(_, v []byte) error {
		n += int64(len(v))
		return nil
	}))
	require.NoError(t, each(j.bucket(uploadsBucket), func(_ []byte, u upload) error {
		require.LessOrEqual(t, u.Offset, u.Length)
		blobs[u.Blob] = &u.blob
		n += u.Length
		return nil
	}))
	require.NoError(t, each(j.bucket(deliverBucket), func(_ []byte, d delivery) error {
		require.Equal(t, d.Length, d.Offset)
		require.True(t, d.Whole || !d.Published)
		blobs[d.Blob] = &d.blob
		n += d.Length
		return nil
	}))
	checkChunks(t, j, blobs)
	return n
}

func checkChunks(t testing.TB, j *jobTx, blobs map[uint64]*blob) {
	require.NoError(t, j.bucket(chunksBucket).ForEachBucket(func(key []byte) error {
		require.Contains(t, blobs, binary.BigEndian.Uint64(key), "chunks of no record")
		return nil
	}))
	for id, b := range blobs {
		h, at := sha256.New(), int64(0)
		if chunks := j.bucket(chunksBucket).Bucket(number(id)); chunks != nil {
			require.NoError(t, chunks.ForEachBucket(func(key []byte) error {
				require.EqualValues(t, at, binary.BigEndian.Uint64(key))
				n, err := h.Write(j.chunk(id, at))
				at += int64(n)
				return err
			}))
		}
		require.Equal(t, b.Offset, at, "bytes that are there")
		want, err := b.sum()
		require.NoError(t, err)
		require.Equal(t, want, ID(h.Sum(nil)), "running digest")
	}
}

// snapshot is all that the methods tell of a store, as text.
func snapshot(t testing.TB, s *Store) string {
	t.Helper()
	var all []any
	ids, err := s.Jobs(t.Context())
	require.NoError(t, err)
	for _, id := range ids {
		for _, f := range []func() (any, error){
			func() (any, error) { return s.Job(t.Context(), id) },
			func() (any, error) { return s.Approvals(t.Context(), id) },
			func() (any, error) { return s.Attempts(t.Context(), id) },
			func() (any, error) { return s.Uploads(t.Context(), id) },
			func() (any, error) { return s.Deliveries(t.Context(), id) },
			func() (any, error) { return s.Audit(t.Context(), id, 0) },
		} {
			v, err := f()
			require.NoError(t, err)
			all = append(all, v)
		}
	}
	text, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	return string(text)
}
