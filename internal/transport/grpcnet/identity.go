package grpcnet

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"
)

const fingerprintPrefix = "ed25519:"

// Fingerprint is the text form of a public key: "ed25519:" and 43 characters of
// URL-safe base64. It holds the whole key, so whoever has it can pin the key.
func Fingerprint(key ed25519.PublicKey) string {
	return fingerprintPrefix + base64.RawURLEncoding.EncodeToString(key)
}

// ParseFingerprint returns the key of a [Fingerprint].
func ParseFingerprint(text string) (ed25519.PublicKey, error) {
	rest, ok := strings.CutPrefix(text, fingerprintPrefix)
	key, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if !ok || err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("key %q, want %q and 43 characters of A-Z a-z 0-9 - _", text, fingerprintPrefix)
	}
	return key, nil
}

// KeyError reports a peer that holds another key than the pinned one.
type KeyError struct {
	Got, Want ed25519.PublicKey
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("peer holds key %s, want %s", Fingerprint(e.Got), Fingerprint(e.Want))
}

// certificate returns a self-signed certificate for key. It is the same every
// time and never expires: peers look at nothing but the key.
func certificate(key ed25519.PrivateKey) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: serverName},
		NotBefore:    time.Unix(0, 0).UTC(),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280: no expiry
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key) // Ed25519 needs no randomness
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate of key %s: %w", Fingerprint(key.Public().(ed25519.PublicKey)), err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
