package grpcnet

import (
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
)

// limited is a listener that closes connections beyond a number at once, so
// that strangers cannot use up the files of a server.
type limited struct {
	net.Listener
	open atomic.Int64
	max  int64
	log  *slog.Logger
}

func limitConnections(l net.Listener, most int, log *slog.Logger) *limited {
	return &limited{Listener: l, max: int64(most), log: log}
}

// Accept returns the next connection within the limit.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.max {
			return &counted{Conn: c, listener: l}, nil
		}
		l.open.Add(-1)
		l.log.Warn("connection refused", "address", c.RemoteAddr().String(), "connections", l.max)
		c.Close()
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn
	listener *limited
	once     sync.Once
}

// Close closes the connection.
func (c *counted) Close() error {
	c.once.Do(func() { c.listener.open.Add(-1) })
	return c.Conn.Close()
}
