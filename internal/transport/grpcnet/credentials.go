package grpcnet

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// identity is what is known of the other end of one connection. There is one
// per connection, so its address tells connections apart.
type identity struct {
	credentials.CommonAuthInfo
	key     ed25519.PublicKey
	address string
}

// AuthType names the kind of identity for gRPC.
func (*identity) AuthType() string { return "ed25519" }

// PeerKey returns the key that the caller of a gRPC method on a node has proved
// to hold.
func PeerKey(ctx context.Context) (ed25519.PublicKey, bool) {
	id, ok := identityOf(ctx)
	if !ok {
		return nil, false
	}
	return id.key, true
}

func identityOf(ctx context.Context) (*identity, bool) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil, false
	}
	id, ok := p.AuthInfo.(*identity)
	return id, ok
}

// handshake completes TLS on conn and returns who is at the other end.
func handshake(ctx context.Context, conn *tls.Conn) (*identity, error) {
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	key, err := peerKey(conn.ConnectionState())
	if err != nil {
		return nil, err
	}
	return &identity{
		CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
		key:            key,
		address:        conn.RemoteAddr().String(),
	}, nil
}

// acceptCredentials makes a gRPC server speak TLS as tlsConfig says.
type acceptCredentials struct {
	config  *tls.Config
	timeout time.Duration
	log     *slog.Logger
}

var errOneWay = errors.New("these credentials serve one direction")

// ServerHandshake takes a connection that has just been accepted.
func (c *acceptCredentials) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	conn := tls.Server(raw, c.config)
	id, err := handshake(ctx, conn)
	if err != nil {
		c.log.Warn("connection refused", "address", raw.RemoteAddr().String(), "error", err)
		return nil, nil, err
	}
	return conn, id, nil
}

// ClientHandshake is not what a server does.
func (c *acceptCredentials) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errOneWay
}

// Info describes the protocol.
func (c *acceptCredentials) Info() credentials.ProtocolInfo { return protocolInfo() }

// Clone returns the same credentials: nothing in them changes.
func (c *acceptCredentials) Clone() credentials.TransportCredentials { return c }

// OverrideServerName does nothing: names mean nothing here.
func (c *acceptCredentials) OverrideServerName(string) error { return nil }

// dialCredentials tell a gRPC client that its connection is already encrypted:
// the dialler completes TLS first, where its errors are plain to see.
type dialCredentials struct{ id *identity }

// ClientHandshake has nothing left to do.
func (c dialCredentials) ClientHandshake(_ context.Context, _ string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return conn, c.id, nil
}

// ServerHandshake is not what a client does.
func (c dialCredentials) ServerHandshake(net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errOneWay
}

// Info describes the protocol.
func (c dialCredentials) Info() credentials.ProtocolInfo { return protocolInfo() }

// Clone returns the same credentials: nothing in them changes.
func (c dialCredentials) Clone() credentials.TransportCredentials { return c }

// OverrideServerName does nothing: names mean nothing here.
func (c dialCredentials) OverrideServerName(string) error { return nil }

func protocolInfo() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}
