package grpcnet

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/grpc"
)

// Option changes the node that [Listen] makes.
type Option func(*config)

type config struct {
	setup       time.Duration
	beat        time.Duration
	patience    time.Duration
	backlog     int64
	limit       int64
	message     uint32 // words
	connections int
	log         *slog.Logger
	doubled     time.Duration // how long a peer may say that this server is already connected
	grace       time.Duration // how long a link without messages waits for control to say why
	linger      time.Duration // how long an ended session waits for its peers to say that they know
	services    []func(grpc.ServiceRegistrar)
	unary       []grpc.UnaryServerInterceptor
	streams     []grpc.StreamServerInterceptor
	deadline    time.Duration // of a unary call, from its beginning; 0: none
	known       func(ed25519.PublicKey) bool
	guests      int64         // connections of keys that are not known
	hush        time.Duration // between two lines of the log about who was refused
}

func defaults() config {
	return config{
		setup:       30 * time.Second,
		beat:        time.Second,
		patience:    6 * time.Second,
		backlog:     256 << 20,
		limit:       8 << 30,
		message:     (1 << 30) / 8,
		connections: 256,
		log:         slog.New(slog.DiscardHandler),
		doubled:     2 * time.Second,
		grace:       time.Second,
		linger:      5 * time.Second,
		known:       func(ed25519.PublicKey) bool { return true },
		hush:        time.Second,
	}
}

// check looks for what no node can work with.
func (c *config) check() error {
	switch {
	case c.setup <= 0:
		return fmt.Errorf("set-up timeout of %v, want more", c.setup)
	case c.beat <= 0 || c.patience < c.beat:
		return fmt.Errorf("heartbeat every %v and patience of %v, want some time, and patience for one beat", c.beat, c.patience)
	case c.backlog <= 0 || c.limit < c.backlog:
		return fmt.Errorf("backlog of %d bytes up to %d, want some, and the limit above it", c.backlog, c.limit)
	case c.message == 0:
		return errors.New("no room for a message, want 8 bytes or more")
	case c.connections <= 0:
		return fmt.Errorf("%d connections, want one or more", c.connections)
	}
	return nil
}

// WithSetupTimeout sets how long [Node.Connect] waits for the peers. The default
// is 30 s.
func WithSetupTimeout(d time.Duration) Option { return func(c *config) { c.setup = d } }

// WithHeartbeat sets how often a link says that it is alive, and after how long a
// silence its peer counts as lost. The default is every second, and 6 s.
func WithHeartbeat(every, patience time.Duration) Option {
	return func(c *config) { c.beat, c.patience = every, patience }
}

// WithBacklog sets how many unread bytes of one peer this server takes in while
// it is busy, and how many while it waits, where more ends the session. The
// defaults are 256 MiB and 8 GiB.
func WithBacklog(busy, limit int64) Option {
	return func(c *config) { c.backlog, c.limit = busy, limit }
}

// WithMaxMessage sets the largest message in bytes, of all three servers alike.
// The default is 1 GiB, and 32 GiB the most.
func WithMaxMessage(bytes int64) Option {
	return func(c *config) { c.message = uint32(min(bytes/8, 1<<32-1)) }
}

// WithMaxConnections sets how many connections a node holds of those that have
// shown their key; it closes the next ones at once. A session takes two for each peer of
// a lower index. The default is 256.
func WithMaxConnections(n int) Option { return func(c *config) { c.connections = n } }

// WithLog tells log of refused connections and streams, in a line a second at
// most. The default is not to log.
func WithLog(log *slog.Logger) Option { return func(c *config) { c.log = log } }

// WithServices has the node serve other gRPC services on its port, under the
// same TLS; see [PeerKey]. Whoever holds any key can call them.
func WithServices(register func(grpc.ServiceRegistrar)) Option {
	return func(c *config) { c.services = append(c.services, register) }
}

// WithInterceptors runs unary and stream around the calls of the services of
// [WithServices], for limits and deadlines. The streams of sessions do not pass
// them. Either may be nil.
func WithInterceptors(unary grpc.UnaryServerInterceptor, stream grpc.StreamServerInterceptor) Option {
	return func(c *config) {
		if unary != nil {
			c.unary = append(c.unary, unary)
		}
		if stream != nil {
			c.streams = append(c.streams, besideSessions(stream))
		}
	}
}

// WithUnaryTimeout bounds calls of one message and one answer. The time runs from
// the beginning of the call: interceptors run only once its message has come. The
// default is no bound.
func WithUnaryTimeout(d time.Duration) Option { return func(c *config) { c.deadline = d } }

// WithGuests bounds the connections of keys that are not known, so that they
// leave room for those that are. The node asks known, which must not block, at
// every new connection. The default is that all are known.
func WithGuests(known func(ed25519.PublicKey) bool, most int) Option {
	return func(c *config) { c.known, c.guests = known, int64(most) }
}
