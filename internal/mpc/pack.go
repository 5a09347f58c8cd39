package mpc

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/pages"
)

// A packed part or delivery is, in little endian:
//
//	0   4 bytes   "TRFP" (part) or "TRFD" (delivery)
//	4   1 byte    version, 1
//	5   1 byte    server, 0 to 2
//	6   2 bytes   zero
//	8   8 bytes   n, the number of elements
//	16            the body
//
// The body of a part is σ_0, σ_1 for server 0; σ_1, x_2 for server 1; σ_0, x_2
// for server 2. That of a delivery is both components. There is one way to pack
// a value, and nothing after it.
//
// Cleartext (of [Plain] and of the clear engine's deliveries) is not packed: it
// must not get near a network.
const (
	packVersion = 1
	packHeader  = 16

	partMagic     = "TRFP"
	deliveryMagic = "TRFD"
)

// maxElements bounds what a header may announce: the 16 bytes to come after it
// must not make a length overflow.
const maxElements = 1 << 40

// packed is what all headers say.
type packed struct {
	server, n int
}

func (h packed) bytes(magic string) []byte {
	b := append([]byte(magic), packVersion, byte(h.server), 0, 0)
	return binary.LittleEndian.AppendUint64(b, uint64(h.n))
}

func readHeader(r io.Reader, magic string) (packed, error) {
	var b [packHeader]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return packed{}, short(err)
	}
	if got := string(b[:4]); got != magic {
		return packed{}, fmt.Errorf("it begins with %q, want %q", got, magic)
	}
	if b[4] != packVersion {
		return packed{}, fmt.Errorf("version %d, this program knows version %d", b[4], packVersion)
	}
	if b[5] > 2 || b[6] != 0 || b[7] != 0 {
		return packed{}, fmt.Errorf("server %d and filler %d %d, want server 0 to 2 and zeros", b[5], b[6], b[7])
	}
	n := binary.LittleEndian.Uint64(b[8:])
	if n > maxElements {
		return packed{}, fmt.Errorf("%d elements, want at most %d", n, int64(maxElements))
	}
	return packed{int(b[5]), int(n)}, nil
}

// short says that bytes are missing; any other error of the reader stays.
func short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("cut short: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// noMore reads to the end of r, where there must be nothing. A reader that
// checks what it reads can only vouch for the whole at its end.
func noMore(r io.Reader) error {
	var b [1]byte
	switch n, err := io.ReadFull(r, b[:]); {
	case n > 0:
		return fmt.Errorf("bytes after its end")
	case err != io.EOF:
		return err
	}
	return nil
}

// packBuffer is how many words are converted at a time.
const packBuffer = 4096

func writeWords(w io.Writer, words []uint64) error {
	buf := make([]byte, 0, 8*min(len(words), packBuffer))
	for len(words) > 0 {
		n := min(len(words), packBuffer)
		buf = buf[:0]
		for _, v := range words[:n] {
			buf = binary.LittleEndian.AppendUint64(buf, v)
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		words = words[n:]
	}
	return nil
}

// readWords reads n words. The caller has compared n with the length of what r
// holds.
func readWords(r io.Reader, n int) ([]uint64, error) {
	words := pages.Words(n)
	buf := make([]byte, 8*min(n, packBuffer))
	for rest := words; len(rest) > 0; {
		m := min(len(rest), packBuffer)
		if _, err := io.ReadFull(r, buf[:8*m]); err != nil {
			return nil, short(err)
		}
		for i := range rest[:m] {
			rest[i] = binary.LittleEndian.Uint64(buf[8*i:])
		}
		rest = rest[m:]
	}
	return words, nil
}

func wantSize(got, want int64) error {
	if got != want {
		return fmt.Errorf("%d bytes, want %d", got, want)
	}
	return nil
}
