package transport

import (
	"errors"
	"fmt"
)

// ErrClosed is the cause of an orderly Close.
var ErrClosed = errors.New("session closed")

// PeerError says which server ended the session and why.
type PeerError struct {
	Server int   // where the cause arose
	Cause  error // never nil
}

func (e *PeerError) Error() string { return fmt.Sprintf("server %d: %v", e.Server, e.Cause) }

// Unwrap returns the cause.
func (e *PeerError) Unwrap() error { return e.Cause }

// Closing returns the error that a Close of server with cause leaves behind. A
// cause that already names its origin keeps it.
func Closing(server int, cause error) *PeerError {
	if cause == nil {
		cause = ErrClosed
	}
	if origin, ok := cause.(*PeerError); ok { //nolint:errorlint // a wrapped one keeps its wrapping
		return origin
	}
	if origin, ok := errors.AsType[*PeerError](cause); ok {
		server = origin.Server
	}
	return &PeerError{Server: server, Cause: cause}
}

// DuplicateError reports a name used twice in one direction, or awaited twice.
type DuplicateError struct {
	From, To int
	Tag      Tag
	What     string // "message" or "receiver"
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("second %s for lane %#x seq %d from server %d to server %d, want every name once",
		e.What, e.Tag.Lane, e.Tag.Seq, e.From, e.To)
}

// AddressError reports a peer that is not one of the two other servers.
type AddressError struct{ Server, Peer int }

func (e *AddressError) Error() string {
	return fmt.Sprintf("peer %d of server %d, want one of the two others of 0, 1 and 2", e.Peer, e.Server)
}

// CheckPeer returns an [*AddressError] unless peer is another server than self.
func CheckPeer(self, peer int) error {
	if peer < 0 || peer >= Servers || peer == self {
		return &AddressError{Server: self, Peer: peer}
	}
	return nil
}
