package grpcnet

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/trefoil-ml/trefoil/internal/transport/socket"
)

// Connections that have yet to say who they are. They take no place among those
// that have, so that whoever holds no key keeps nobody out.
const (
	maxHandshakes     = 128
	maxHandshakesFrom = 64 // of one address: several owners may be behind it
)

// handshakes are the connections whose TLS is not complete, the oldest first. When
// there are too many, one that has been there for long makes room: an honest
// handshake takes a few round trips, and the new one may be honest.
type handshakes struct {
	mu   sync.Mutex
	open []*newcomer
}

// newcomer is a connection whose TLS is not complete.
type newcomer struct {
	net.Conn
	host  string
	spoke atomic.Bool // something has come
	out   atomic.Bool // it was closed to make room
}

// Read notes that something has come.
func (c *newcomer) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.spoke.Load() {
		c.spoke.Store(true)
	}
	return n, err
}

// begin takes in a connection, and closes another one if there are too many.
func (h *handshakes) begin(raw net.Conn) *newcomer {
	c := &newcomer{Conn: socket.Direct(raw), host: hostOf(raw.RemoteAddr())}
	h.mu.Lock()
	defer h.mu.Unlock()
	near := func(o *newcomer) bool { return o.host == c.host }
	if h.count(near) >= maxHandshakesFrom {
		h.drop(near)
	} else if len(h.open) >= maxHandshakes {
		h.drop(func(*newcomer) bool { return true })
	}
	h.open = append(h.open, c)
	return c
}

// end forgets a connection: its handshake is over, well or not.
func (h *handshakes) end(c *newcomer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := slices.Index(h.open, c); i >= 0 {
		h.open = slices.Delete(h.open, i, i+1)
	}
}

func (h *handshakes) count(which func(*newcomer) bool) (n int) {
	for _, c := range h.open {
		if which(c) {
			n++
		}
	}
	return n
}

// drop closes the oldest of those connections that has said nothing, or else the
// oldest of them.
func (h *handshakes) drop(which func(*newcomer) bool) {
	i := slices.IndexFunc(h.open, func(c *newcomer) bool { return which(c) && !c.spoke.Load() })
	if i < 0 {
		i = slices.IndexFunc(h.open, which)
	}
	c := h.open[i]
	h.open = slices.Delete(h.open, i, i+1)
	c.out.Store(true)
	c.Close()
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
