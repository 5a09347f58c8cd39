package identity

import (
	"bytes"
	"crypto/hpke"
	"encoding/binary"
	"fmt"
	"io"
)

// The sealed format: the magic line, an encapsulated key, then chunks of
// ChunkSize bytes of plaintext, each with a 16-byte tag; only the last may be
// shorter, and only that of an empty plaintext is empty. Chunk i is sealed with
// HPKE's counter i as its nonce and one byte of associated data that says
// whether it is the last, so a stream that was cut at a chunk, went on after its
// end, or had chunks exchanged does not open.
const (
	sealMagic = "trefoil sealed 1\n"
	encSize   = 1120 // of an encapsulated key: ML-KEM-768 ciphertext and X25519 share
	tagSize   = 16

	// ChunkSize is how many bytes of plaintext one sealed chunk holds.
	ChunkSize = 64 << 10
)

// kem is X-Wing, a hybrid of ML-KEM-768 and X25519: what is uploaded today must
// stay closed to who records it and has a quantum computer later, as TLS's own
// hybrid key exchange does for connections. It costs 1120 bytes for each sealed
// blob and 1216 for each public key, and breaks only if both halves break.
//
// Source: draft-ietf-hpke-pq, draft-connolly-cfrg-xwing-kem.
func kem() hpke.KEM { return hpke.MLKEM768X25519() }

// SealKeySize is the length of a public sealing key.
const SealKeySize = 1216

// SealKey is a public key that data can be sealed to.
type SealKey struct{ key hpke.PublicKey }

// ParseSealKey reads the bytes of a [SealKey.Bytes].
func ParseSealKey(b []byte) (SealKey, error) {
	if len(b) != SealKeySize {
		return SealKey{}, fmt.Errorf("sealing key of %d bytes, want %d", len(b), SealKeySize)
	}
	key, err := kem().NewPublicKey(b)
	if err != nil {
		return SealKey{}, fmt.Errorf("sealing key: %w", err)
	}
	return SealKey{key}, nil
}

// Bytes returns the key, [SealKeySize] bytes long.
func (to SealKey) Bytes() []byte { return to.key.Bytes() }

// SealedSize returns the length of n bytes when sealed.
func SealedSize(n int64) int64 {
	chunks := max(1, (n+ChunkSize-1)/ChunkSize)
	return int64(len(sealMagic)) + encSize + n + chunks*tagSize
}

// OpenedSize returns the length of n sealed bytes when opened. Not every n can be
// one of sealed data.
func OpenedSize(n int64) (int64, error) {
	body := n - int64(len(sealMagic)) - encSize
	whole, rest := body/(ChunkSize+tagSize), body%(ChunkSize+tagSize)
	plain := whole*ChunkSize + max(0, rest-tagSize)
	if body < tagSize || SealedSize(plain) != n {
		return 0, fmt.Errorf("%w (%d bytes, which no sealed data has)", ErrSealed, n)
	}
	return plain, nil
}

// info binds a stream to this format and to what it is about.
func info(about []byte) []byte {
	b := binary.AppendUvarint([]byte(sealMagic), uint64(len(about)))
	return append(b, about...)
}

// Seal is [SealKey.NewWriter] for what fits in memory.
func (to SealKey) Seal(about, plaintext []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(int(SealedSize(int64(len(plaintext)))))
	w, err := to.NewWriter(&out, about)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Open is [Key.NewReader] for what fits in memory.
func (k Key) Open(about, sealed []byte) ([]byte, error) {
	r, err := k.NewReader(bytes.NewReader(sealed), about)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, len(sealed)))
	if _, err := io.Copy(out, r); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
