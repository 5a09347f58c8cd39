package grpcnet

import (
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
)

const (
	serverName   = "trefoil"                // not the address: TLS sends it in the clear
	messagesHost = "messages." + serverName // of connections that carry one stream of messages
	protocol     = "h2"
)

// ErrNotTLS13 reports a peer that speaks something else than TLS 1.3 with HTTP/2
// and one Ed25519 certificate.
var ErrNotTLS13 = errors.New("want TLS 1.3 with ALPN h2 and one Ed25519 certificate")

// tlsConfig is what both ends of a link use. A pinned key is the only one
// accepted; without one any Ed25519 key is, and the caller looks at it later.
func tlsConfig(cert tls.Certificate, pinned ed25519.PublicKey) *tls.Config {
	return &tls.Config{
		Certificates:                []tls.Certificate{cert},
		MinVersion:                  tls.VersionTLS13,
		NextProtos:                  []string{protocol},
		ServerName:                  serverName,
		ClientAuth:                  tls.RequireAnyClientCert,
		InsecureSkipVerify:          true, //nolint:gosec // no authority and no names: VerifyConnection pins the key
		SessionTicketsDisabled:      true,
		DynamicRecordSizingDisabled: true, // a frame is one record from the first byte on
		VerifyConnection: func(s tls.ConnectionState) error {
			got, err := peerKey(s)
			if err == nil && pinned != nil && !got.Equal(pinned) {
				err = &KeyError{Got: got, Want: pinned}
			}
			return err
		},
	}
}

// peerKey returns the key that the peer has proved to hold.
func peerKey(s tls.ConnectionState) (ed25519.PublicKey, error) {
	if s.Version != tls.VersionTLS13 || s.NegotiatedProtocol != protocol || len(s.PeerCertificates) != 1 {
		return nil, fmt.Errorf("peer speaks %s with protocol %q and %d certificates: %w",
			tls.VersionName(s.Version), s.NegotiatedProtocol, len(s.PeerCertificates), ErrNotTLS13)
	}
	key, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("peer holds a %s key: %w", s.PeerCertificates[0].PublicKeyAlgorithm, ErrNotTLS13)
	}
	return key, nil
}
