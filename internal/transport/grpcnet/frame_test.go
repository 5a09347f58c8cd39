package grpcnet

import (
	"encoding/binary"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
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

// frame is the bytes of a frame.
func frame(h head, words []uint64) []byte {
	b := make([]byte, headBytes)
	h.put(b)
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// feed gives a frame to r, in pieces of cut bytes.
func feed(r *reader, frame []byte, cut int) error {
	return r.accept(&pieces{frame, cut}, len(frame))
}

// pieces reads cut bytes at a time.
type pieces struct {
	data []byte
	cut  int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, p.data[:min(p.cut, len(p.data))])
	p.data = p.data[n:]
	return n, nil
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
			require.NoError(t, feed(r, frame(h, iota64(total[k])[sent[k]:sent[k]+run]), rapid.IntRange(1, 200).Draw(t, "cut")))
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

// TestReverse is what machines of the other byte order do to words on their way out
// and in.
func TestReverse(t *testing.T) {
	words := []uint64{0x0102030405060708, 1}
	reverse(words)
	require.Equal(t, []uint64{0x0807060504030201, 1 << 56}, words)
}

// TestMalformedFrames lists what a reader refuses, and how it says so.
func TestMalformedFrames(t *testing.T) {
	tag := transport.Tag{Lane: 5, Seq: 6, Depth: 7}
	for what, c := range map[string]struct {
		frames [][]byte
		want   string
	}{
		"nothing":         {[][]byte{nil}, "malformed frame: 0 bytes, want 24 and a multiple of 8 up to 1048576"},
		"half a head":     {[][]byte{make([]byte, 16)}, "malformed frame: 16 bytes, want 24 and a multiple of 8 up to 1048576"},
		"half a word":     {[][]byte{make([]byte, 28)}, "malformed frame: 28 bytes, want 24 and a multiple of 8 up to 1048576"},
		"too many words":  {[][]byte{frame(head{tag, 2, 0}, iota64(3))}, "malformed frame: words 0 to 3 of a message of 2"},
		"beyond the end":  {[][]byte{frame(head{tag, 3, 1<<32 - 1}, iota64(1))}, "malformed frame: words 4294967295 to 4294967296 of a message of 3"},
		"an empty run":    {[][]byte{frame(head{tag, 3, 0}, nil)}, "malformed frame: no words of a message of 3"},
		"no beginning":    {[][]byte{frame(head{tag, 3, 1}, iota64(1))}, "malformed frame: word 1 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a gap":           {[][]byte{frame(head{tag, 3, 0}, iota64(1)), frame(head{tag, 3, 2}, iota64(1))}, "malformed frame: word 2 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a new length":    {[][]byte{frame(head{tag, 3, 0}, iota64(1)), frame(head{tag, 4, 1}, iota64(1))}, "malformed frame: word 1 of 4 for lane 0x5 seq 6, which does not continue a message"},
		"a second start":  {[][]byte{frame(head{tag, 3, 0}, iota64(1)), frame(head{tag, 3, 0}, iota64(1))}, "malformed frame: word 0 of 3 for lane 0x5 seq 6, which does not continue a message"},
		"a name twice":    {[][]byte{frame(head{tag, 1, 0}, iota64(1)), frame(head{tag, 1, 0}, iota64(1))}, "second message for lane 0x5 seq 6 from server 0 to server 1, want every name once"},
		"a huge message":  {[][]byte{frame(head{tag, 1 << 31, 0}, iota64(1))}, "message of 17179869184 bytes, want at most 800 (grpcnet.WithMaxMessage)"},
		"a large message": {[][]byte{frame(head{tag, 101, 0}, iota64(101))}, "message of 808 bytes, want at most 800 (grpcnet.WithMaxMessage)"},
	} {
		_, r := testReader(WithMaxMessage(800))
		var err error
		for _, f := range c.frames {
			require.NoError(t, err, what)
			err = feed(r, f, len(f)+1)
		}
		require.EqualError(t, err, c.want, what)
		require.IsType(t, &wrongError{}, err, what)
	}
}

// TestBacklogIsBounded has a peer send what nobody reads: whole messages, empty
// ones, and beginnings.
func TestBacklogIsBounded(t *testing.T) {
	for _, h := range []head{{total: 10}, {total: 0}, {total: 20}} {
		_, r := testReader(WithBacklog(1000, 10_000))
		var err error
		for h.Seq = 0; err == nil && h.Seq < 1000; h.Seq++ {
			err = feed(r, frame(h, iota64(min(10, int(h.total)))), 1000)
		}
		require.ErrorContains(t, err, "that were not read, want at most 10000 (grpcnet.WithBacklog)")
		require.LessOrEqual(t, r.unread(), int64(10_000))
	}
}

// FuzzFrames feeds a reader frames made of any bytes: pairs of a length and that
// many bytes.
func FuzzFrames(f *testing.F) {
	for _, h := range []head{{total: 2}, {total: 5, offset: 1}, {Tag: transport.Tag{Lane: 1 << 63, Seq: 1}}} {
		b := frame(h, iota64(2))
		f.Add(append([]byte{byte(len(b)), 0}, b...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 20
		_, r := testReader(WithMaxMessage(1<<16), WithBacklog(limit, limit))
		for err := error(nil); len(b) >= 2 && err == nil; {
			n := min(int(binary.LittleEndian.Uint16(b)), len(b)-2)
			err = feed(r, b[2:2+n], n+1)
			b = b[2+n:]
		}
		require.LessOrEqual(t, r.unread(), int64(limit))
	})
}
