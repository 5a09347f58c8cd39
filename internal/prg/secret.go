package prg

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrSecret is returned by every attempt to marshal a key.
var ErrSecret = errors.New("key material cannot be marshalled")

const redacted = "[secret]"

// secret holds key material behind two pointers, because fmt and reflection
// based printers follow one even for unexported fields. It is embedded in every
// type of this package that holds a key.
type secret[T any] struct{ box **T }

func seal[T any](v *T) secret[T] { return secret[T]{&v} }

func (s secret[T]) open() *T {
	if s.box == nil {
		panic("prg: use of an empty key, want one of Derive or NewPairKey")
	}
	return *s.box
}

// Format writes "[secret]" whatever the verb.
func (secret[T]) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue is "[secret]".
func (secret[T]) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON fails with ErrSecret.
func (secret[T]) MarshalJSON() ([]byte, error) { return nil, ErrSecret }

// MarshalText fails with ErrSecret.
func (secret[T]) MarshalText() ([]byte, error) { return nil, ErrSecret }

// MarshalBinary fails with ErrSecret.
func (secret[T]) MarshalBinary() ([]byte, error) { return nil, ErrSecret }

// GobEncode fails with ErrSecret.
func (secret[T]) GobEncode() ([]byte, error) { return nil, ErrSecret }
