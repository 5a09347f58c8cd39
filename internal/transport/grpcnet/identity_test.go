package grpcnet

import (
	"crypto/ed25519"
	"testing"
	"time"

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

func TestListenRefusesOptions(t *testing.T) {
	for want, o := range map[string]Option{
		"set-up timeout of 0s, want more":                                                  WithSetupTimeout(0),
		"heartbeat every 0s and patience of 1s, want some time, and patience for one beat": WithHeartbeat(0, time.Second),
		"heartbeat every 2s and patience of 1s, want some time, and patience for one beat": WithHeartbeat(2*time.Second, time.Second),
		"backlog of 2 bytes up to 1, want some, and the limit above it":                    WithBacklog(2, 1),
		"no room for a message, want 8 bytes or more":                                      WithMaxMessage(7),
		"0 connections, want one or more":                                                  WithMaxConnections(0),
	} {
		_, err := Listen("127.0.0.1:0", keyOf("alpha"), o)
		require.EqualError(t, err, want)
	}
}

func TestListenRefusesAShortKey(t *testing.T) {
	_, err := Listen("127.0.0.1:0", keyOf("alpha")[:32])
	require.EqualError(t, err, "private key of 32 bytes, want an Ed25519 key of 64")
}
