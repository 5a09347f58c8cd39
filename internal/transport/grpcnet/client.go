package grpcnet

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

// Pings keep a client's connection through firewalls that forget idle ones, and
// tell both ends of the other's death. They flow only while a call is open.
const (
	pingAfter    = 10 * time.Second // without traffic
	pingPatience = 5 * time.Second  // for the answer
)

// Dial connects to the services that a node serves beside its sessions (see
// [WithServices]), under the rules of links: mutual TLS 1.3, this side known by
// key, and peer refused unless it holds the key that is pinned. It returns when
// that is certain, or with the reason why not: a [*KeyError] for another key. A
// connection that is lost is made again by the next call.
func Dial(ctx context.Context, key ed25519.PrivateKey, peer Peer) (*grpc.ClientConn, error) {
	if len(key) != ed25519.PrivateKeySize || len(peer.Key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("dial %s with a private key of %d bytes and a pinned key of %d, want Ed25519 keys of %d and %d",
			peer.Address, len(key), len(peer.Key), ed25519.PrivateKeySize, ed25519.PublicKeySize)
	}
	own, err := certificate(key)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context) (*secured, error) { return dialTLS(ctx, own, serverName, peer) }
	first, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	client, err := newClient(peer.Address, first, dial)
	if err != nil {
		first.Close()
		return nil, err
	}
	return client, nil
}

// newClient makes a gRPC client that uses first, and what dial gives once first
// is lost.
func newClient(address string, first *secured, dial func(context.Context) (*secured, error)) (*grpc.ClientConn, error) {
	before := make(chan *secured, 1)
	before <- first
	client, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			select {
			case c := <-before:
				return c, nil
			default:
				return dial(ctx)
			}
		}),
		grpc.WithTransportCredentials(ready{}),
		grpc.WithAuthority(serverName),
		grpc.WithDisableServiceConfig(),
		grpc.WithMaxHeaderListSize(maxHeaderBytes),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingPatience}),
	)
	if err != nil {
		return nil, err
	}
	client.Connect()
	return client, nil
}

// Readable returns the text of an error of a gRPC call as its sender wrote it,
// fit for a terminal; about connections in plain words. Other errors stay as they
// are.
func Readable(err error) error {
	if s, ok := status.FromError(err); ok && s.Code() == codes.Unavailable {
		return errors.New(Plain(printable(withoutFrame(s.Message()))))
	}
	return readable(err)
}

// withoutFrame takes out what gRPC writes around a reason why it cannot connect.
func withoutFrame(text string) string {
	for _, frame := range []string{"connection error: desc = ", "transport: ", "Error while dialing: "} {
		text = strings.TrimPrefix(text, frame)
		if inner, err := strconv.Unquote(text); err == nil {
			text = inner
		}
	}
	return text
}
