package grpcnet

import (
	"testing"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/transporttest"
)

// TestConformance runs all sessions over three nodes, one after another.
func TestConformance(t *testing.T) {
	n := nodes(t)
	transporttest.Conformance(t, func(t *testing.T) [transport.Servers]transport.Conn {
		return joined(t, n)
	})
}

// TestConformanceOfFreshNodes has new nodes for every session, with a small
// backlog.
func TestConformanceOfFreshNodes(t *testing.T) {
	opts := []Option{WithBacklog(9<<20, 1<<30)}
	transporttest.Conformance(t, func(t *testing.T) [transport.Servers]transport.Conn {
		return joined(t, nodes(t, opts...))
	})
}
