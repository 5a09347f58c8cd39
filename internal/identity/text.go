package identity

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
)

const fingerprintPrefix = "ed25519:"

// Fingerprint is the text form of a public key: "ed25519:" and 43 characters of
// URL-safe base64. It holds the whole key, so whoever has it can pin the key.
func Fingerprint(key ed25519.PublicKey) string {
	return fingerprintPrefix + base64.RawURLEncoding.EncodeToString(key)
}

// ParseFingerprint returns the key of a [Fingerprint]. Each key has one text.
func ParseFingerprint(text string) (ed25519.PublicKey, error) {
	rest, ok := strings.CutPrefix(text, fingerprintPrefix)
	key, err := decode32(rest)
	if !ok || err != nil {
		return nil, fmt.Errorf("key %q, want %q and 43 characters of A-Z a-z 0-9 - _", text, fingerprintPrefix)
	}
	return key[:], nil
}

// decode32 reads 32 bytes of URL-safe base64 without padding. Go's decoder skips
// line breaks, so the length is checked on the text. Its errors tell nothing of
// the text.
func decode32(text string) (out [32]byte, err error) {
	if len(text) != 43 {
		return out, fmt.Errorf("%d characters, want 43", len(text))
	}
	n, err := base64.RawURLEncoding.Strict().Decode(out[:], []byte(text))
	if err != nil || n != len(out) {
		return out, fmt.Errorf("not base64 of 32 bytes")
	}
	return out, nil
}
