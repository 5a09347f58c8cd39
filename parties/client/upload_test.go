package client

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// crowded is a server that has too many uploads for a while, or limits that do not
// pass.
type crowded struct {
	partypb.UnimplementedConsortiumServer
	refusals int
	passes   bool
}

func (c *crowded) UploadState(context.Context, *partypb.UploadStateRequest) (*partypb.UploadStateReply, error) {
	return &partypb.UploadStateReply{}, nil
}

func (c *crowded) Upload(st grpc.ClientStreamingServer[partypb.UploadRequest, partypb.UploadStateReply]) error {
	if c.refusals--; c.refusals < 0 {
		return st.SendAndClose(&partypb.UploadStateReply{Complete: true})
	}
	if c.passes {
		st.SetTrailer(metadata.Pairs(partypb.RetryAfter, "1"))
	}
	return status.Error(codes.ResourceExhausted, "1 uploads run already")
}

// An upload waits for a server that has too many, however long that takes, and not
// for one that will never take it.
func TestUploadWaitsForItsTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sealed")
	require.NoError(t, os.WriteFile(path, []byte("sealed"), 0o600))
	waits := 0
	try := func(c *crowded) (*partypb.UploadStateReply, error) {
		u := &upload{server: fake(t, c), head: &partypb.UploadHead{Length: 6}, path: path, pause: time.Microsecond, busy: func() { waits++ }}
		return u.run(t.Context())
	}
	state, err := try(&crowded{refusals: 2 * retries, passes: true})
	require.NoError(t, err)
	require.True(t, state.GetComplete())
	require.Equal(t, 2*retries, waits)
	_, err = try(&crowded{refusals: 1})
	require.ErrorContains(t, err, "1 uploads run already")
}
