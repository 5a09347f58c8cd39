package identity

import (
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSignRFC8032 is the Ed25519ctx vector "foo" of RFC 8032, §7.2.
func TestSignRFC8032(t *testing.T) {
	seed, err := hex.DecodeString("0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6")
	require.NoError(t, err)
	s := &secret{sign: ed25519.NewKeyFromSeed(seed)}
	k := Key{box: &s}
	message, err := hex.DecodeString("f726936d19c800494e3fdaff20b276a8")
	require.NoError(t, err)
	sig := k.Sign("foo", message)
	require.Equal(t, "55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a"+
		"8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d", hex.EncodeToString(sig))
	require.NoError(t, Verify(k.Public(), "foo", message, sig))
}

func TestSignaturesAreBoundToAll(t *testing.T) {
	k := counted()
	rapid.Check(t, func(t *rapid.T) {
		context := rapid.StringN(1, 20, 200).Draw(t, "context")
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		sig := k.Sign(context, message)
		require.Equal(t, sig, k.Sign(context, message))
		require.NoError(t, Verify(k.Public(), context, message, sig))
		require.Error(t, Verify(other().Public(), context, message, sig))
		require.Error(t, Verify(k.Public(), context+" ", message, sig))
		require.Error(t, Verify(k.Public(), context, append(message, 0), sig))
		require.Error(t, Verify(k.Public(), context, message, sig[:63]))
		require.Error(t, Verify(k.Public(), context, message, append(sig, 0)))
		bad := slices.Clone(sig)
		bad[rapid.IntRange(0, 63).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		require.Error(t, Verify(k.Public(), context, message, bad))
	})
}

// A signature here is none in TLS, which signs without a context, nor the other
// way round; and no byte moves from context to message.
func TestSignaturesAreSeparated(t *testing.T) {
	k := counted()
	require.False(t, ed25519.Verify(k.Public(), []byte("m"), k.Sign("c", []byte("m"))))
	require.Error(t, Verify(k.Public(), "c", []byte("m"), ed25519.Sign(k.Private(), []byte("m"))))
	require.Error(t, Verify(k.Public(), "ab", []byte("c"), k.Sign("a", []byte("bc"))))
}

func TestVerifyExplains(t *testing.T) {
	k := counted()
	err := Verify(k.Public(), "trefoil approval v1", nil, nil)
	require.EqualError(t, err, "no valid signature by "+k.Fingerprint()+` as "trefoil approval v1": another text, another key, or altered`)
	require.EqualError(t, Verify(k.Public()[:31], "c", nil, nil), "public key of 31 bytes, want 32")
}

func TestSignPanicsWithoutContext(t *testing.T) {
	k := counted()
	for _, context := range []string{"", strings.Repeat("x", 256)} {
		require.Panics(t, func() { k.Sign(context, nil) })
		require.Panics(t, func() { _ = Verify(k.Public(), context, nil, nil) })
	}
	require.NoError(t, Verify(k.Public(), strings.Repeat("x", 255), nil, k.Sign(strings.Repeat("x", 255), nil)))
}
