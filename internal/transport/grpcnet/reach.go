package grpcnet

import (
	"crypto/tls"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// A window should hold bandwidth times round trip, and no more: bytes that wait
// in it fall out of the processor's cache, which over loopback costs a fifth of
// the speed with 16 MiB. So the dialler measures the round trip and says in the
// handshake whether both ends take the window for near or for far.
const (
	nearTrip   = 2 * time.Millisecond // or less
	nearWindow = 1 << 20              // 4 Gbit/s at 2 ms
	farWindow  = 16 << 20             // 1 Gbit/s at 130 ms
)

// reach is a class of links.
type reach int

const (
	near reach = iota
	far
)

// reaches is the number of classes.
const reaches = 2

// name is what the dialler says: as a server name, because TLS has a place for
// it. It is no secret.
func (r reach) name() string {
	if r == far {
		return "far." + serverName
	}
	return "near." + serverName
}

// reachOf is what the dialler of a connection has said.
func reachOf(s tls.ConnectionState) reach {
	if s.ServerName == far.name() {
		return far
	}
	return near
}

// windowOf is how many bytes may be on the way.
func (c *config) windowOf(r reach) int32 {
	switch {
	case c.window > 0:
		return c.window
	case r == far:
		return farWindow
	}
	return nearWindow
}

// stopwatch measures the round trip of a dial: from the first packet, after
// names have been looked up, to the answer.
type stopwatch struct{ start atomic.Int64 }

func (w *stopwatch) dialer() *net.Dialer {
	return &net.Dialer{Control: func(string, string, syscall.RawConn) error {
		w.start.Store(time.Now().UnixNano())
		return nil
	}}
}

// trip is the round trip of what has just been dialled.
func (w *stopwatch) trip() time.Duration {
	return time.Duration(time.Now().UnixNano() - w.start.Load())
}

// reachOver is the class of a link with that round trip.
func reachOver(trip, longestNear time.Duration) reach {
	if trip > longestNear {
		return far
	}
	return near
}
