package store

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func requireQuota(t *testing.T, err error, what string, got, want int64) {
	t.Helper()
	var q *QuotaError
	require.ErrorAs(t, err, &q)
	require.Equal(t, QuotaError{what, got, want}, *q)
	require.ErrorContains(t, err, "the server's operator can raise the limit or drop old jobs")
}

func TestQuotas(t *testing.T) {
	s := temp(t, Options{MaxJobs: 2, MaxJobBytes: 1000, MaxBytes: 1500})
	a, b := addJob(t, s, "a"), addJob(t, s, "b")
	ctx := t.Context()
	_, err := s.AddJob(ctx, ID{1}, []byte("c"), nil)
	requireQuota(t, err, "jobs", 3, 2)
	_, err = s.BeginUpload(ctx, a, features("a"), 1000, ID{})
	requireQuota(t, err, "bytes of the job", 1001, 1000)
	_, err = s.BeginUpload(ctx, a, features("a"), 999, ID{})
	require.NoError(t, err)
	requireQuota(t, s.AddApproval(ctx, a, "x", []byte("y"), fresh), "bytes of the job", 1001, 1000)
	_, err = s.BeginUpload(ctx, b, features("a"), 500, ID{})
	requireQuota(t, err, "bytes of all jobs", 1501, 1500)
	_, err = s.Upload(ctx, b, features("a"))
	require.ErrorIs(t, err, ErrNotFound, "nothing of it is there")
	require.EqualValues(t, 1001, usage(t, s))
	_, err = s.BeginUpload(ctx, b, features("a"), 499, ID{})
	require.NoError(t, err)

	require.NoError(t, s.DropJob(ctx, a))
	reopen(t, s)
	u, err := s.Usage(ctx)
	require.NoError(t, err)
	require.Equal(t, Usage{Jobs: 1, Bytes: 500, FileSize: u.FileSize}, u)
	require.Positive(t, u.FileSize)
	_, err = s.AddJob(ctx, ID{1}, []byte("c"), nil)
	require.NoError(t, err)
}

// A length beyond all sense is refused and does not overflow the sums.
func TestQuotaOverflow(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	for _, n := range []int64{math.MaxInt64, math.MaxInt64 - 2, 64<<30 + 1} {
		_, err := s.BeginUpload(t.Context(), id, features("a"), n, ID{})
		var q *QuotaError
		require.ErrorAs(t, err, &q)
	}
	require.EqualValues(t, 3, usage(t, s))
}
