package datasets

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
)

// Limits of an IDX file that is read: axes, and bytes of data.
const (
	MaxIDXAxes  = 4
	MaxIDXBytes = 1 << 31
)

// IDX is an array of bytes from a file in the IDX format, in which MNIST and
// its relatives come: rows first, the last axis fastest.
type IDX struct {
	Source string // file name, for messages
	Dims   []int  // lengths of the axes, all at least 1
	Data   []byte
	SHA256 [32]byte // of the file as it is without gzip
}

// OpenIDX reads the IDX file at path, plain or compressed with gzip (its first
// bytes tell). If there is no such file the error wraps fs.ErrNotExist.
func OpenIDX(path string) (*IDX, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &ParseError{File: path, Msg: "cannot be opened: " + cause(err).Error(), Err: err}
	}
	defer f.Close() // only read from, nothing to lose
	return ReadIDX(f, path)
}

// ReadIDX reads an IDX array of unsigned bytes from r, plain or compressed with
// gzip. source names the file in messages. Format, numbers big-endian:
//
//	0 0 8 a, length of each of the a axes (4 bytes each), the data.
//
// Every error is a *ParseError: a wrong magic number, another type than bytes,
// more axes or data than the limits, a file cut short, bytes behind its end, a
// damaged gzip stream.
func ReadIDX(r io.Reader, source string) (*IDX, error) {
	in := &idxReader{IDX: IDX{Source: source}}
	if err := in.open(r); err != nil {
		return nil, err
	}
	if err := in.header(); err != nil {
		return nil, err
	}
	if err := in.data(); err != nil {
		return nil, err
	}
	return &in.IDX, nil
}

// idxReader is the state of reading one file.
type idxReader struct {
	IDX
	r    io.Reader // without gzip
	head []byte    // magic number and lengths
	size int       // bytes of data to come
}

// open puts a decompressor before r if it begins as gzip does.
func (in *idxReader) open(r io.Reader) error {
	b := bufio.NewReaderSize(r, 1<<16)
	in.r = b
	first, _ := b.Peek(2) // an error shows again in the first read
	if !bytes.Equal(first, []byte{0x1f, 0x8b}) {
		return nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return in.unreadable(err)
	}
	in.r = z
	return nil
}

// header reads magic number and lengths.
func (in *idxReader) header() error {
	magic, err := in.take(4)
	if err != nil {
		return err
	}
	if magic[0] != 0 || magic[1] != 0 {
		return in.errorf("fetch the file again", "it begins with % x, want 00 00 08 and the number of axes: this is no IDX file", magic)
	}
	if magic[2] != 8 {
		return in.errorf("convert it to bytes", "its numbers are %s, want unsigned bytes (type 08)", idxType(magic[2]))
	}
	axes := int(magic[3])
	if axes < 1 || axes > MaxIDXAxes {
		return in.errorf("", "it has %d axes, want 1 to %d", axes, MaxIDXAxes)
	}
	lengths, err := in.take(4 * axes)
	if err != nil {
		return err
	}
	return in.shape(lengths)
}

// shape sets axes and size from the lengths in the header.
func (in *idxReader) shape(lengths []byte) error {
	size := uint64(1)
	for i := 0; i < len(lengths); i += 4 {
		n := binary.BigEndian.Uint32(lengths[i:])
		if n == 0 {
			return in.errorf("", "axis %d has length 0, want at least 1", i/4+1)
		}
		size *= uint64(n) // both are below 2^32: no overflow
		if size > MaxIDXBytes {
			return in.errorf("fetch the file again", "its header promises more than %d bytes", uint64(MaxIDXBytes))
		}
		in.Dims = append(in.Dims, int(n))
	}
	in.size = int(size)
	return nil
}

// data reads everything behind the header. The buffer grows with what there
// is, whatever the header promises.
func (in *idxReader) data() error {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(in.r, int64(in.size)+1))
	if err != nil {
		return in.unreadable(err)
	}
	switch {
	case n < int64(in.size):
		return in.errorf("fetch the file again", "it ends after %d of the %d bytes of its %s array: it is cut short", n, in.size, times(in.Dims))
	case n > int64(in.size):
		return in.errorf("fetch the file again", "there are bytes behind its %s array", times(in.Dims))
	}
	in.Data = b.Bytes()
	h := sha256.New()
	h.Write(in.head)
	h.Write(in.Data)
	h.Sum(in.SHA256[:0])
	return nil
}

// take reads n bytes of the header.
func (in *idxReader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(in.r, b)
	switch {
	case err == io.EOF && len(in.head) == 0:
		return nil, in.errorf("fetch the file again", "the file is empty, want an IDX array")
	case err == io.EOF, err == io.ErrUnexpectedEOF && len(in.head)+got < 4+n:
		return nil, in.errorf("fetch the file again", "it ends after %d bytes, inside its header: it is cut short", len(in.head)+got)
	case err != nil:
		return nil, in.unreadable(err)
	}
	in.head = append(in.head, b...)
	return b, nil
}

func (in *idxReader) errorf(hint, format string, args ...any) error {
	return &ParseError{File: in.Source, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// unreadable is an error of the disk or of the gzip stream.
func (in *idxReader) unreadable(err error) error {
	e := &ParseError{File: in.Source, Msg: "cannot be read: " + cause(err).Error(), Err: err}
	if _, compressed := in.r.(*gzip.Reader); compressed || err == gzip.ErrHeader {
		e.Msg, e.Hint = "its gzip stream is damaged: "+err.Error(), "fetch the file again"
	}
	return e
}

func idxType(code byte) string {
	names := map[byte]string{9: "signed bytes", 0xb: "16-bit integers", 0xc: "32-bit integers", 0xd: "32-bit floats", 0xe: "64-bit floats"}
	if name, ok := names[code]; ok {
		return name
	}
	return fmt.Sprintf("of the unknown type %02x", code)
}

// times prints lengths as 60000×28×28.
func times(dims []int) string {
	var text strings.Builder
	for i, n := range dims {
		if i > 0 {
			text.WriteString("×")
		}
		text.WriteString(fmt.Sprint(n))
	}
	return text.String()
}
