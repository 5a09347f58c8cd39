package identity

import (
	"crypto/ed25519"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"pgregory.net/rapid"
)

// Identity and transport write keys alike.
func TestFingerprintIsTheTransports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := ed25519.PublicKey(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		text := Fingerprint(key)
		require.Equal(t, grpcnet.Fingerprint(key), text)
		back, err := ParseFingerprint(text)
		require.NoError(t, err)
		require.Equal(t, key, back)
	})
}

func TestParseFingerprintRefuses(t *testing.T) {
	good := counted().Fingerprint()
	for _, text := range []string{
		"", "ed25519:", good[8:], good + "A", good[:len(good)-1], "rsa:" + good[8:], " " + good, "ED25519:" + good[8:],
		good[:len(good)-1] + "=", good[:len(good)-1] + "+", good + "\n", good[:20] + "\n" + good[20:], good[:20] + "\r\n" + good[22:],
		good[:len(good)-1] + "B", // bits beyond the key's 256 are set
	} {
		_, err := ParseFingerprint(text)
		require.ErrorContains(t, err, `want "ed25519:" and 43 characters`, "%q", text)
	}
}

// Each key has one text.
func FuzzParseFingerprint(f *testing.F) {
	f.Add(counted().Fingerprint())
	f.Add("ed25519:")
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := ParseFingerprint(text); err == nil {
			require.Equal(t, text, Fingerprint(key))
		}
	})
}
