package grpcnet

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport/h2"
	"github.com/trefoil-ml/trefoil/internal/transport/socket"
)

// Pauses between attempts to dial, and the longest attempt.
const (
	firstPause  = 20 * time.Millisecond
	longPause   = 500 * time.Millisecond
	longAttempt = 5 * time.Second
)

// dial connects to the peer, again and again until it is there.
func (l *link) dial(ctx context.Context) error {
	start := time.Now()
	var last error
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := l.attempt(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		// A peer may have yet to notice that an earlier attempt has ended.
		doubled := status.Code(err) == codes.AlreadyExists && time.Since(start) > l.session.node.doubled
		if ctx.Err() == nil && (isFinal(err) || doubled) {
			return l.failed(readable(err))
		}
		select {
		case <-ctx.Done():
			return l.failed(fmt.Errorf("%w; last: %w", context.Cause(ctx), readable(last)))
		case <-time.After(pause):
		}
	}
}

// isFinal reports whether another attempt would fail the same way.
func isFinal(err error) bool {
	var key *KeyError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	if errors.As(err, &key) || errors.As(err, &record) || errors.As(err, &alert) || errors.Is(err, ErrNotTLS13) {
		return true
	}
	switch status.Code(err) {
	case codes.FailedPrecondition, codes.PermissionDenied, codes.InvalidArgument, codes.Unimplemented, codes.Unauthenticated:
		return true
	}
	return false
}

// readable takes the gRPC out of an error that came as a status.
func readable(err error) error {
	if s, ok := status.FromError(err); ok && s.Code() != codes.OK {
		return errors.New(printable(s.Message()))
	}
	return err
}

// attempt tries once to make the link.
func (l *link) attempt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longAttempt)
	defer cancel()
	n, peer := l.session.node, l.session.peers[l.peer]
	c, err := n.call(ctx, peer)
	if err != nil {
		return err
	}
	inTime := context.AfterFunc(ctx, c.cancel)
	err = c.open(ctx, header{session: l.session.id, from: l.session.self, to: l.peer})
	if !inTime() || err != nil {
		c.close()
		return cmp.Or(context.Cause(ctx), err)
	}
	l.start(c.id, c.messages)
	l.session.run(func() {
		defer c.close()
		l.control(c.control)
	})
	return nil
}

// dialTLS connects to a host of peer and makes sure of its key.
func (n *Node) dialTLS(ctx context.Context, host string, peer Peer) (*secured, error) {
	return dialTLS(ctx, n.certificate, host, peer)
}

func dialTLS(ctx context.Context, own tls.Certificate, host string, peer Peer) (*secured, error) {
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", peer.Address)
	if err != nil {
		return nil, err
	}
	config := tlsConfig(own, peer.Key)
	config.ServerName = host
	conn, err := secure(ctx, tls.Client(h2.Gather(socket.Direct(raw)), config))
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return conn, nil
}
