package mpc_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// packedParts returns the packed parts of a vector.
func packedParts(t mpctest.TB, x []uint64, random io.Reader) (out [3][]byte) {
	parts, err := mpc.Split(x, random)
	require.NoError(t, err)
	for i, part := range parts {
		out[i], err = mpc.PackPart(part)
		require.NoError(t, err)
		require.EqualValues(t, part.PackedSize(), len(out[i]))
	}
	return out
}

// counting is a source of bytes 0, 1, 2, …
func counting(n int) io.Reader {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return bytes.NewReader(b)
}

// TestPackedPartGolden fixes the format: an owner and a server of different
// versions must agree on it. The words x_2 = x − PRG(σ_0) − PRG(σ_1) were computed with
// another AES-128-CTR, that of openssl.
func TestPackedPartGolden(t *testing.T) {
	want := [3]string{
		"5452465001000000" + "0200000000000000" + "000102030405060708090a0b0c0d0e0f" + "101112131415161718191a1b1c1d1e1f",
		"5452465001010000" + "0200000000000000" + "101112131415161718191a1b1c1d1e1f" + "4eba93cf6984d210" + "93721fedc267332d",
		"5452465001020000" + "0200000000000000" + "000102030405060708090a0b0c0d0e0f" + "4eba93cf6984d210" + "93721fedc267332d",
	}
	for i, b := range packedParts(t, []uint64{1, 2}, counting(32)) {
		require.Equal(t, want[i], hex.EncodeToString(b), "server %d", i)
	}
}

// What servers unpack is what the owner split.
func TestPackedPartsAreTheInput(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4095, 4096, 4097, 10_000} {
		x := randomWords(n)
		packed := packedParts(t, x, rand.Reader)
		var from [3]mpc.Delivery
		mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
			part, err := mpc.ReadPart(iotest.HalfReader(bytes.NewReader(packed[p.Server()])), int64(len(packed[p.Server()])))
			if err != nil {
				return err
			}
			if err := part.Fits(p.Server(), n); err != nil {
				return err
			}
			from[p.Server()] = p.Deliver(p.Input(part), mpctest.OwnerPermit())
			return nil
		})
		for i := range from {
			b, err := mpc.PackDelivery(from[i])
			require.NoError(t, err)
			require.EqualValues(t, from[i].PackedSize(), len(b))
			from[i], err = mpc.ReadDelivery(iotest.OneByteReader(bytes.NewReader(b)), int64(len(b)))
			require.NoError(t, err)
			require.Equal(t, n, from[i].Len())
			require.Equal(t, i, from[i].Server())
		}
		got, err := mpc.Combine(from[:]...)
		require.NoError(t, err)
		require.Equal(t, x, got)
	}
}

func TestPackRefusesCleartext(t *testing.T) {
	for _, part := range []mpc.Part{{}, mpc.Plain([]uint64{1})} {
		_, err := mpc.PackPart(part)
		require.ErrorContains(t, err, "cleartext")
		require.ErrorContains(t, mpc.WritePart(io.Discard, part), "cleartext")
	}
	_, err := mpc.PackDelivery(mpc.Delivery{})
	require.ErrorContains(t, err, "cleartext")
	_, err = mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{}, func(c *mpc.Clear) error {
		_, err := mpc.PackDelivery(c.Deliver(c.Public([]uint64{7}), mpctest.OwnerPermit()))
		return err
	})
	require.ErrorContains(t, err, "cleartext")
}

// withHeader returns b with one byte changed.
func withByte(b []byte, at int, v byte) []byte {
	b = slices.Clone(b)
	b[at] = v
	return b
}

func withLength(b []byte, n uint64) []byte {
	b = slices.Clone(b)
	binary.LittleEndian.PutUint64(b[8:], n)
	return b
}

func TestUnpackPartRefuses(t *testing.T) {
	b := packedParts(t, randomWords(5), rand.Reader)
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{nil, "cut short"},
		{b[1][:15], "cut short"},
		{b[1][:16], "server 1, 5 elements: 16 bytes, want 72"},
		{b[1][:71], "71 bytes, want 72"},
		{append(slices.Clone(b[1]), 0), "73 bytes, want 72"},
		{append(slices.Clone(b[0]), 0), "49 bytes, want 48"},
		{withByte(b[1], 3, 'D'), `it begins with "TRFD", want "TRFP"`},
		{withByte(b[1], 4, 2), "version 2, this program knows version 1"},
		{withByte(b[1], 5, 3), "server 3"},
		{withByte(b[1], 5, 255), "server 255"},
		{withByte(b[1], 5, 0), "server 0, 5 elements: 72 bytes, want 48"},
		{withByte(b[1], 6, 1), "filler 1 0"},
		{withByte(b[1], 7, 1), "filler 0 1"},
		{withLength(b[1], 6), "72 bytes, want 80"},
		{withLength(b[1], math.MaxUint64), "18446744073709551615 elements, want at most"},
		{withLength(b[1], 1<<61), "elements, want at most"},
		{withLength(b[1], 1<<40), "1099511627776 elements: 72 bytes"},
	} {
		_, err := mpc.UnpackPart(c.in)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "mpc: packed part: ")
	}
}

func TestUnpackDeliveryRefuses(t *testing.T) {
	b, err := mpc.PackDelivery(deliver(t, mpctest.Shares(t, randomWords(2)))[1])
	require.NoError(t, err)
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{nil, "cut short"},
		{b[:47], "server 1, 2 elements: 47 bytes, want 48"},
		{append(slices.Clone(b), 1), "49 bytes, want 48"},
		{withByte(b, 3, 'P'), `it begins with "TRFP", want "TRFD"`},
		{withByte(b, 4, 0), "version 0"},
		{withByte(b, 5, 3), "server 3"},
		{withLength(b, 1<<40), "elements: 48 bytes"},
		{withLength(b, 1<<63), "elements, want at most"},
	} {
		_, err := mpc.UnpackDelivery(c.in)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "mpc: packed delivery: ")
	}
}

// A stream that is shorter or longer than announced, or whose end is an error,
// is refused: it is at the end that sealed data turns out to be cut.
func TestReadPartReadsToTheEnd(t *testing.T) {
	broken := errors.New("not genuine")
	for i, b := range packedParts(t, randomWords(9), rand.Reader) {
		size := int64(len(b))
		_, err := mpc.ReadPart(bytes.NewReader(b[:size-1]), size)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "server %d", i)
		_, err = mpc.ReadPart(bytes.NewReader(append(b, 0)), size)
		require.ErrorContains(t, err, "bytes after its end")
		for n := range b {
			_, err = mpc.ReadPart(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)), size)
			require.ErrorIs(t, err, broken, "after %d bytes", n)
		}
		_, err = mpc.ReadPart(io.MultiReader(bytes.NewReader(b), iotest.ErrReader(broken)), size)
		require.ErrorIs(t, err, broken)
	}
}

func TestWritePartReportsErrors(t *testing.T) {
	parts, err := mpc.Split(randomWords(5000), rand.Reader)
	require.NoError(t, err)
	for _, room := range []int64{0, 32, 32 + 8*4096} {
		require.ErrorIs(t, mpc.WritePart(&limited{room}, parts[1]), io.ErrShortWrite)
	}
	d := deliver(t, mpctest.Shares(t, randomWords(5000)))
	for _, room := range []int64{0, 16, 16 + 8*5000} {
		require.ErrorIs(t, mpc.WriteDelivery(&limited{room}, d[0]), io.ErrShortWrite)
	}
}

// limited takes so many bytes.
type limited struct{ room int64 }

func (l *limited) Write(p []byte) (int, error) {
	if l.room -= int64(len(p)); l.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFits(t *testing.T) {
	parts, err := mpc.Split(randomWords(5), rand.Reader)
	require.NoError(t, err)
	require.NoError(t, parts[2].Fits(2, 5))
	require.EqualError(t, parts[2].Fits(1, 5), "mpc: got a part for server 2, want one for server 1")
	require.EqualError(t, parts[2].Fits(2, 6), "mpc: got a part of 5 elements, want 6")
	require.EqualError(t, mpc.Part{}.Fits(2, 6), "mpc: got an empty part, want one that an owner made")
	huge, err := mpc.UnpackPart(withLength(packedParts(t, randomWords(5), rand.Reader)[0], 1<<40))
	require.NoError(t, err, "a part of server 0 says of itself how many elements it stands for")
	require.EqualError(t, huge.Fits(0, 5), "mpc: got a part of 1099511627776 elements, want 5")
}

// TestCombineRefusesUnequalLengths has what servers that do not agree can send.
func TestCombineRefusesUnequalLengths(t *testing.T) {
	five, six := deliver(t, mpctest.Shares(t, randomWords(5))), deliver(t, mpctest.Shares(t, randomWords(6)))
	for server := range 3 {
		from := slices.Clone(five)
		from[server] = six[server]
		for name, combine := range map[string]func(...mpc.Delivery) ([]uint64, error){"plain": mpc.Combine, "wide": mpc.CombineWide} {
			_, err := combine(from...)
			require.ErrorContains(t, err, "one of them is broken or cheats; do not use this result", name)
			require.ErrorContains(t, err, "elements and server 0")
		}
	}
	_, err := mpc.CombineWide(five...)
	require.EqualError(t, err, "got deliveries of 5 words, want a multiple of 3")
	_, err = mpc.CombineWide(six...)
	require.NoError(t, err)
}

// Bytes that unpack are the only ones for what they hold.
func FuzzUnpackPart(f *testing.F) {
	for _, b := range packedParts(f, []uint64{1, 2}, counting(32)) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		part, err := mpc.UnpackPart(b)
		if err != nil {
			return
		}
		again, err := mpc.PackPart(part)
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

func FuzzUnpackDelivery(f *testing.F) {
	b, err := mpc.PackDelivery(deliver(f, mpctest.Shares(f, []uint64{1, 2}))[2])
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := mpc.UnpackDelivery(b)
		if err != nil {
			return
		}
		again, err := mpc.PackDelivery(d)
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

// Any owner's vector comes through, and a flipped bit never passes for the same
// part.
func TestPackedPartFlippedBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := packedParts(t, randomWords(rapid.IntRange(0, 9).Draw(t, "n")), rand.Reader)[rapid.IntRange(0, 2).Draw(t, "server")]
		flipped := slices.Clone(b)
		flipped[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		part, err := mpc.UnpackPart(flipped)
		if err != nil {
			return // the header; seeds and words are any bytes, the seal guards them
		}
		again, err := mpc.PackPart(part)
		require.NoError(t, err)
		require.Equal(t, flipped, again)
	})
}
