package h2

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// TestOpenEnds has a context end before the server has taken the call, whether it reads
// or not.
func TestOpenEnds(t *testing.T) {
	for _, reads := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			if reads {
				go func() { _, _ = io.Copy(io.Discard, far) }()
			}
			why := errors.New("shut down")
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, why)
			defer cancel()
			_, err := Open(ctx, near, aRequest)
			require.Equal(t, why, err)
			_, err = near.Write([]byte{0})
			require.ErrorIs(t, err, io.ErrClosedPipe, "it was closed")
		})
	}
}

// TestOpenedOutlives has a context end once the call stands.
func TestOpenedOutlives(t *testing.T) {
	near, far := tcp(t)
	go func() {
		if c, _, err := Accept(far); err == nil {
			defer c.Close()
			_ = cmp.Or(c.Welcome(), echo(c))
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	c, err := Open(ctx, near, aRequest)
	require.NoError(t, err)
	defer c.Close()
	cancel()
	require.NoError(t, c.Send(nil, []byte("x")))
	b, err := receive(c)
	require.NoError(t, err)
	require.Equal(t, "x", string(b))
}

// TestAcceptDeadline has clients that stop where they began.
func TestAcceptDeadline(t *testing.T) {
	p := newPeer(true)
	p.greet()
	for _, said := range []string{"", http2.ClientPreface[:10], http2.ClientPreface, p.said.String()} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			go func() { _, _ = io.WriteString(far, said) }()
			go func() { _, _ = io.Copy(io.Discard, far) }()
			require.NoError(t, near.SetReadDeadline(time.Now().Add(time.Hour)))
			_, _, err := Accept(near)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			_, err = near.Write([]byte{0})
			require.ErrorIs(t, err, io.ErrClosedPipe, "it was closed")
		})
	}
}

// TestRefuse has clients go when they are refused, or not, or not even read why.
func TestRefuse(t *testing.T) {
	refusal := status.Error(codes.AlreadyExists, "there is one")
	for what, c := range map[string]struct {
		client func(t *testing.T, near net.Conn)
		takes  time.Duration
	}{
		"goes": {func(t *testing.T, near net.Conn) {
			_, err := Open(t.Context(), near, aRequest)
			requireSame(t, refusal, err)
		}, 0},
		"stays": {func(_ *testing.T, near net.Conn) {
			p := newPeer(true)
			p.call()
			go func() { _, _ = near.Write(p.said.Bytes()) }()
			_, _ = io.Copy(io.Discard, near)
		}, partingTime},
		"deaf": {func(_ *testing.T, near net.Conn) {
			p := newPeer(true)
			p.call()
			go func() { _, _ = near.Write(p.said.Bytes()) }()
			f := http2.NewFramer(nil, near) // reads what comes before the headers
			for range 3 {                   // with the answer to its settings, behind which a refusal would wait
				_, _ = f.ReadFrame()
			}
		}, partingTime},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					c.client(t, near)
				}()
				s, _, err := Accept(far)
				require.NoError(t, err)
				start := time.Now()
				_ = s.Refuse(refusal)
				require.Equal(t, c.takes, time.Since(start))
				<-gone
			})
		})
	}
}
