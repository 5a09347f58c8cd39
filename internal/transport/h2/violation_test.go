package h2

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
)

// violation is what a peer says once the call has begun, and what it is told for that.
type violationCase struct {
	say  func(*peer)
	want string
}

// violations are those of either end.
var violations = map[string]violationCase{
	"another stream": {func(p *peer) { _ = p.WriteData(3, false, nil) }, "data of stream 3"},
	"no stream":      {func(p *peer) { _ = p.WriteData(0, false, nil) }, "data of stream 0"},
	"long padding":   {func(p *peer) { p.data(http2.FlagDataPadded, 5, 0) }, "5 bytes of padding in a frame of 2"},
	"no padding":     {func(p *peer) { p.data(http2.FlagDataPadded) }, "padding in a frame of 0 bytes"},
	"second stream":  {func(p *peer) { p.fields(3, false, p.opening()...) }, "a second stream, 3, on the connection of a call"},
	"second reset":   {func(p *peer) { _ = p.WriteRSTStream(5, 0) }, "a second stream, 5, on the connection of a call"},
	"second window":  {func(p *peer) { _ = p.WriteWindowUpdate(3, 1) }, "a second stream, 3, on the connection of a call"},
	"headers amid":   {func(p *peer) { p.fields(1, false, "a", "b") }, "headers amid messages"},
	"upper case":     {func(p *peer) { p.fields(1, true, "A", "b") }, `invalid header field name "A"`},
	"pushed": {func(p *peer) {
		_ = p.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, EndHeaders: true})
	}, "a pushed stream"},
	"large frame":     {func(p *peer) { p.said.Write([]byte{0x10, 4, 1, 0, 0, 0, 0, 0, 1}) }, "http2: frame too large"},
	"large ping":      {func(p *peer) { _ = p.WriteRawFrame(http2.FramePing, 0, 0, make([]byte, 9)) }, "connection error: FRAME_SIZE_ERROR"},
	"compressed":      {func(p *peer) { p.data(0, 1, 0, 0, 0, 0) }, "message with flags 0x1, want none: it is not compressed"},
	"cut in its head": {func(p *peer) { p.data(0, 0, 0, 0); p.end() }, "an end within a message"},
	"cut behind it":   {func(p *peer) { p.data(0, 0, 0, 0, 0, 1); p.end() }, "an end within a message"},
	"cut in its body": {func(p *peer) { p.data(0, 0, 0, 0, 0, 2, 1); p.end() }, "an end within a message"},
	"window":          {func(p *peer) { _ = p.WriteWindowUpdate(1, maxWindow-defaultWindow+1) }, "window of more than 2147483647 bytes"},
	"first window":    {func(p *peer) { _ = p.WriteWindowUpdate(0, maxWindow-defaultWindow+1) }, "window of more than 2147483647 bytes"},
	"windows together": {func(p *peer) {
		_ = p.WriteWindowUpdate(1, maxWindow-defaultWindow)
		p.set(http2.SettingInitialWindowSize, 1<<16)
	}, "window of more than 2147483647 bytes"},
	"no more window":   {func(p *peer) { _ = p.WriteWindowUpdate(1, 0) }, "stream error: stream ID 1; PROTOCOL_ERROR"},
	"no more windows":  {func(p *peer) { _ = p.WriteWindowUpdate(0, 0) }, "connection error: PROTOCOL_ERROR"},
	"window setting":   {func(p *peer) { p.set(http2.SettingInitialWindowSize, 1<<31) }, "connection error: FLOW_CONTROL_ERROR"},
	"frame setting":    {func(p *peer) { p.set(http2.SettingMaxFrameSize, 1<<14-1) }, "setting [MAX_FRAME_SIZE = 16383]: connection error: PROTOCOL_ERROR"},
	"push setting":     {func(p *peer) { p.set(http2.SettingEnablePush, 2) }, "setting [ENABLE_PUSH = 2]: connection error: PROTOCOL_ERROR"},
	"half a setting":   {func(p *peer) { _ = p.WriteRawFrame(http2.FrameSettings, 0, 0, make([]byte, 5)) }, "connection error: FRAME_SIZE_ERROR"},
	"odd continuation": {func(p *peer) { _ = p.WriteContinuation(1, true, nil) }, "unexpected CONTINUATION for stream 1"},
}

func (p *peer) set(id http2.SettingID, value uint32) {
	_ = p.WriteSettings(http2.Setting{ID: id, Val: value})
}

// TestViolations has a good message, a violation and one more message.
func TestViolations(t *testing.T) {
	for what, c := range violations {
		for _, client := range []bool{false, true} {
			p := newPeer(!client)
			p.call()
			p.data(0, 0, 0, 0, 0, 0)
			c.say(p)
			p.data(0, 0, 0, 0, 0, 0)
			n, err := play(client, p.said.Bytes())
			require.EqualError(t, err, "not gRPC: "+c.want, what)
			require.Equal(t, 1, n, what)
		}
	}
}
