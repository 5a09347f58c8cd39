package h2

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// flood continues headers for ever, if it is let.
func flood(fields ...string) func(*peer) {
	return func(p *peer) {
		p.open()
		for range 100 {
			_ = p.WriteContinuation(1, false, p.pack(fields...))
		}
	}
}

// open begins headers that continue.
func (p *peer) open() {
	p.greet()
	_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.pack(p.opening()...)})
}

// TestContinuations has headers in several frames that are none.
func TestContinuations(t *testing.T) {
	for _, client := range []bool{false, true} {
		testBeginnings(t, client, map[string]violationCase{
			"flood":         {flood(many()...), "connection error: PROTOCOL_ERROR"},
			"flood of bad":  {flood("A", "b"), "connection error: PROTOCOL_ERROR"},
			"data between":  {func(p *peer) { p.open(); p.data(0) }, "got DATA for stream 1; expected CONTINUATION following HEADERS for stream 1"},
			"of another":    {func(p *peer) { p.open(); _ = p.WriteContinuation(3, true, nil) }, "got CONTINUATION for stream 3; expected stream 1"},
			"never ends":    {func(p *peer) { p.open(); p.fields(1, false) }, "got HEADERS for stream 1; expected CONTINUATION following HEADERS for stream 1"},
			"half of field": {func(p *peer) { p.open(); _ = p.WriteContinuation(1, true, []byte{0x40}) }, "connection error: COMPRESSION_ERROR"},
		})
	}
}

// TestContinued has headers in several frames, which are taken.
func TestContinued(t *testing.T) {
	for _, client := range []bool{false, true} {
		p := newPeer(!client)
		p.open()
		_ = p.WriteContinuation(1, false, nil)
		_ = p.WriteContinuation(1, true, p.pack("x-from", "gamma"))
		p.data(0, 0, 0, 0, 0, 0)
		n, err := play(client, p.said.Bytes())
		require.ErrorIs(t, err, ErrClosed)
		require.Equal(t, 1, n)
	}
}

// TestLongHeaders has a request that takes more than a frame. It keeps to a server whose
// settings forbid dynamic tables.
func TestLongHeaders(t *testing.T) {
	long := pattern(20<<10, 0)
	for i := range long {
		long[i] = "abcdefgh"[long[i]%8]
	}
	r := aRequest
	r.Metadata = map[string][]string{"x-long": {string(long)}, "x-more": {string(long)}}
	p := newPeer(false)
	p.said.Write(headerFrames(r.fields(), true))
	require.Equal(t, byte(0x20), p.said.Bytes()[frameHead], "a table of no bytes (RFC 7541, section 6.3)")
	f := http2.NewFramer(nil, &p.said)
	f.SetMaxReadFrameSize(record)
	f.ReadMetaHeaders = noTable()
	headers, err := f.ReadFrame()
	require.NoError(t, err)
	got := headers.(*http2.MetaHeadersFrame)
	require.True(t, got.StreamEnded())
	require.ElementsMatch(t, r.fields(), got.Fields)
	require.Zero(t, p.said.Len())
}

// noTable is a decoder that keeps no fields.
func noTable() *hpack.Decoder {
	d := hpack.NewDecoder(0, nil)
	d.SetAllowedMaxDynamicTableSize(0)
	return d
}
