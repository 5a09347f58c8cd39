package grpcnet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/mem"
)

func TestControlFrames(t *testing.T) {
	for _, c := range []control{
		{kind: kindWelcome},
		{kind: kindBeat},
		{kind: kindEnd, origin: 2},
		{kind: kindEnd, origin: 1, texts: []string{"", "a", strings.Repeat("x", maxText)}},
	} {
		var got control
		got.unmarshal(c.marshal())
		require.Equal(t, c, got)
	}
}

func TestMalformedControlFrames(t *testing.T) {
	many := append([]byte{kindEnd, 0}, make([]byte, 2*(maxTexts+1))...)
	for _, b := range [][]byte{{}, {0}, {9}, {kindBeat, 0}, {kindEnd}, {kindEnd, 3}, {kindEnd, 0, 1}, {kindEnd, 0, 2, 0, 'a'}, many} {
		var got control
		got.unmarshal(mem.BufferSlice{mem.SliceBuffer(b)})
		var bad *FrameError
		require.ErrorAs(t, got.err, &bad, "%v", b)
	}
}

// FuzzControl checks that what is a frame is one frame only.
func FuzzControl(f *testing.F) {
	f.Add((&control{kind: kindEnd, origin: 1, texts: []string{"disk full", "x"}}).marshal().Materialize())
	f.Add([]byte{kindBeat})
	f.Fuzz(func(t *testing.T, b []byte) {
		var got control
		got.unmarshal(mem.BufferSlice{mem.SliceBuffer(b)})
		if got.err == nil && !bytes.Equal(b, got.marshal().Materialize()) {
			t.Errorf("%q was read as %+v", b, got)
		}
		require.LessOrEqual(t, len(got.texts), maxTexts)
	})
}
