package grpcnet

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/mem"
	"pgregory.net/rapid"
)

// TestRunsAreGivenBack cuts messages of any size: the runs are the message, gRPC
// gives each of them back, and the words are free when it has let go of the last.
func TestRunsAreGivenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := testReader()
		near := rapid.IntRange(0, 3).Draw(t, "frames") * maxFrame / 8
		n := max(packetBytes/8, near+rapid.IntRange(-300, 300).Draw(t, "words"))
		l := s.runs.lend(iota64(n))
		var all []mem.BufferSlice
		var got []byte
		for begin := 0; begin < 8*n; {
			end := runEnd(begin, 8*n)
			f := s.runs.frame(l, head{total: uint32(n)}, begin, end)
			require.Equal(t, uint32(begin/8), parseHead(f[0].ReadOnlyData()).offset)
			require.LessOrEqual(t, f[1].Len(), maxFrame)
			require.Zero(t, f[1].Len()%8)
			got = append(got, f[1].ReadOnlyData()...)
			all, begin = append(all, f), end
		}
		require.True(t, bytes.Equal(appendWords(nil, iota64(n)), got))
		s.runs.release(l)
		for i, f := range all {
			f.Ref() // as the transport holds it while SendMsg returns
			f.Free()
			require.NotNil(t, l.words, "run %d of %d is not written yet", i, len(all))
			f.Free()
		}
		require.Nil(t, l.words, "all %d runs are written", len(all))
	})
}
