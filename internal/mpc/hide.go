package mpc

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrSecret is what every attempt to marshal a share returns.
var ErrSecret = errors.New("mpc: a share cannot be marshalled; reveal it with a permit of the agreed job")

// Hidden is what a share prints as.
const Hidden = "[secret]"

// Concealed keeps a value out of every printer and encoder of the standard
// library. The share types embed it, and so do the types of
// other packages that hold shares.
type Concealed struct{}

// Format implements [fmt.Formatter]; it writes [secret] for every verb.
func (Concealed) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, Hidden) }

// LogValue implements [slog.LogValuer].
func (Concealed) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalJSON always fails with [ErrSecret].
func (Concealed) MarshalJSON() ([]byte, error) { return nil, ErrSecret }

// MarshalText always fails with [ErrSecret].
func (Concealed) MarshalText() ([]byte, error) { return nil, ErrSecret }

// MarshalBinary always fails with [ErrSecret].
func (Concealed) MarshalBinary() ([]byte, error) { return nil, ErrSecret }

// GobEncode always fails with [ErrSecret].
func (Concealed) GobEncode() ([]byte, error) { return nil, ErrSecret }
