package identity

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

// SeedSize is the length of the random seed of a [Key].
const SeedSize = 32

// The labels under which keys are derived from the seed by HKDF-SHA256. A
// changed label is another key for everybody.
const (
	signLabel = "trefoil identity v1 ed25519"
	sealLabel = "trefoil identity v1 mlkem768-x25519"
)

// Key is a private identity. Copying it copies a handle. The zero Key is
// nobody's: it is not Valid and its methods panic.
type Key struct {
	concealed
	box **secret // two pointers: fmt follows one even for unexported fields
}

type secret struct {
	seed [SeedSize]byte
	sign ed25519.PrivateKey
	seal hpke.PrivateKey
}

// Generate returns a new identity from the system's random source.
func Generate() Key {
	var seed [SeedSize]byte
	_, _ = rand.Read(seed[:]) // never fails: it ends the program if there is no randomness
	return FromSeed(seed)
}

// FromSeed returns the identity of a seed, which must be as secret and as random
// as a key. Most callers want [Generate] or [Load].
func FromSeed(seed [SeedSize]byte) Key {
	s := &secret{seed: seed, sign: ed25519.NewKeyFromSeed(derive(seed, signLabel))}
	var err error
	if s.seal, err = kem().NewPrivateKey(derive(seed, sealLabel)); err != nil {
		panic(err) // any 32 bytes are a key
	}
	return Key{box: &s}
}

// derive returns HKDF-SHA256(seed, no salt, label), 32 bytes.
func derive(seed [SeedSize]byte, label string) []byte {
	out, err := hkdf.Key(sha256.New, seed[:], nil, label, 32)
	if err != nil {
		panic(fmt.Sprintf("identity: 32 bytes from HKDF: %v", err)) // only longer outputs fail
	}
	return out
}

// Valid reports whether k is somebody's key.
func (k Key) Valid() bool { return k.box != nil }

// Private returns the Ed25519 key, for TLS. Sign with [Key.Sign].
func (k Key) Private() ed25519.PrivateKey { return (*k.box).sign }

// Public returns the public Ed25519 key.
func (k Key) Public() ed25519.PublicKey { return k.Private().Public().(ed25519.PublicKey) }

// Fingerprint is [Fingerprint] of the public key.
func (k Key) Fingerprint() string { return Fingerprint(k.Public()) }

// SealKey returns the public key that others seal data to.
func (k Key) SealKey() SealKey { return SealKey{(*k.box).seal.PublicKey()} }
