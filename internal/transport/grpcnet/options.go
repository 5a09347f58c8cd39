package grpcnet

import (
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
	window      int32
	backlog     int64
	limit       int64
	message     uint32 // words
	connections int
	log         *slog.Logger
	doubled     time.Duration // how long a peer may say that this server is already connected
	grace       time.Duration // how long a link without messages waits for control to say why
	linger      time.Duration // how long an ended session waits for its peers to say that they know
	services    []func(grpc.ServiceRegistrar)
}

func defaults() config {
	return config{
		setup:       30 * time.Second,
		beat:        2 * time.Second,
		patience:    8 * time.Second,
		window:      2 << 20,
		backlog:     256 << 20,
		limit:       8 << 30,
		message:     (1 << 30) / 8,
		connections: 256,
		log:         slog.New(slog.DiscardHandler),
		doubled:     2 * time.Second,
		grace:       time.Second,
		linger:      5 * time.Second,
	}
}

// WithSetupTimeout sets how long [Node.Connect] waits for the peers. The default
// is 30 s.
func WithSetupTimeout(d time.Duration) Option { return func(c *config) { c.setup = d } }

// WithHeartbeat sets how often a link says that it is alive, and after how long a
// silence its peer counts as lost. The default is every 2 s and 8 s.
func WithHeartbeat(every, patience time.Duration) Option {
	return func(c *config) { c.beat, c.patience = every, patience }
}

// WithWindow sets how many bytes one peer may have on the way to this server. It
// should be bandwidth times round trip: the default, 2 MiB, fills 1 Gbit/s at
// 16 ms or 10 Gbit/s at 1.6 ms. A larger one than needed costs speed where the
// bytes then fall out of the processor's cache (over loopback 16 MiB needed 1.2
// times the processor time of 1 MiB). gRPC takes 64 KiB at least.
func WithWindow(bytes int32) Option { return func(c *config) { c.window = bytes } }

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

// WithMaxConnections sets how many connections a node holds; it closes the next
// ones at once. The default is 256.
func WithMaxConnections(n int) Option { return func(c *config) { c.connections = n } }

// WithLog tells log of refused connections and streams. The default is not to
// log.
func WithLog(log *slog.Logger) Option { return func(c *config) { c.log = log } }

// WithServices has the node serve other gRPC services on its port, under the
// same TLS; see [PeerKey]. Whoever holds a key can call them.
func WithServices(register func(grpc.ServiceRegistrar)) Option {
	return func(c *config) { c.services = append(c.services, register) }
}
