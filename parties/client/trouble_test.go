package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// Each thing that can be wrong with a link is told apart from the others, and
// only those that may pass are tried again.
func TestTroubles(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	key := identity.Generate().Public()
	for _, c := range []struct {
		err    error
		what   string
		passes bool
	}{
		{dial(&net.DNSError{Name: "a.example", IsNotFound: true}), "no machine is called a.example", false},
		{dial(&net.DNSError{Name: "a.example", Err: "server misbehaving"}), "could not be looked up: server misbehaving", true},
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "nothing listens at this port", true},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "there is no way to that machine", true},
		{dial(context.DeadlineExceeded), "no answer in time", true},
		{status.Error(codes.DeadlineExceeded, "x"), "no answer in time", true},
		{fmt.Errorf("TLS handshake: %w", &grpcnet.KeyError{Got: key, Want: key}), "holds the key ed25519:", false},
		{fmt.Errorf("TLS handshake: %w", tls.RecordHeaderError{Msg: "x"}), "it is no trainer server", false},
		{fmt.Errorf("TLS handshake: %w", &net.OpError{Op: "remote error", Err: tls.AlertError(42)}), "it is no trainer server", false},
		{fmt.Errorf("peer speaks TLS 1.2: %w", grpcnet.ErrNotTLS13), "it is no trainer server", false},
		{fmt.Errorf("TLS handshake: %w", io.EOF), "closed before the server said who it is", true},
		{status.Error(codes.PermissionDenied, "not you"), "not you", false},
		{status.Error(codes.Unavailable, "shutting down"), "shutting down", true},
		{errors.New("else"), "else", false},
	} {
		e := &ServerError{1, "a.example:7000", c.err}
		require.Contains(t, e.Error(), "server 1 (a.example:7000): ")
		require.Contains(t, e.Error(), c.what)
		require.Equal(t, c.passes, passing(e), c.what)
	}
}
