package h2

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// endCase is what a peer says behind a good message, how many more messages come then,
// and how the call ends.
type endCase struct {
	say  func(*peer)
	more int
	want error
}

// oneMore is a message more.
func oneMore(p *peer) { p.data(0, 0, 0, 0, 0, 0) }

var (
	reset   = status.Error(codes.Unavailable, "closed by the other end: stream ended with CANCEL")
	goes    = status.Error(codes.Unavailable, "closed by the other end: connection ended with ENHANCE_YOUR_CALM")
	goesNow = status.Error(codes.Unavailable, "closed by the other end: connection ended with NO_ERROR")
	without = violation("an end without a status of gRPC")
)

// eitherEnds are ends of a call that either end can make.
var eitherEnds = map[string]endCase{
	"trailers":   {func(p *peer) { p.end(); oneMore(p) }, 0, io.EOF},
	"close":      {func(*peer) {}, 0, ErrClosed},
	"reset":      {func(p *peer) { _ = p.WriteRSTStream(1, http2.ErrCodeCancel); oneMore(p) }, 0, reset},
	"goes":       {func(p *peer) { _ = p.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, nil); oneMore(p) }, 0, goes},
	"goes later": {func(p *peer) { _ = p.WriteGoAway(1, http2.ErrCodeNo, nil); oneMore(p); p.end() }, 1, io.EOF},
}

// clientEnds are ends that a client makes, which take no status.
var clientEnds = map[string]endCase{
	"empty frame":    {func(p *peer) { p.data(http2.FlagDataEndStream); oneMore(p) }, 0, io.EOF},
	"last message":   {func(p *peer) { p.data(http2.FlagDataEndStream, 0, 0, 0, 0, 0); oneMore(p) }, 1, io.EOF},
	"padded message": {func(p *peer) { p.data(http2.FlagDataEndStream|http2.FlagDataPadded, 2, 0, 0, 0, 0, 0, 9, 9) }, 1, io.EOF},
	"half a message": {func(p *peer) { p.data(http2.FlagDataEndStream, 0, 0, 0, 0, 1); oneMore(p) }, 0, violation("an end within a message")},
	"takes no calls": {func(p *peer) { _ = p.WriteGoAway(0, http2.ErrCodeNo, nil); oneMore(p); p.end() }, 1, io.EOF},
}

// serverEnds are ends that a server makes.
var serverEnds = map[string]endCase{
	"error":         {func(p *peer) { p.fields(1, true, "grpc-status", "7", "grpc-message", "100%25 %F0%9F%94%A5") }, 0, status.Error(codes.PermissionDenied, "100% 🔥")},
	"odd escape":    {func(p *peer) { p.fields(1, true, "grpc-status", "7", "grpc-message", "100%") }, 0, status.Error(codes.PermissionDenied, "100%")},
	"no status":     {func(p *peer) { p.fields(1, true, "grpc-message", "x") }, 0, without},
	"odd status":    {func(p *peer) { p.fields(1, true, "grpc-status", "-1") }, 0, without},
	"long trailers": {func(p *peer) { p.fields(1, true, many()...) }, 0, violation("more than 8192 bytes of headers")},
	"data":          {func(p *peer) { p.data(http2.FlagDataEndStream, 0, 0, 0, 0, 0); p.end() }, 1, without},
	"goes":          {func(p *peer) { _ = p.WriteGoAway(0, http2.ErrCodeNo, nil); oneMore(p) }, 0, goesNow},
}

// TestEnds has calls end in all ways.
func TestEnds(t *testing.T) {
	testEnds(t, false, eitherEnds)
	testEnds(t, true, eitherEnds)
	testEnds(t, false, clientEnds)
	testEnds(t, true, serverEnds)
}

func testEnds(t *testing.T, client bool, cases map[string]endCase) {
	for what, c := range cases {
		p := newPeer(!client)
		p.call()
		oneMore(p)
		c.say(p)
		n, err := play(client, p.said.Bytes())
		require.EqualError(t, err, c.want.Error(), what)
		require.Equal(t, status.Code(c.want), status.Code(err), what)
		require.Equal(t, c.want == io.EOF, errors.Is(err, io.EOF), what)
		require.Equal(t, c.want == ErrClosed, errors.Is(err, ErrClosed), what)
		require.Equal(t, 1+c.more, n, what)
	}
}

// TestOddButGood has what peers need not do but may.
func TestOddButGood(t *testing.T) {
	for _, client := range []bool{false, true} {
		p := newPeer(!client)
		p.call()
		for range 100 {
			p.data(0)
		}
		p.data(http2.FlagDataPadded, append([]byte{255, 0}, make([]byte, 255)...)...)
		p.data(0, 0, 0)
		p.data(http2.FlagDataPadded, 0)
		_ = p.WritePriority(7, http2.PriorityParam{Weight: 1})
		_ = p.WriteRawFrame(99, 0xff, 9, []byte("?"))
		_ = p.WritePing(true, [8]byte{1})
		_ = p.WriteSettingsAck()
		p.set(0x4242, 1)
		p.data(0, 0, 1, 7)
		p.end()
		n, err := play(client, p.said.Bytes())
		require.Equal(t, io.EOF, err)
		require.Equal(t, 1, n)
	}
}
