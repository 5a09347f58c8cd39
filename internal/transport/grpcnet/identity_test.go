package grpcnet

import (
	"crypto/ed25519"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFingerprintHoldsTheKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := ed25519.PublicKey(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		text := Fingerprint(key)
		require.Regexp(t, `^ed25519:[A-Za-z0-9_-]{43}$`, text)
		back, err := ParseFingerprint(text)
		require.NoError(t, err)
		require.Equal(t, key, back)
	})
}

func TestParseFingerprintRefuses(t *testing.T) {
	good := Fingerprint(public("alpha"))
	for _, text := range []string{
		"", "ed25519:", good[8:], good + "A", good[:len(good)-1], "rsa:" + good[8:], " " + good,
		good[:len(good)-1] + "=", good[:len(good)-1] + "+",
		good[:len(good)-1] + "B", // bits beyond the key's 256 are set
	} {
		_, err := ParseFingerprint(text)
		require.ErrorContains(t, err, `want "ed25519:" and 43 characters`, "%q", text)
	}
}

func TestListenRefusesAShortKey(t *testing.T) {
	_, err := Listen("127.0.0.1:0", keyOf("alpha")[:32])
	require.EqualError(t, err, "private key of 32 bytes, want an Ed25519 key of 64")
}
