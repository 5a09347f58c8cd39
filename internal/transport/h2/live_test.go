package h2

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
)

// live is a peer that a test has speak and listen, through a pipe that holds nothing.
type live struct {
	*http2.Framer
	net.Conn
}

// talk begins a call of c with a peer, of which all that is due has been done.
func talk(t *testing.T, client bool, settings ...http2.Setting) (c *Conn, p live) {
	t.Helper()
	near, far := net.Pipe()
	p = live{http2.NewFramer(far, far), far}
	p.AllowIllegalWrites = true
	taken := make(chan error)
	go func() {
		var err error
		if client {
			c, err = Open(context.Background(), near, aRequest)
		} else if c, _, err = Accept(near); err == nil {
			err = c.Welcome()
		}
		taken <- err
	}()
	words := newPeer(!client)
	words.greet(settings...)
	words.fields(1, false, words.opening()...)
	go func() { _, _ = far.Write(words.said.Bytes()) }() // read it is, or taken has an error
	if client {
		_, err := io.ReadFull(far, make([]byte, len(http2.ClientPreface)))
		require.NoError(t, err)
	}
	for acknowledged, began := false, false; !acknowledged || !began; {
		f, err := p.ReadFrame()
		require.NoError(t, err)
		acknowledged = acknowledged || f.Header().Type == http2.FrameSettings && f.Header().Flags.Has(http2.FlagSettingsAck)
		began = began || f.Header().Type == http2.FrameHeaders
	}
	require.NoError(t, <-taken)
	return c, p
}

// both runs a test with the package as the server and as the client.
func both(t *testing.T, test func(t *testing.T, client bool)) {
	t.Run("server", func(t *testing.T) { test(t, false) })
	t.Run("client", func(t *testing.T) { test(t, true) })
}
