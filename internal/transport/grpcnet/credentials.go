package grpcnet

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"

	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// identity is what is known of the other end of one connection. There is one
// per connection, so its address tells connections apart.
type identity struct {
	credentials.CommonAuthInfo
	key     ed25519.PublicKey
	address string
	binding binding
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

// secured is a connection that has completed TLS.
type secured struct {
	*tls.Conn
	id      *identity
	once    sync.Once
	onClose func() // if set, told once
}

// Close closes the connection.
func (s *secured) Close() error {
	if s.onClose != nil {
		s.once.Do(s.onClose)
	}
	h2.GathererOf(s.Conn).Cut()
	_ = s.SetWriteDeadline(time.Now()) // wakes who answers a KeyUpdate that the peer does not take; Close has a deadline of its own
	return s.Conn.Close()
}

// secure completes TLS on conn and finds out who is at the other end.
func secure(ctx context.Context, conn *tls.Conn) (*secured, error) {
	if err := conn.HandshakeContext(ctx); isOlderTLS(err) {
		return nil, fmt.Errorf("%w: %w", err, ErrNotTLS13)
	} else if err != nil {
		return nil, err
	}
	key, err := peerKey(conn.ConnectionState())
	if err != nil {
		return nil, err
	}
	id := &identity{
		CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
		key:            key,
		address:        conn.RemoteAddr().String(),
	}
	return &secured{Conn: conn, id: id}, id.bind(conn.ConnectionState())
}

// bind sets the binding (RFC 9266, with a label of our own).
func (id *identity) bind(s tls.ConnectionState) error {
	b, err := s.ExportKeyingMaterial("EXPORTER-trefoil-link", nil, len(id.binding))
	if err != nil {
		return fmt.Errorf("connection without a binding: %w", err)
	}
	copy(id.binding[:], b)
	return nil
}

// ready are the credentials of secured connections: TLS comes before gRPC here,
// where its errors are plain to see, so gRPC has nothing left to do.
type ready struct{}

var errNotSecured = errors.New("connection without TLS")

func identify(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if s, ok := conn.(*secured); ok {
		return s, s.id, nil
	}
	return nil, nil, errNotSecured
}

// ClientHandshake tells gRPC who was dialled.
func (ready) ClientHandshake(_ context.Context, _ string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return identify(conn)
}

// ServerHandshake tells gRPC who has called.
func (ready) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return identify(conn)
}

// Info names the protocol.
func (ready) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}

// Clone returns the same credentials: there is nothing in them.
func (ready) Clone() credentials.TransportCredentials { return ready{} }

// OverrideServerName does nothing: names mean nothing here.
func (ready) OverrideServerName(string) error { return nil }
