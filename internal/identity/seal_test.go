package identity

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var about = []byte("job 1, features of hospital-a, server 0")

// text is n bytes that differ from place to place.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

func seal(t require.TestingT, plain []byte) []byte {
	b, err := counted().SealKey().Seal(about, plain)
	require.NoError(t, err)
	require.EqualValues(t, SealedSize(int64(len(plain))), len(b))
	return b
}

// lengths are those around whole chunks.
var lengths = []int{0, 1, 15, 16, 17, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2*ChunkSize - 1, 2 * ChunkSize, 3*ChunkSize + 7}

func TestSealAndOpen(t *testing.T) {
	for _, n := range lengths {
		sealed := seal(t, text(n))
		got, err := counted().Open(about, sealed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(text(n), got), "%d bytes", n)
		require.NotEqual(t, sealed, seal(t, text(n)), "each sealing has fresh keys")
	}
}

func TestSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "n")
		back, err := OpenedSize(SealedSize(n))
		require.NoError(t, err)
		require.Equal(t, n, back)
	})
	for _, n := range []int64{-1, 0, SealedSize(0) - 1, SealedSize(ChunkSize) + 1, SealedSize(ChunkSize) + tagSize} {
		_, err := OpenedSize(n)
		require.ErrorIs(t, err, ErrSealed, "%d bytes", n)
	}
}

// TestSealGolden opens what an earlier version sealed.
func TestSealGolden(t *testing.T) {
	sealed, err := os.ReadFile("testdata/golden.sealed")
	require.NoError(t, err)
	got, err := counted().Open(about, sealed)
	require.NoError(t, err)
	require.Equal(t, "a share of a hospital", string(got))
}

// However a stream is cut into writes and reads, it is the same.
func TestSealStreams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := text(rapid.SampledFrom(lengths).Draw(t, "n"))
		var sealed bytes.Buffer
		w, err := counted().SealKey().NewWriter(&sealed, about)
		require.NoError(t, err)
		for rest := plain; len(rest) > 0; {
			n := min(len(rest), rapid.SampledFrom([]int{1000, 4096, ChunkSize - 1, ChunkSize, ChunkSize + 1, 1 << 20}).Draw(t, "write"))
			m, err := w.Write(rest[:n])
			require.NoError(t, err)
			require.Equal(t, n, m)
			rest = rest[n:]
		}
		require.NoError(t, w.Close())
		wrap := rapid.SampledFrom([]func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader,
		}).Draw(t, "reader")
		r, err := counted().NewReader(wrap(&sealed), about)
		require.NoError(t, err)
		got, err := io.ReadAll(wrap(r))
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, got))
	})
}

// requireShut checks that bytes do not open, and that nothing comes out but a
// proper beginning of the plaintext.
func requireShut(t require.TestingT, k Key, about, sealed, plain []byte) {
	r, err := k.NewReader(bytes.NewReader(sealed), about)
	if err != nil {
		require.ErrorIs(t, err, ErrSealed)
		return
	}
	got, err := io.ReadAll(r)
	require.ErrorIs(t, err, ErrSealed)
	require.True(t, bytes.HasPrefix(plain, got), "it let through what was not sealed")
	_, again := r.Read(make([]byte, 1))
	require.Equal(t, err, again, "the error stays")
}

func TestOpenRefusesOtherKeysAndPurposes(t *testing.T) {
	for _, n := range lengths {
		sealed := seal(t, text(n))
		requireShut(t, other(), about, sealed, nil)
		requireShut(t, counted(), about[:len(about)-1], sealed, nil)
		requireShut(t, counted(), nil, sealed, nil)
		requireShut(t, counted(), append(bytes.Clone(about), 0), sealed, nil)
	}
}

// Every byte is covered: the magic, the encapsulated key, chunks and tags.
func TestOpenRefusesFlippedBits(t *testing.T) {
	plain := text(2*ChunkSize + 9)
	sealed := seal(t, plain)
	flip := func(t require.TestingT, at, bit int) {
		bad := slices.Clone(sealed)
		bad[at] ^= 1 << bit
		requireShut(t, counted(), about, bad, plain)
	}
	for at := 0; at < len(sealMagic)+encSize+20; at += 7 {
		flip(t, at, at%8)
	}
	for at := len(sealed) - 1; at > len(sealed)-30; at-- {
		flip(t, at, at%8)
	}
	rapid.Check(t, func(t *rapid.T) {
		flip(t, rapid.IntRange(0, len(sealed)-1).Draw(t, "at"), rapid.IntRange(0, 7).Draw(t, "bit"))
	})
}

// chunks cuts sealed bytes into the header and the chunks.
func chunks(sealed []byte) (head []byte, out [][]byte) {
	n := len(sealMagic) + encSize
	return sealed[:n], slices.Collect(slices.Chunk(sealed[n:], ChunkSize+tagSize))
}

func TestOpenRefusesCutsAndAdditions(t *testing.T) {
	for _, n := range lengths {
		plain := text(n)
		sealed := seal(t, plain)
		head, parts := chunks(sealed)
		for i := range parts { // cut at chunks, with the end missing
			requireShut(t, counted(), about, slices.Concat(append([][]byte{head}, parts[:i]...)...), plain)
		}
		for _, cut := range []int{1, 15, 16, 17, len(head), len(sealed) / 2} {
			requireShut(t, counted(), about, sealed[:max(0, len(sealed)-cut)], plain)
		}
		requireShut(t, counted(), about, append(slices.Clone(sealed), 0), plain)
		requireShut(t, counted(), about, append(slices.Clone(sealed), make([]byte, tagSize)...), plain)
		requireShut(t, counted(), about, append(slices.Clone(sealed), parts[len(parts)-1]...), plain)
		requireShut(t, counted(), about, append(slices.Clone(sealed), sealed...), plain)
	}
	requireShut(t, counted(), about, nil, nil)
}

func TestOpenRefusesExchangedChunks(t *testing.T) {
	plain := text(5 * ChunkSize)
	head, a := chunks(seal(t, plain))
	_, b := chunks(seal(t, plain))
	for name, order := range map[string][][]byte{
		"swapped":             {a[1], a[0], a[2], a[3], a[4]},
		"last first":          {a[4], a[0], a[1], a[2], a[3]},
		"last before its end": {a[0], a[1], a[2], a[4]},
		"one missing":         {a[0], a[2], a[3], a[4]},
		"one twice":           {a[0], a[0], a[1], a[2], a[3], a[4]},
		"of another sealing":  {a[0], a[1], b[2], a[3], a[4]},
		"all of another":      b,
	} {
		t.Run(name, func(t *testing.T) {
			requireShut(t, counted(), about, slices.Concat(append([][]byte{head}, order...)...), plain)
		})
	}
}

// An end that adds nothing would be a second way to seal the same bytes.
func TestOpenRefusesAnEmptyLastChunk(t *testing.T) {
	enc, sender, err := hpke.NewSender(counted().SealKey().key, hpke.HKDFSHA256(), hpke.AES256GCM(), info(about))
	require.NoError(t, err)
	sealed := append([]byte(sealMagic), enc...)
	for _, c := range []struct {
		flag  byte
		plain []byte
	}{{notLast, text(ChunkSize)}, {last, nil}} {
		b, err := sender.Seal([]byte{c.flag}, c.plain)
		require.NoError(t, err)
		sealed = append(sealed, b...)
	}
	requireShut(t, counted(), about, sealed, text(ChunkSize))
}

// TestSealPassesOn shows that neither side holds more than a chunk or two.
func TestSealPassesOn(t *testing.T) {
	const n = 40
	var sealed bytes.Buffer
	w, err := counted().SealKey().NewWriter(&sealed, about)
	require.NoError(t, err)
	for i := range n {
		_, err := w.Write(text(ChunkSize))
		require.NoError(t, err)
		require.GreaterOrEqual(t, sealed.Len(), i*(ChunkSize+tagSize), "written after %d chunks", i+1)
	}
	require.NoError(t, w.Close())

	in := &countingReader{r: &sealed}
	r, err := counted().NewReader(in, about)
	require.NoError(t, err)
	buf := make([]byte, ChunkSize)
	for i := range n {
		_, err := io.ReadFull(r, buf)
		require.NoError(t, err)
		require.LessOrEqual(t, in.n, (i+4)*(ChunkSize+tagSize), "read after %d chunks", i+1)
	}
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// Errors of what is below are neither hidden nor taken for the end.
func TestSealReportsErrorsBelow(t *testing.T) {
	broken := errors.New("disk on fire")
	sealed := seal(t, text(3*ChunkSize))
	for _, n := range []int{0, 10, 2000, len(sealMagic) + encSize, len(sealMagic) + encSize + ChunkSize + tagSize, len(sealed)} {
		r, err := counted().NewReader(io.MultiReader(bytes.NewReader(sealed[:n]), iotest.ErrReader(broken)), about)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		require.ErrorIs(t, err, broken, "after %d bytes", n)
	}
	_, err := counted().SealKey().NewWriter(failing{0}, about)
	require.ErrorIs(t, err, io.ErrShortWrite)
	w, err := counted().SealKey().NewWriter(failing{2000}, about)
	require.NoError(t, err)
	_, err = w.Write(text(3 * ChunkSize))
	require.ErrorIs(t, err, io.ErrShortWrite)
	require.ErrorIs(t, w.Close(), io.ErrShortWrite)
}

// failing takes writes of up to so many bytes.
type failing struct{ most int }

func (f failing) Write(p []byte) (int, error) {
	if len(p) > f.most {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriteAfterClose(t *testing.T) {
	w, err := counted().SealKey().NewWriter(io.Discard, about)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	_, err = w.Write([]byte{1})
	require.ErrorContains(t, err, "write after close")
	require.Error(t, w.Close())
	_, err = SealKey{}.NewWriter(io.Discard, about)
	require.ErrorContains(t, err, "no key to seal to")
}

// Nobody makes sealed data by chance, and no input makes the parser panic.
func FuzzOpen(f *testing.F) {
	sealed, err := os.ReadFile("testdata/golden.sealed")
	require.NoError(f, err)
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-1])
	f.Add([]byte(sealMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := counted().Open(about, b); err == nil {
			require.Equal(t, sealed, b)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	plain := text(8 << 20)
	to := counted().SealKey()
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		w, _ := to.NewWriter(io.Discard, about)
		_, _ = w.Write(plain)
		_ = w.Close()
	}
}

func BenchmarkOpen(b *testing.B) {
	sealed := seal(b, text(8<<20))
	k := counted()
	b.SetBytes(8 << 20)
	for b.Loop() {
		r, _ := k.NewReader(bytes.NewReader(sealed), about)
		_, _ = io.Copy(io.Discard, r)
	}
}
