package grpcnet

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// ErrLost is the cause of a session that ended because a peer has gone: its
// process died, its machine or network is down, or it has fallen silent.
var ErrLost = errors.New("connection lost")

// A cause travels as the texts of the errors in its tree, outermost first, so
// that a peer finds by text what errors.Is would find here by identity.
const (
	maxTexts = 16
	maxText  = 1024 // bytes
)

// texts returns the texts of err and of all it wraps.
func texts(err error) []string {
	var out []string
	var walk func(error)
	walk = func(err error) {
		if err == nil || len(out) == maxTexts {
			return
		}
		if text := printable(err.Error()); len(out) == 0 || out[len(out)-1] != text {
			out = append(out, text)
		}
		switch e := err.(type) { //nolint:errorlint // this is the walk
		case interface{ Unwrap() error }:
			walk(e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				walk(err)
			}
		}
	}
	walk(err)
	return out
}

// printable shortens text and replaces what could confuse a terminal. A second
// time it changes nothing.
func printable(text string) string {
	const more = "…"
	text = strings.ReplaceAll(text, "\n", "; ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	if len(text) <= maxText {
		return text
	}
	cut := maxText - len(more)
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + more
}

// remoteError is an error of another server: its text, and the errors it wraps.
type remoteError struct {
	text string
	next error // nil, or a *remoteError
}

// remoteCause is the opposite of texts.
func remoteCause(texts []string) error {
	var err error = transport.ErrClosed
	for i, text := range slices.Backward(texts) {
		e := &remoteError{text: printable(text)}
		if i < len(texts)-1 {
			e.next = err
		}
		err = e
	}
	return err
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.next }

// Is reports whether target has the same text.
func (e *remoteError) Is(target error) bool {
	return target != nil && e.text == printable(target.Error())
}
