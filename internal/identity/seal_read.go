package identity

import (
	"bufio"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
)

// ErrSealed is what opening gives for data that is not whole and unchanged, or
// was sealed to another key or about something else; which of these cannot be
// told.
var ErrSealed = errors.New("sealed data does not open: it was cut short or altered, or sealed to another key or for another purpose")

// NewReader returns a reader of what [SealKey.NewWriter] sealed to k with the
// same about. Every byte that it returns is genuine, but the data is whole only
// when it has returned [io.EOF]: a stream that was cut short ends with
// [ErrSealed].
//
// Memory: a few chunks, however long the stream.
func (k Key) NewReader(r io.Reader, about []byte) (io.Reader, error) {
	in := bufio.NewReaderSize(r, ChunkSize+tagSize)
	head := make([]byte, len(sealMagic)+encSize)
	if n, err := io.ReadFull(in, head); err != nil {
		return nil, cut(err, n)
	}
	if string(head[:len(sealMagic)]) != sealMagic {
		return nil, fmt.Errorf("%w (it does not begin with %q)", ErrSealed, sealMagic)
	}
	recipient, err := hpke.NewRecipient(head[len(sealMagic):], (*k.box).seal, hpke.HKDFSHA256(), hpke.AES256GCM(), info(about))
	if err != nil {
		return nil, ErrSealed
	}
	return &sealReader{from: in, recipient: recipient, buf: make([]byte, ChunkSize+tagSize)}, nil
}

// cut is the error of a read that ended early: a short stream, or what failed.
func cut(err error, n int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w (%d bytes, where more must come)", ErrSealed, n)
	}
	return err
}

type sealReader struct {
	from      *bufio.Reader
	recipient *hpke.Recipient
	buf       []byte // a sealed chunk
	plain     []byte // opened and not yet returned
	chunks    int64
	err       error // sticky; io.EOF after the last chunk
}

// Read returns opened bytes.
func (s *sealReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(s.plain) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.plain, s.err = s.next()
	}
	n := copy(p, s.plain)
	clear(s.plain[:n])
	s.plain = s.plain[n:]
	return n, nil
}

// next opens one chunk. The last is the one after which nothing comes.
func (s *sealReader) next() ([]byte, error) {
	n, err := io.ReadFull(s.from, s.buf)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, cut(err, n)
	}
	flag := byte(notLast)
	if _, err := s.from.Peek(1); errors.Is(err, io.EOF) {
		flag = last
	} else if err != nil {
		return nil, err
	}
	plain, err := s.recipient.Open([]byte{flag}, s.buf[:n])
	if err != nil {
		return nil, ErrSealed
	}
	if flag == notLast {
		s.chunks++
		return plain, nil
	}
	if len(plain) == 0 && s.chunks > 0 {
		return nil, ErrSealed // a plaintext has one way to be cut into chunks
	}
	return plain, io.EOF
}
