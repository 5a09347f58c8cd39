package mem_test

import (
	"testing"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
	"github.com/trefoil-ml/trefoil/internal/transport/transporttest"
)

func TestConformance(t *testing.T) {
	for name, opts := range map[string][]mem.Option{
		"plain":         nil,
		"small backlog": {mem.WithBacklog(8 << 20)},
		"link":          {mem.WithLink(mem.Link{Delay: 20 * time.Microsecond, Bandwidth: 4e9})},
	} {
		t.Run(name, func(t *testing.T) {
			transporttest.Conformance(t, func(*testing.T) [transport.Servers]transport.Conn {
				return mem.New(opts...)
			})
		})
	}
}
