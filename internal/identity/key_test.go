package identity

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// counted is the identity of the seed 0, 1, 2, …, 31.
func counted() Key {
	var seed [SeedSize]byte
	for i := range seed {
		seed[i] = byte(i)
	}
	return FromSeed(seed)
}

// other is another identity.
func other() Key { return FromSeed([SeedSize]byte{1}) }

// TestDerivedKeysGolden fixes what a seed means: a change would lock everybody
// out. The first value was computed with the HMAC of Python and the Ed25519 of
// openssl.
func TestDerivedKeysGolden(t *testing.T) {
	k := counted()
	require.Equal(t, "ed25519:Baa8Uz68fMv9GvfNVJkhcHqZ2WTVJ037Hzqb_B35_H4", k.Fingerprint())
	sum := sha256.Sum256(k.SealKey().Bytes())
	require.Equal(t, "d0114507a4f97eaa471114b27c8707bc91cd64d084e9b7a5dbd0d344af3acbf7", hex.EncodeToString(sum[:]))
	require.Len(t, k.SealKey().Bytes(), SealKeySize)
}

// The sealing key is X-Wing's: from SHAKE256 of the derived 32 bytes, 64 for
// ML-KEM-768 and 32 for X25519 (draft-connolly-cfrg-xwing-kem, §5.2).
func TestSealKeyIsXWing(t *testing.T) {
	k := counted()
	sk, err := hkdf.Key(sha256.New, (*k.box).seed[:], nil, sealLabel, 32)
	require.NoError(t, err)
	expanded := sha3.SumSHAKE256(sk, 96)
	m, err := mlkem.NewDecapsulationKey768(expanded[:64])
	require.NoError(t, err)
	x, err := ecdh.X25519().NewPrivateKey(expanded[64:])
	require.NoError(t, err)
	require.Equal(t, append(m.EncapsulationKey().Bytes(), x.PublicKey().Bytes()...), k.SealKey().Bytes())
}

func TestGenerateIsFresh(t *testing.T) {
	a, b := Generate(), Generate()
	require.True(t, a.Valid())
	require.False(t, Key{}.Valid())
	require.NotEqual(t, a.Fingerprint(), b.Fingerprint())
	require.NotEqual(t, a.SealKey().Bytes(), b.SealKey().Bytes())
	require.NotEqual(t, [SeedSize]byte{}, (*a.box).seed)
}

// The keys of one identity have nothing in common, nor with its seed.
func TestLabelsSeparate(t *testing.T) {
	k := counted()
	seed := (*k.box).seed
	require.NotEqual(t, derive(seed, signLabel), derive(seed, sealLabel))
	require.NotEqual(t, seed[:], k.Private().Seed())
	require.NotEqual(t, ed25519.NewKeyFromSeed(seed[:]), k.Private())
}

func TestParseSealKey(t *testing.T) {
	b := counted().SealKey().Bytes()
	back, err := ParseSealKey(b)
	require.NoError(t, err)
	require.Equal(t, b, back.Bytes())
	for _, n := range []int{0, 32, SealKeySize - 1} {
		_, err = ParseSealKey(b[:n])
		require.ErrorContains(t, err, "want 1216")
	}
	_, err = ParseSealKey(append(b, 0))
	require.ErrorContains(t, err, "sealing key of 1217 bytes, want 1216")
	for i := range 1184 { // coefficients that are not below the modulus
		b[i] = 0xff
	}
	_, err = ParseSealKey(b)
	require.ErrorContains(t, err, "sealing key: ")
}
