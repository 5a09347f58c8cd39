package grpcnet

import (
	"crypto/ed25519"
	"fmt"
	"sync/atomic"
)

// guests bounds the connections of those whom the server does not know.
type guests struct {
	known func(ed25519.PublicKey) bool
	most  int64
	open  *atomic.Int64
}

func everybodyKnown() guests {
	return guests{known: func(ed25519.PublicKey) bool { return true }, open: new(atomic.Int64)}
}

// admit makes a connection count until it is closed, if its key is not known and
// there is room.
func (g *guests) admit(conn *secured) error {
	if g.known(conn.id.key) {
		return nil
	}
	if g.open.Add(1) > g.most {
		g.open.Add(-1)
		return fmt.Errorf("this key is not known here, and there are %d connections of such keys already", g.most)
	}
	conn.onClose = func() { g.open.Add(-1) }
	return nil
}
