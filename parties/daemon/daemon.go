package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Run is one server of consortia, until ctx ends: then it says so to whoever it
// is working with, stores what is to be stored and returns nil. Any other error
// is of its configuration, its port or its store.
func Run(ctx context.Context, c Config) error {
	c, err := c.complete()
	if err != nil {
		return err
	}
	d, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer d.close()
	monitor, err := d.monitor()
	if err != nil {
		return err
	}
	defer monitor.close()
	d.running.Go(func() { d.coordinate(d.ctx) })
	d.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_SERVING)
	d.Log.Info("server is up", "key", d.self, "address", d.node.Addr().String(), "jobs", len(d.list()))
	if c.Ready != nil {
		c.Ready(d.node.Addr(), monitor.address())
	}
	<-ctx.Done()
	d.Log.Info("server is shutting down")
	return nil
}

// daemon is a running server.
type daemon struct {
	Config
	self    string // its public key
	store   *store.Store
	node    *grpcnet.Node
	health  *health.Server
	metrics *metrics
	peers   peerPool
	rate    *rate.Limiter // calls of strangers
	uploads chan struct{} // one for each that runs
	watches chan struct{}
	slot    chan struct{} // held by the session that runs
	wake    chan struct{} // the coordinator has something to look at

	ctx     context.Context // ends when the server shuts down
	stop    context.CancelCauseFunc
	running sync.WaitGroup // what the store must outlive
	taking  sync.Mutex     // held while a job is taken

	mu      sync.Mutex
	jobs    map[store.ID]*job
	closing bool
}

// errShutDown is why things end that run when the server shuts down. Peers take
// it for a connection that was lost.
var errShutDown = fmt.Errorf("%w", grpcnet.ErrNodeClosed)

// open opens the store and the port.
func open(ctx context.Context, c Config) (*daemon, error) {
	limits := c.Policy.Limits
	d := &daemon{
		Config: c, self: c.Key.Fingerprint(), health: health.NewServer(), metrics: newMetrics(),
		rate:    rate.NewLimiter(rate.Limit(c.pace.strangers), int(2*c.pace.strangers)),
		uploads: make(chan struct{}, limits.Uploads), watches: make(chan struct{}, limits.Watchers),
		slot: make(chan struct{}, 1), wake: make(chan struct{}, 1), jobs: map[store.ID]*job{},
	}
	d.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	d.peers.key = c.Key.Private()
	d.ctx, d.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	var err error
	d.store, err = store.Open(c.Store, store.Options{
		Identity: d.self, MaxJobs: limits.Jobs, MaxJobBytes: limits.StoreGiB << 30, MaxBytes: limits.StoreGiB << 30, Now: c.now,
	})
	if err != nil {
		return nil, err
	}
	if err := d.begin(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// begin takes up the jobs of the store and opens the port.
func (d *daemon) begin() error {
	if err := d.restore(); err != nil {
		return fmt.Errorf("store %s: %w", d.Store, err)
	}
	unary, stream := d.guards()
	options := append([]grpcnet.Option{
		grpcnet.WithLog(d.Log),
		grpcnet.WithServices(d.register),
		grpcnet.WithInterceptors(unary, stream),
		grpcnet.WithUnaryTimeout(d.pace.unary),
		grpcnet.WithMaxConnections(d.Policy.Limits.Connections),
		grpcnet.WithGuests(d.knows, d.Policy.Limits.Strangers),
		grpcnet.WithSetupTimeout(d.pace.setup),
	}, d.net...)
	var err error
	if d.node, err = grpcnet.Listen(d.Listen, d.Key.Private(), options...); err != nil {
		return fmt.Errorf("listen on %s: %w", d.Listen, err)
	}
	return nil
}

// register adds the services of this server to its port.
func (d *daemon) register(r grpc.ServiceRegistrar) {
	partypb.RegisterConsortiumServer(r, &consortium{d: d})
	partypb.RegisterPeerServer(r, &peerService{d: d})
	grpc_health_v1.RegisterHealthServer(r, d.health)
}

// close ends everything, in the order in which it is needed.
func (d *daemon) close() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.health.Shutdown()
	d.stop(errShutDown)
	if d.node != nil {
		d.node.Close()
	}
	d.running.Wait()
	d.peers.close()
	if err := d.store.Close(); err != nil {
		d.Log.Error("store not closed in order", "error", err)
	}
}

// goes runs f unless the server is shutting down. The store stays open until f
// returns.
func (d *daemon) goes(f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return false
	}
	d.running.Go(f)
	return true
}

// stir has the coordinator look again.
func (d *daemon) stir() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// ready reports why the server cannot work, or nil.
func (d *daemon) ready() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || d.ctx.Err() != nil {
		return errors.New("shutting down")
	}
	return nil
}
