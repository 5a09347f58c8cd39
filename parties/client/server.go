package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Deadlines of calls.
const (
	dialTimeout = 10 * time.Second
	callTimeout = 30 * time.Second // of a call whose messages are small
)

// server is one server of a job, as this side reaches it.
type server struct {
	id      int
	address string
	key     ed25519.PublicKey // pinned by the job
	own     ed25519.PrivateKey

	mu   sync.Mutex
	conn *grpc.ClientConn // nil until the first call
}

// ServerError says which server a call failed at, and why.
type ServerError struct {
	Server  int
	Address string
	Err     error
}

// Error names the server, its address and what was wrong.
func (e *ServerError) Error() string {
	return fmt.Sprintf("server %d (%s): %s", e.Server, e.Address, troubleOf(e.Err).what)
}

// Unwrap returns the reason.
func (e *ServerError) Unwrap() error { return e.Err }

// Hints says what to do about it.
func (e *ServerError) Hints() []string {
	if hint := troubleOf(e.Err).hint; hint != "" {
		return []string{hint}
	}
	return nil
}

// api returns the server's calls, over a connection on which it has proved to
// hold its key.
func (s *server) api(ctx context.Context) (partypb.ConsortiumClient, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		ctx, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		conn, err := grpcnet.Dial(ctx, s.own, grpcnet.Peer{Address: s.address, Key: s.key})
		if err != nil {
			return nil, err
		}
		s.conn = conn
	}
	return partypb.NewConsortiumClient(s.conn), nil
}

// call makes a short call within its deadline.
func (s *server) call(ctx context.Context, f func(context.Context, partypb.ConsortiumClient) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.stream(ctx, f)
}

// stream makes a call that lasts as long as ctx.
func (s *server) stream(ctx context.Context, f func(context.Context, partypb.ConsortiumClient) error) error {
	api, err := s.api(ctx)
	if err == nil {
		err = f(ctx, api)
	}
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*ServerError](err); ok {
		return err
	}
	return &ServerError{s.id, s.address, err}
}

func (s *server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.Close() // nothing is on the way any more
		s.conn = nil
	}
}

// servers are the three of a job.
type servers [3]*server

// each calls f for all three at once and returns the errors of those that failed,
// in order.
func (list servers) each(f func(*server) error) error {
	return errors.Join(list.apart(f)...)
}

// apart is each with an error, or nil, for every server.
func (list servers) apart(f func(*server) error) []error {
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i, s := range list {
		wg.Go(func() { errs[i] = f(s) })
	}
	wg.Wait()
	return errs
}
