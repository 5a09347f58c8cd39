package grpcnet

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// WireVersion is the version of what servers say to each other. Servers of
// different versions refuse each other.
const WireVersion = 2

// SessionID names a session. It must never come again: the hash of the job and
// of a fresh number from each server.
type SessionID [32]byte

func (id SessionID) String() string { return hex.EncodeToString(id[:4]) + "…" }

// header is what every stream begins with.
type header struct {
	session  SessionID
	from, to int
	binding  binding // of the connection of control; only messages have to show it
}

// binding is a number that both ends of a TLS connection know and nobody else: by it
// the stream of messages of a link says to which stream of control it belongs.
type binding [16]byte

// Keys of the metadata.
const (
	keyWire    = "trefoil-wire"
	keySession = "trefoil-session"
	keyFrom    = "trefoil-from"
	keyTo      = "trefoil-to"
	keyBinding = "trefoil-binding"
)

func (h header) metadata() metadata.MD {
	return metadata.Pairs(
		keyWire, strconv.Itoa(WireVersion),
		keySession, hex.EncodeToString(h.session[:]),
		keyFrom, strconv.Itoa(h.from),
		keyTo, strconv.Itoa(h.to),
		keyBinding, hex.EncodeToString(h.binding[:]),
	)
}

// readHeader returns the header of an incoming stream. Its errors are for the
// peer.
func readHeader(md metadata.MD) (h header, err error) {
	wire, err := one(md, keyWire)
	if err != nil {
		return h, err
	}
	if wire != strconv.Itoa(WireVersion) {
		return h, status.Errorf(codes.FailedPrecondition, "wire version %s, want %d: all servers need the same release", printable(wire), WireVersion)
	}
	if h.from, err = server(md, keyFrom); err != nil {
		return h, err
	}
	if h.to, err = server(md, keyTo); err != nil {
		return h, err
	}
	if err := digits(md, keySession, h.session[:]); err != nil {
		return h, err
	}
	return h, digits(md, keyBinding, h.binding[:])
}

// digits reads hexadecimal ones into dst.
func digits(md metadata.MD, key string, dst []byte) error {
	text, err := one(md, key)
	if err != nil {
		return err
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(dst) {
		return status.Errorf(codes.InvalidArgument, "%s %q, want %d hexadecimal digits", key, printable(text), 2*len(dst))
	}
	copy(dst, b)
	return nil
}

func one(md metadata.MD, key string) (string, error) {
	v := md.Get(key)
	if len(v) != 1 {
		return "", status.Errorf(codes.InvalidArgument, "%d values of %s, want one", len(v), key)
	}
	return v[0], nil
}

func server(md metadata.MD, key string) (int, error) {
	text, err := one(md, key)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= transport.Servers {
		return 0, status.Errorf(codes.InvalidArgument, "%s %q, want 0, 1 or 2", key, printable(text))
	}
	return n, nil
}

// SetupError says why a session did not come about with one peer.
type SetupError struct {
	Server  int
	Address string // as in [Peer]
	Err     error
}

func (e *SetupError) Error() string {
	return fmt.Sprintf("server %d at %s: %v", e.Server, e.Address, e.Err)
}

// Unwrap returns the reason.
func (e *SetupError) Unwrap() error { return e.Err }
