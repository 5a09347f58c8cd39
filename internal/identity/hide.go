package identity

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrSecret is what every attempt to marshal a Key returns.
var ErrSecret = errors.New("identity: a private key cannot be marshalled; Save writes it to a file")

const hidden = "[secret]"

// concealed keeps a value out of every printer and encoder of the standard
// library.
type concealed struct{}

// Format implements [fmt.Formatter]; it writes [secret] for every verb.
func (concealed) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue implements [slog.LogValuer].
func (concealed) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON always fails with [ErrSecret].
func (concealed) MarshalJSON() ([]byte, error) { return nil, ErrSecret }

// MarshalText always fails with [ErrSecret].
func (concealed) MarshalText() ([]byte, error) { return nil, ErrSecret }

// MarshalBinary always fails with [ErrSecret].
func (concealed) MarshalBinary() ([]byte, error) { return nil, ErrSecret }

// GobEncode always fails with [ErrSecret].
func (concealed) GobEncode() ([]byte, error) { return nil, ErrSecret }
