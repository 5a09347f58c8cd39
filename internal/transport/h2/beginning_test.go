package h2

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
)

// begins has a peer begin with headers that differ from good ones. An empty value leaves
// one out.
func begins(pairs ...string) func(*peer) {
	return func(p *peer) {
		p.greet()
		fields := p.opening()
		for i := 0; i < len(pairs); i += 2 {
			fields = replace(fields, pairs[i], pairs[i+1])
		}
		p.fields(1, false, fields...)
	}
}

func replace(fields []string, name, value string) (out []string) {
	for i := 0; i < len(fields); i += 2 {
		if fields[i] == name {
			fields[i+1] = value
		}
		if fields[i+1] != "" {
			out = append(out, fields[i], fields[i+1])
		}
	}
	return out
}

// many are more headers than an end takes, each of them short.
func many() (out []string) {
	for range 9 {
		out = append(out, "a", strings.Repeat("b", 1000))
	}
	return out
}

// ended has a peer end its part of the call where it begins it.
func ended(p *peer) {
	p.greet()
	p.fields(1, true, p.opening()...)
}

const otherKind = "a request of another kind"

// TestBadRequests has clients that do not begin as they should.
func TestBadRequests(t *testing.T) {
	testBeginnings(t, false, map[string]violationCase{
		"HTTP/1.1":      {func(p *peer) { p.said.WriteString("GET / HTTP/1.1\r\nHost: peer\r\n\r\n") }, "it does not begin as HTTP/2 does"},
		"GET":           {begins(":method", "GET"), otherKind},
		"no method":     {begins(":method", ""), otherKind},
		"no content":    {begins("content-type", ""), otherKind},
		"other content": {begins("content-type", "application/grpcx"), otherKind},
		"twice": {func(p *peer) {
			p.greet()
			p.fields(1, false, append(p.opening(), "content-type", "application/grpc")...)
		}, otherKind},
		"an answer":          {func(p *peer) { p.greet(); p.fields(1, false, ":status", "200") }, otherKind},
		"stream 3":           {func(p *peer) { p.greet(); p.fields(3, false, p.opening()...) }, "stream 3, want 1, and messages on it"},
		"ends at once":       {ended, "stream 1, want 1, and messages on it"},
		"half of an opening": {func(p *peer) { p.said.WriteString(http2.ClientPreface); p.fields(1, false, p.opening()...) }, "it does not begin as HTTP/2 does"},
	})
}

// TestBadAnswers has servers that do not answer as they should.
func TestBadAnswers(t *testing.T) {
	testBeginnings(t, true, map[string]violationCase{
		"HTTP/1.1":      {func(p *peer) { p.said.WriteString("HTTP/1.1 400 Bad Request\r\n\r\n") }, "http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header"},
		"503":           {begins(":status", "503"), `an answer with HTTP status "503" to stream 1`},
		"no status":     {begins(":status", ""), `an answer with HTTP status "" to stream 1`},
		"no content":    {begins("content-type", ""), "an answer of another kind"},
		"other content": {begins("content-type", "text/html"), "an answer of another kind"},
		"stream 3":      {func(p *peer) { p.greet(); p.fields(3, false, p.opening()...) }, `an answer with HTTP status "200" to stream 3`},
		"ends at once":  {ended, "an end without a status of gRPC"},
		"no settings":   {func(p *peer) { p.fields(1, false, p.opening()...) }, "it does not begin as HTTP/2 does"},
	})
}

// TestBadBeginnings has either end begin as neither may.
func TestBadBeginnings(t *testing.T) {
	for _, client := range []bool{false, true} {
		testBeginnings(t, client, map[string]violationCase{
			"acknowledges": {func(p *peer) {
				p.greet()
				p.said.Truncate(p.said.Len() - 9)
				_ = p.WriteSettingsAck()
			}, "it does not begin as HTTP/2 does"},
			"data":         {func(p *peer) { p.greet(); p.data(0, 1) }, "data before headers"},
			"push":         {func(p *peer) { p.greet(); _ = p.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2}) }, "a pushed stream"},
			"many headers": {func(p *peer) { p.greet(); p.fields(1, false, append(p.opening(), many()...)...) }, "more than 8192 bytes of headers"},
			"long header":  {func(p *peer) { p.greet(); p.fields(1, false, append(p.opening(), "a", strings.Repeat("b", 9000))...) }, "connection error: COMPRESSION_ERROR"},
			"large frame":  {func(p *peer) { p.greet(); _ = p.WriteRawFrame(http2.FrameHeaders, 4, 1, make([]byte, 1<<20)) }, "connection error: PROTOCOL_ERROR"},
		})
	}
}

func testBeginnings(t *testing.T, client bool, cases map[string]violationCase) {
	for what, c := range cases {
		p := newPeer(!client)
		c.say(p)
		_, err := play(client, p.said.Bytes())
		require.EqualError(t, err, "not gRPC: "+c.want, what)
	}
}
