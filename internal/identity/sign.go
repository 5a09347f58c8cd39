package identity

import (
	"crypto/ed25519"
	"fmt"
)

// maxContext is the longest context that Ed25519ctx takes.
const maxContext = 255

// Sign returns the signature of message under context, a text that says what is
// signed and its version, such as "trefoil approval v1". A signature under one
// context says nothing under another, nor in TLS.
//
// It is Ed25519ctx of RFC 8032, which puts the length and the bytes of the
// context before the message, after a prefix that plain Ed25519 never hashes. It
// is deterministic.
//
// It panics if context is empty or longer than 255 bytes: contexts are constants.
func (k Key) Sign(context string, message []byte) []byte {
	checkContext(context)
	sig, err := k.Private().Sign(nil, message, &ed25519.Options{Context: context})
	if err != nil {
		panic(fmt.Sprintf("identity: Ed25519ctx refused context %q: %v", context, err))
	}
	return sig
}

// Verify reports an error unless sig is the signature of message under context
// by the holder of key.
func Verify(key ed25519.PublicKey, context string, message, sig []byte) error {
	checkContext(context)
	if len(key) != ed25519.PublicKeySize {
		return fmt.Errorf("public key of %d bytes, want %d", len(key), ed25519.PublicKeySize)
	}
	if err := ed25519.VerifyWithOptions(key, message, sig, &ed25519.Options{Context: context}); err != nil {
		return fmt.Errorf("no valid signature by %s as %q: another text, another key, or altered", Fingerprint(key), context)
	}
	return nil
}

func checkContext(context string) {
	if context == "" || len(context) > maxContext {
		panic(fmt.Sprintf("identity: signature context of %d bytes, want 1 to %d", len(context), maxContext))
	}
}
