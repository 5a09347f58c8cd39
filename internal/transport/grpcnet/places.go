package grpcnet

import (
	"crypto/ed25519"
	"fmt"
	"sync/atomic"
)

// places bound the connections that have completed TLS, and among them those of
// whom the server does not know.
type places struct {
	known  func(ed25519.PublicKey) bool
	all    counter
	guests counter
}

func newPlaces(c *config) *places {
	return &places{known: c.known, all: counter{most: int64(c.connections)}, guests: counter{most: c.guests}}
}

// admit gives a connection a place until it is closed, if there is one.
func (p *places) admit(conn *secured) error {
	known := p.known(conn.id.key)
	if !known && !p.guests.take() {
		return fmt.Errorf("this key is not known here, and there are %d connections of such keys already", p.guests.most)
	}
	if !p.all.take() {
		if !known {
			p.guests.leave()
		}
		return fmt.Errorf("there are %d connections already", p.all.most)
	}
	conn.onClose = func() {
		p.all.leave()
		if !known {
			p.guests.leave()
		}
	}
	return nil
}

// counter counts up to a bound.
type counter struct {
	most int64
	open atomic.Int64
}

// take counts one more, if there is room.
func (c *counter) take() bool {
	if c.open.Add(1) <= c.most {
		return true
	}
	c.leave()
	return false
}

func (c *counter) leave() { c.open.Add(-1) }
