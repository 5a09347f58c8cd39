package transport_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

func TestClosing(t *testing.T) {
	disk := errors.New("disk full")
	for _, c := range []struct {
		cause error
		want  string
	}{
		{nil, "server 1: session closed"},
		{disk, "server 1: disk full"},
		{&transport.PeerError{Server: 2, Cause: disk}, "server 2: disk full"},
		{fmt.Errorf("step a/b: %w", &transport.PeerError{Server: 2, Cause: disk}), "server 2: step a/b: server 2: disk full"},
	} {
		require.EqualError(t, transport.Closing(1, c.cause), c.want)
	}
}

func TestCheckPeer(t *testing.T) {
	require.NoError(t, transport.CheckPeer(0, 2))
	require.EqualError(t, transport.CheckPeer(1, 1), "peer 1 of server 1, want one of the two others of 0, 1 and 2")
	require.Error(t, transport.CheckPeer(1, 3))
	require.Error(t, transport.CheckPeer(1, -1))
}
