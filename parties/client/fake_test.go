package client

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// fake is a server that answers what a test wants, as a client reaches it.
func fake(t *testing.T, answers partypb.ConsortiumServer) *server {
	key := identity.Generate()
	node, err := grpcnet.Listen("127.0.0.1:0", key.Private(), grpcnet.WithServices(func(r grpc.ServiceRegistrar) {
		partypb.RegisterConsortiumServer(r, answers)
	}))
	require.NoError(t, err)
	t.Cleanup(func() { node.Close() })
	s := &server{id: 1, address: node.Addr().String(), key: key.Public(), own: identity.Generate().Private()}
	t.Cleanup(s.close)
	return s
}
