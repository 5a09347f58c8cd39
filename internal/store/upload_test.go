package store

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestUpload(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	data := bytesOf(1, 2*MaxChunk+5)
	u, err := s.BeginUpload(t.Context(), id, features("a"), int64(len(data)), sum(data))
	require.NoError(t, err)
	require.Equal(t, Upload{Item: features("a"), Length: int64(len(data)), Digest: sum(data), Began: u.Began}, u)
	_, err = s.FinishUpload(t.Context(), id, features("a"), []byte("receipt"))
	require.ErrorIs(t, err, ErrState)
	require.ErrorContains(t, err, "features of a has 0 bytes of 2097157")
	_, err = s.OpenUpload(t.Context(), id, features("a"))
	require.ErrorIs(t, err, ErrNotFound, "not before it is all there")
	for u.Offset < u.Length {
		_, err = s.OpenUpload(t.Context(), id, features("a"))
		require.ErrorIs(t, err, ErrNotFound)
		u, err = s.AppendUpload(t.Context(), id, features("a"), u.Offset, data[u.Offset:min(int(u.Offset)+MaxChunk, len(data))])
		require.NoError(t, err)
	}
	require.False(t, u.Complete)
	require.True(t, bytes.Equal(data, read(t, s, id, features("a"))), "before the receipt")

	done, err := send(t.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(t, err)
	require.True(t, done.Complete)
	require.Equal(t, "receipt of features of a", string(done.Receipt))
	reopen(t, s)
	require.True(t, bytes.Equal(data, read(t, s, id, features("a"))))
	all, err := s.Uploads(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []Upload{done}, all)
	one, err := s.Upload(t.Context(), id, features("a"))
	require.NoError(t, err)
	require.Equal(t, done, one)
	_, err = s.Upload(t.Context(), id, features("b"))
	require.ErrorIs(t, err, ErrNotFound)
}

// After a break of any kind, an upload goes on where it was, whatever the sizes.
func TestUploadGoesOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := temp(t, Options{})
		id := addJob(t, s, "job")
		data := bytesOf(1, rapid.IntRange(1, 20*MinChunk).Draw(rt, "length"))
		u, err := s.BeginUpload(t.Context(), id, features("a"), int64(len(data)), sum(data))
		require.NoError(rt, err)
		for u.Offset < u.Length {
			n := min(rapid.IntRange(MinChunk, 4*MinChunk).Draw(rt, "chunk"), len(data)-int(u.Offset))
			u, err = s.AppendUpload(t.Context(), id, features("a"), u.Offset, data[u.Offset:][:n])
			require.NoError(rt, err)
			if rapid.Bool().Draw(rt, "break") {
				reopen(t, s)
				u, err = s.BeginUpload(t.Context(), id, features("a"), int64(len(data)), sum(data))
				require.NoError(rt, err)
			}
		}
		_, err = send(t.Context(), s, id, features("a"), data, MaxChunk)
		require.NoError(rt, err)
		require.True(rt, bytes.Equal(data, read(t, s, id, features("a"))))
		require.EqualValues(rt, 3+len(data), usage(t, s))
	})
}

func TestUploadTwiceGivesTheSameReceipt(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	data := bytesOf(1, 1000)
	first, err := send(t.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(t, err)
	again, err := send(t.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(t, err)
	require.Equal(t, first, again)
	third, err := s.FinishUpload(t.Context(), id, features("a"), []byte("another receipt"))
	require.NoError(t, err)
	require.Equal(t, first, third)
	require.EqualValues(t, 3+1000, usage(t, s))
}

// An owner whose machine lost the sealed bytes seals anew: what was not complete
// starts over and its room is free again.
func TestUploadStartsOver(t *testing.T) {
	s := temp(t, Options{MaxJobBytes: 3 + 3*MaxChunk})
	id := addJob(t, s, "job")
	old, data := bytesOf(1, 2*MaxChunk), bytesOf(2, 3*MaxChunk)
	_, err := s.BeginUpload(t.Context(), id, features("a"), int64(len(old)), sum(old))
	require.NoError(t, err)
	_, err = s.AppendUpload(t.Context(), id, features("a"), 0, old[:MaxChunk])
	require.NoError(t, err)
	u, err := s.BeginUpload(t.Context(), id, features("a"), int64(len(data)), sum(data))
	require.NoError(t, err)
	require.Zero(t, u.Offset)
	_, err = send(t.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, read(t, s, id, features("a"))))
	require.EqualValues(t, 3+len(data), usage(t, s))
}

func TestUploadRefuses(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	ctx := t.Context()
	data := bytesOf(1, 3*MinChunk)
	_, err := s.BeginUpload(ctx, id, features("a"), 0, ID{})
	require.ErrorIs(t, err, ErrInvalid)
	_, err = s.BeginUpload(ctx, id, features("a"), -1, ID{})
	require.ErrorIs(t, err, ErrInvalid)
	_, err = s.BeginUpload(ctx, id, features(""), 1, ID{})
	require.ErrorIs(t, err, ErrInvalid)
	_, err = s.BeginUpload(ctx, ID{9}, features("a"), 1, ID{})
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.AppendUpload(ctx, id, features("a"), 0, data)
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.FinishUpload(ctx, id, features("a"), []byte("r"))
	require.ErrorIs(t, err, ErrNotFound)

	u, err := s.BeginUpload(ctx, id, features("a"), int64(len(data)), sum(data))
	require.NoError(t, err)
	for want, chunk := range map[string][]byte{
		"chunk of 0 bytes, want 16384 to 1048576, or the end":     nil,
		"chunk of 16383 bytes":                                    data[:MinChunk-1],
		"chunk of 1048577":                                        make([]byte, MaxChunk+1),
		"features of a has 49153 bytes, and 49152 were announced": append(bytes.Clone(data), 0),
	} {
		_, err = s.AppendUpload(ctx, id, features("a"), 0, chunk)
		require.ErrorIs(t, err, ErrInvalid)
		require.ErrorContains(t, err, want)
	}
	for _, offset := range []int64{1, -1, 1 << 40} {
		var wrong *OffsetError
		_, err = s.AppendUpload(ctx, id, features("a"), offset, data[:MinChunk])
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, OffsetError{offset, 0}, *wrong)
	}
	now, err := s.Upload(ctx, id, features("a"))
	require.NoError(t, err)
	require.Equal(t, u, now, "nothing of this changed it")
	for _, receipt := range [][]byte{nil, make([]byte, maxApproval+1)} {
		_, err = s.FinishUpload(ctx, id, features("a"), receipt)
		require.ErrorIs(t, err, ErrInvalid)
	}
}

func TestDiscardUpload(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	_, err := send(t.Context(), s, id, features("a"), bytesOf(1, 2*MaxChunk), MaxChunk)
	require.NoError(t, err)
	_, err = s.ReadyPhase(t.Context(), id, "train")
	require.NoError(t, err)
	require.NoError(t, s.DiscardUpload(t.Context(), id, "train", features("a")))
	require.NoError(t, s.DiscardUpload(t.Context(), id, "train", features("a")))
	job, err := s.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, Waiting, job.Phases[1].State, "it waits for another one")
	require.EqualValues(t, 3, job.Bytes)
	_, err = send(t.Context(), s, id, features("a"), bytesOf(2, 100), MaxChunk)
	require.NoError(t, err)

	run(t, s, id, "train", 1)
	require.ErrorContains(t, s.DiscardUpload(t.Context(), id, "train", features("a")), "phase train has begun")
	_, err = s.FailPhase(t.Context(), id, "train", ID{1}, "x")
	require.NoError(t, err)
	require.ErrorIs(t, s.DiscardUpload(t.Context(), id, "train", features("a")), ErrState)
	require.ErrorIs(t, s.DiscardUpload(t.Context(), id, "none", features("a")), ErrNotFound)
	require.Equal(t, bytesOf(2, 100), read(t, s, id, features("a")))
}

// A reader keeps no transaction open: the store can be written, and even grow,
// while somebody reads; and what goes away under it is an error.
func TestReadersDoNotBlock(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	data := bytesOf(1, 2*MaxChunk)
	_, err := send(t.Context(), s, id, features("a"), data, MaxChunk)
	require.NoError(t, err)
	r, err := s.OpenUpload(t.Context(), id, features("a"))
	require.NoError(t, err)
	first := make([]byte, 1000)
	_, err = io.ReadFull(r, first)
	require.NoError(t, err)
	_, err = send(t.Context(), s, id, features("b"), bytesOf(2, 8*MaxChunk), MaxChunk)
	require.NoError(t, err)
	rest, err := io.ReadAll(iotest.OneByteReader(r))
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, append(first, rest...)))

	r, err = s.OpenUpload(t.Context(), id, features("a"))
	require.NoError(t, err)
	_, err = io.ReadFull(r, first)
	require.NoError(t, err)
	require.NoError(t, s.DropJob(t.Context(), id))
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, ErrNotFound)
}

// Owners upload at the same time.
func TestUploadsSideBySide(t *testing.T) {
	s := temp(t, Options{Now: time.Now})
	id := addJob(t, s, "job")
	owners := []string{"a", "b", "c", "d"}
	errs := make(chan error, len(owners))
	for i, o := range owners {
		go func() {
			_, err := send(t.Context(), s, id, features(o), bytesOf(byte(i), 40*MinChunk+i), MinChunk)
			errs <- err
		}()
	}
	for range owners {
		require.NoError(t, <-errs)
	}
	for i, o := range owners {
		require.True(t, bytes.Equal(bytesOf(byte(i), 40*MinChunk+i), read(t, s, id, features(o))))
	}
}
