package grpcnet

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/mem"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// testReader is a reader on a link of a session without network.
func testReader(opts ...Option) (*session, *reader) {
	n := &Node{config: defaults()}
	for _, o := range opts {
		o(&n.config)
	}
	s := newSession(n, SessionID{}, 1, [transport.Servers]Peer{})
	return s, &s.links[0].reader
}

// frame is the bytes of a frame, cut into buffers of the given size.
func frame(h head, words []uint64, cut int) (data mem.BufferSlice) {
	b := make([]byte, headBytes)
	h.put(b)
	for piece := range slices.Chunk(appendWords(b, words), cut) {
		data = append(data, mem.SliceBuffer(piece))
	}
	return data
}

func iota64(n int) []uint64 {
	w := make([]uint64, n)
	for i := range w {
		w[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	return w
}

// TestFramesMakeMessages sends messages in runs of any size, those of several
// messages in turns, and in buffers of any size.
func TestFramesMakeMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := testReader()
		total := rapid.SliceOfN(rapid.IntRange(0, 300), 1, 5).Draw(t, "words")
		sent := make([]int, len(total))
		for left := slices.Clone(total); len(left) > 0; {
			k := rapid.IntRange(0, len(total)-1).Draw(t, "message")
			if sent[k] < 0 {
				continue
			}
			run := total[k] - sent[k]
			if run > 1 {
				run = rapid.IntRange(1, run).Draw(t, "run")
			}
			h := head{Tag: transport.Tag{Lane: 7, Seq: uint32(k), Depth: uint32(k)}, total: uint32(total[k]), offset: uint32(sent[k])}
			r.unmarshal(frame(h, iota64(total[k])[sent[k]:sent[k]+run], rapid.IntRange(1, 200).Draw(t, "cut")))
			require.NoError(t, r.err)
			if sent[k] += run; sent[k] == total[k] {
				sent[k], left = -1, left[1:]
			}
		}
		require.Zero(t, r.partial)
		require.Empty(t, r.parts)
		for k, n := range total {
			words, depth, err := s.Recv(0, 7, uint32(k))
			require.NoError(t, err)
			require.EqualValues(t, k, depth)
			require.Equal(t, iota64(n), append([]uint64{}, words...))
		}
		require.Zero(t, r.unread())
	})
}

func TestWordsAreLittleEndian(t *testing.T) {
	b := appendWords([]byte{9}, []uint64{0x0102030405060708})
	require.Equal(t, []byte{9, 8, 7, 6, 5, 4, 3, 2, 1}, b)
	var w [1]uint64
	copySwapped(w[:], b[1:])
	require.EqualValues(t, 0x0102030405060708, w[0])
}

// TestMalformedFrames lists what a reader refuses, and how it says so.
func TestMalformedFrames(t *testing.T) {
	tag := transport.Tag{Lane: 5, Seq: 6, Depth: 7}
	for what, c := range map[string]struct {
		frames []mem.BufferSlice
		want   string
	}{
		"nothing":         {[]mem.BufferSlice{nil}, "malformed frame: 0 bytes, want 24 and a multiple of 8 up to 1048576"},
		"half a head":     {[]mem.BufferSlice{{mem.SliceBuffer(make([]byte, 16))}}, "malformed frame: 16 bytes, want 24 and a multiple of 8 up to 1048576"},
		"half a word":     {[]mem.BufferSlice{{mem.SliceBuffer(make([]byte, 28))}}, "malformed frame: 28 bytes, want 24 and a multiple of 8 up to 1048576"},
		"too many words":  {[]mem.BufferSlice{frame(head{tag, 2, 0}, iota64(3), 99)}, "malformed frame: words 0 to 3 of a message of 2"},
		"beyond the end":  {[]mem.BufferSlice{frame(head{tag, 3, 1<<32 - 1}, iota64(1), 99)}, "malformed frame: words 4294967295 to 4294967296 of a message of 3"},
		"an empty run":    {[]mem.BufferSlice{frame(head{tag, 3, 0}, nil, 99)}, "malformed frame: no words of a message of 3"},
		"no beginning":    {[]mem.BufferSlice{frame(head{tag, 3, 1}, iota64(1), 99)}, "malformed frame: word 1 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a gap":           {[]mem.BufferSlice{frame(head{tag, 3, 0}, iota64(1), 99), frame(head{tag, 3, 2}, iota64(1), 99)}, "malformed frame: word 2 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a new length":    {[]mem.BufferSlice{frame(head{tag, 3, 0}, iota64(1), 99), frame(head{tag, 4, 1}, iota64(1), 99)}, "malformed frame: word 1 of 4 for lane 0x5 seq 6, which does not continue a message"},
		"a second start":  {[]mem.BufferSlice{frame(head{tag, 3, 0}, iota64(1), 99), frame(head{tag, 3, 0}, iota64(1), 99)}, "malformed frame: word 0 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a name twice":    {[]mem.BufferSlice{frame(head{tag, 1, 0}, iota64(1), 99), frame(head{tag, 1, 0}, iota64(1), 99)}, "second message for lane 0x5 seq 6 from server 0 to server 1, want every name once"},
		"a huge message":  {[]mem.BufferSlice{frame(head{tag, 1 << 31, 0}, iota64(1), 99)}, "message of 17179869184 bytes, want at most 800 (grpcnet.WithMaxMessage)"},
		"a large message": {[]mem.BufferSlice{frame(head{tag, 101, 0}, iota64(101), 9999)}, "message of 808 bytes, want at most 800 (grpcnet.WithMaxMessage)"},
	} {
		_, r := testReader(WithMaxMessage(800))
		for _, f := range c.frames {
			require.NoError(t, r.err, what)
			r.unmarshal(f)
		}
		require.EqualError(t, r.err, c.want, what)
	}
}

// TestBacklogIsBounded has a peer send what nobody reads: whole messages, empty
// ones, and beginnings.
func TestBacklogIsBounded(t *testing.T) {
	for _, h := range []head{{total: 10}, {total: 0}, {total: 20}} {
		_, r := testReader(WithBacklog(1000, 10_000))
		var sent uint32
		for r.err == nil && sent < 1000 {
			h.Seq = sent
			r.unmarshal(frame(h, iota64(min(10, int(h.total))), 99))
			sent++
		}
		require.ErrorContains(t, r.err, "that were not read, want at most 10000 (grpcnet.WithBacklog)")
		require.LessOrEqual(t, r.unread(), int64(10_000))
	}
}

// FuzzFrames feeds a reader frames made of any bytes: pairs of a length and that
// many bytes.
func FuzzFrames(f *testing.F) {
	for _, h := range []head{{total: 2}, {total: 5, offset: 1}, {Tag: transport.Tag{Lane: 1 << 63, Seq: 1}}} {
		b := make([]byte, headBytes)
		h.put(b)
		b = appendWords(b, iota64(2))
		f.Add(append([]byte{byte(len(b)), 0}, b...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 20
		_, r := testReader(WithMaxMessage(1<<16), WithBacklog(limit, limit))
		for len(b) >= 2 && r.err == nil {
			n := min(int(binary.LittleEndian.Uint16(b)), len(b)-2)
			r.unmarshal(mem.BufferSlice{mem.SliceBuffer(b[2 : 2+n])})
			b = b[2+n:]
		}
		require.LessOrEqual(t, r.unread(), int64(limit))
	})
}
