package store

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

var model = Item{"model", "hospital-a"}

func TestDeliver(t *testing.T) {
	for _, n := range []int{0, 1, MaxChunk - 1, MaxChunk, MaxChunk + 1, 3 * MaxChunk} {
		s := temp(t, Options{MaxJobBytes: 100, MaxBytes: 100}) // quotas do not throw away work that is done
		id := addJob(t, s, "job")
		run(t, s, id, "train", 1)
		data := bytesOf(3, n)
		require.NoError(t, s.PutDelivery(t.Context(), id, "train", ID{1}, model, iotest.HalfReader(bytes.NewReader(data))))
		all, err := s.Deliveries(t.Context(), id)
		require.NoError(t, err)
		require.Empty(t, all, "not before the session ended well")
		_, err = s.OpenDelivery(t.Context(), id, ID{1}, model)
		require.ErrorIs(t, err, ErrNotFound)

		_, err = s.FinishPhase(t.Context(), id, "train", ID{1}, nil)
		require.NoError(t, err)
		reopen(t, s)
		all, err = s.Deliveries(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, []Delivery{{Item: model, Phase: "train", Session: ID{1}, Length: int64(n), Digest: sum(data), Made: all[0].Made}}, all)
		r, err := s.OpenDelivery(t.Context(), id, ID{1}, model)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got))
		require.EqualValues(t, 3+n, usage(t, s))
	}
}

// A delivery of a session that failed is never seen, and takes no room.
func TestWithdrawnDeliveries(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	run(t, s, id, "train", 1)
	require.NoError(t, s.PutDelivery(t.Context(), id, "train", ID{1}, model, bytes.NewReader(bytesOf(1, 3*MaxChunk))))
	_, err := s.FailPhase(t.Context(), id, "train", ID{1}, "x")
	require.NoError(t, err)
	require.EqualValues(t, 3, usage(t, s))
	_, err = s.OpenDelivery(t.Context(), id, ID{1}, model)
	require.ErrorIs(t, err, ErrNotFound)
}

// A delivery that breaks off keeps its session from ending well.
func TestBrokenDelivery(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	run(t, s, id, "train", 1)
	broken := errors.New("the sealer failed")
	err := s.PutDelivery(t.Context(), id, "train", ID{1}, model, io.MultiReader(bytes.NewReader(bytesOf(1, 2*MaxChunk)), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	_, err = s.FinishPhase(t.Context(), id, "train", ID{1}, nil)
	require.ErrorContains(t, err, "the delivery of model of hospital-a is not whole")
	require.ErrorIs(t, s.PutDelivery(t.Context(), id, "train", ID{1}, model, bytes.NewReader(nil)), ErrConflict)
	_, err = s.FailPhase(t.Context(), id, "train", ID{1}, "x")
	require.NoError(t, err)
	require.EqualValues(t, 3, usage(t, s))
}

func TestPutDeliveryRefuses(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	require.ErrorIs(t, s.PutDelivery(t.Context(), id, "train", ID{}, model, bytes.NewReader(nil)), ErrState)
	require.ErrorIs(t, s.PutDelivery(t.Context(), id, "train", ID{}, Item{}, bytes.NewReader(nil)), ErrInvalid)
	require.ErrorIs(t, s.PutDelivery(t.Context(), ID{}, "train", ID{}, model, bytes.NewReader(nil)), ErrNotFound)
	_, err := s.OpenDelivery(t.Context(), ID{}, ID{}, model)
	require.ErrorIs(t, err, ErrNotFound)
}

// A session that ends while its delivery is being written keeps nothing of it.
func TestDeliveryAfterTheEnd(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	run(t, s, id, "train", 1)
	cancel := readerFunc(func([]byte) (int, error) {
		return 0, errors.Join(s.CancelJob(t.Context(), id, "o", "w"), io.EOF)
	})
	err := s.PutDelivery(t.Context(), id, "train", ID{1}, model, io.MultiReader(bytes.NewReader(bytesOf(1, MaxChunk)), cancel))
	require.ErrorContains(t, err, "phase train is not running in session 01000000")
	require.EqualValues(t, 3, usage(t, s))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
