package datasets_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
)

// idx writes an IDX file of bytes.
func idx(data []byte, dims ...int) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, n := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return append(b, data...)
}

func zipped(t require.TestingT, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dims := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "dims")
		size := 1
		for _, n := range dims {
			size *= n
		}
		data := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "data")
		file := idx(data, dims...)
		for _, bytesOf := range [][]byte{file, zipped(t, file)} {
			a, err := datasets.ReadIDX(bytes.NewReader(bytesOf), "images")
			require.NoError(t, err)
			require.Equal(t, dims, a.Dims)
			require.Equal(t, data, a.Data)
			require.Equal(t, sha256.Sum256(file), a.SHA256)
		}
	})
}

// TestBadIDX has one file for everything that ReadIDX refuses, with the whole
// message.
func TestBadIDX(t *testing.T) {
	good := idx([]byte{1, 2, 3, 4, 5, 6}, 3, 2)
	packed := zipped(t, good)
	other := func(at int, b byte) []byte {
		file := bytes.Clone(good)
		file[at] = b
		return file
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "a: the file is empty, want an IDX array (fetch the file again)"},
		{good[:3], "a: it ends after 3 bytes, inside its header: it is cut short (fetch the file again)"},
		{good[:4], "a: it ends after 4 bytes, inside its header: it is cut short (fetch the file again)"},
		{good[:9], "a: it ends after 9 bytes, inside its header: it is cut short (fetch the file again)"},
		{good[:12], "a: it ends after 0 of the 6 bytes of its 3×2 array: it is cut short (fetch the file again)"},
		{good[:17], "a: it ends after 5 of the 6 bytes of its 3×2 array: it is cut short (fetch the file again)"},
		{append(bytes.Clone(good), 0), "a: there are bytes behind its 3×2 array (fetch the file again)"},
		{[]byte("<html>"), "a: it begins with 3c 68 74 6d, want 00 00 08 and the number of axes: this is no IDX file (fetch the file again)"},
		{other(2, 0xd), "a: its numbers are 32-bit floats, want unsigned bytes (type 08) (convert it to bytes)"},
		{other(2, 7), "a: its numbers are of the unknown type 07, want unsigned bytes (type 08) (convert it to bytes)"},
		{other(3, 0), "a: it has 0 axes, want 1 to 4"},
		{other(3, 5), "a: it has 5 axes, want 1 to 4"},
		{other(11, 0), "a: axis 2 has length 0, want at least 1"},
		{other(4, 0xff), "a: its header promises more than 2147483648 bytes (fetch the file again)"},
		{packed[:len(packed)-9], "a: its gzip stream is damaged: unexpected EOF (fetch the file again)"},
		{append(bytes.Clone(packed[:len(packed)-8]), make([]byte, 8)...), "a: its gzip stream is damaged: gzip: invalid checksum (fetch the file again)"},
		{[]byte{0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0, 0}, "a: its gzip stream is damaged: gzip: invalid header (fetch the file again)"},
	} {
		_, err := datasets.ReadIDX(bytes.NewReader(c.file), "a")
		require.EqualError(t, err, c.want, "% x", c.file)
		var e *datasets.ParseError
		require.ErrorAs(t, err, &e)
	}
}

// TestPromisesCostNothing: a header that promises 2 GB in a short file.
func TestPromisesCostNothing(t *testing.T) {
	file := idx([]byte{1}, 1<<15, 1<<15)
	allocated := testing.AllocsPerRun(1, func() {
		_, err := datasets.ReadIDX(bytes.NewReader(file), "a")
		require.ErrorContains(t, err, "cut short")
	})
	require.Less(t, allocated, 100.0)
}

func TestOpenIDX(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels")
	_, err := datasets.OpenIDX(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.WriteFile(path, idx([]byte{7, 8}, 2), 0o600))
	a, err := datasets.OpenIDX(path)
	require.NoError(t, err)
	require.Equal(t, []byte{7, 8}, a.Data)
}

func FuzzReadIDX(f *testing.F) {
	good := idx([]byte{1, 2, 3, 4, 5, 6}, 3, 2)
	f.Add(good)
	f.Add(zipped(f, good))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := datasets.ReadIDX(bytes.NewReader(file), "a")
		if err != nil {
			return
		}
		size := 1
		for _, n := range a.Dims {
			size *= n
		}
		require.Len(t, a.Data, size)
	})
}
