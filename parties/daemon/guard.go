package daemon

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// guards returns what runs around every call: who calls, and how often strangers
// do. The deadline of a unary call runs since before; one of a stream is wound up.
func (d *daemon) guards() (grpc.UnaryServerInterceptor, grpc.StreamServerInterceptor) {
	unary := func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (reply any, err error) {
		if err := d.admit(ctx, info.FullMethod); err != nil {
			return nil, err
		}
		defer d.caught(info.FullMethod, &err)
		reply, err = next(ctx, req)
		return reply, d.log(info.FullMethod, told(err))
	}
	stream := func(srv any, st grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		if err := d.admit(st.Context(), info.FullMethod); err != nil {
			return err
		}
		if info.FullMethod == partypb.Peer_Begin_FullMethodName {
			return d.log(info.FullMethod, told(next(srv, st))) // lasts as long as a phase, with deadlines of its own
		}
		return d.log(info.FullMethod, told(d.patiently(st, func(st grpc.ServerStream) (err error) {
			defer d.caught(info.FullMethod, &err)
			return next(srv, st)
		})))
	}
	return unary, stream
}

// forStrangers are the calls that a stranger may make. All others look at the job.
func forStrangers(method string) bool {
	return method == partypb.Consortium_Hello_FullMethodName || strings.HasPrefix(method, "/grpc.health.v1.Health/")
}

// admit refuses strangers, but for a few calls, and anybody while the server
// shuts down.
func (d *daemon) admit(ctx context.Context, method string) error {
	key, ok := grpcnet.PeerKey(ctx)
	if !ok {
		return refuse(codes.Unauthenticated, "no key")
	}
	if err := d.ready(); err != nil {
		return refuse(codes.Unavailable, "server is %v", err)
	}
	if d.knows(key) {
		return nil
	}
	if !d.rate.Allow() {
		return refuse(codes.ResourceExhausted, "key %s is not known here, and too many calls of such keys came in: try again later", identity.Fingerprint(key))
	}
	if forStrangers(method) {
		return nil
	}
	d.Log.Warn("call refused", "key", identity.Fingerprint(key), "method", method)
	return refuse(codes.PermissionDenied, "key %s is not known to this server: its operator names it in the policy file, or is the first to approve the job", identity.Fingerprint(key))
}

// knows reports whether a key is this server's own, in its policy or in a job
// that is here.
func (d *daemon) knows(key ed25519.PublicKey) bool {
	if _, ok := d.Policy.name(key); ok || key.Equal(d.Key.Public()) {
		return true
	}
	for _, j := range d.list() {
		if _, ok := j.spec.Party(key); ok {
			return true
		}
	}
	return false
}

// trusts reports whether a key may bring new jobs.
func (d *daemon) trusts(key ed25519.PublicKey) bool {
	_, ok := d.Policy.name(key)
	return ok || key.Equal(d.Key.Public())
}

// errIdle ends a stream on which nothing moves.
var errIdle = errors.New("nothing came or went")

// patiently serves a stream and ends it when nothing has moved for too long, or
// the server shuts down. A handler that is stuck in a send or a receive comes
// free when the stream is over.
func (d *daemon) patiently(st grpc.ServerStream, serve func(grpc.ServerStream) error) error {
	ctx, cancel := context.WithCancelCause(st.Context())
	defer cancel(nil)
	timer := time.AfterFunc(d.pace.idle, func() { cancel(errIdle) })
	defer timer.Stop()
	done := make(chan error, 1)
	if !d.goes(func() { done <- serve(&lively{st, ctx, timer, d.pace.idle}) }) {
		return refuse(codes.Unavailable, "server is shutting down")
	}
	select {
	case err := <-done:
		return err
	case <-d.ctx.Done():
		return refuse(codes.Unavailable, "server is shutting down")
	case <-ctx.Done():
		if context.Cause(ctx) == errIdle {
			return refuse(codes.DeadlineExceeded, "nothing came or went for %v", d.pace.idle)
		}
		return context.Cause(ctx)
	}
}

// lively is a stream that winds up a timer whenever something moves.
type lively struct {
	grpc.ServerStream
	ctx   context.Context
	timer *time.Timer
	idle  time.Duration
}

// Context ends with the stream or its patience.
func (l *lively) Context() context.Context { return l.ctx }

// RecvMsg receives, and notes that something came.
func (l *lively) RecvMsg(m any) error {
	err := l.ServerStream.RecvMsg(m)
	l.timer.Reset(l.idle)
	return err
}

// SendMsg sends, and notes that something went.
func (l *lively) SendMsg(m any) error {
	err := l.ServerStream.SendMsg(m)
	l.timer.Reset(l.idle)
	return err
}
