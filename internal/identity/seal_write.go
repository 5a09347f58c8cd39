package identity

import (
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
)

// NewWriter returns a writer that seals what is written to it and writes that to
// w. Nobody but the holder of the key can open it, and only with the same about
// (which is not sent). Close ends the stream; without it, it does not open. Close
// does not close w.
//
// Memory: a few chunks, however long the stream.
func (to SealKey) NewWriter(w io.Writer, about []byte) (io.WriteCloser, error) {
	if to.key == nil {
		return nil, errors.New("no key to seal to")
	}
	enc, sender, err := hpke.NewSender(to.key, hpke.HKDFSHA256(), hpke.AES256GCM(), info(about))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if _, err := w.Write(append([]byte(sealMagic), enc...)); err != nil {
		return nil, err
	}
	return &sealWriter{to: w, sender: sender, buf: make([]byte, 0, ChunkSize)}, nil
}

type sealWriter struct {
	to     io.Writer
	sender *hpke.Sender
	buf    []byte // less than a chunk, or a whole one that may yet be the last
	err    error  // sticky
}

// Write seals every chunk that is known not to be the last.
func (s *sealWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && s.err == nil {
		if len(s.buf) == ChunkSize {
			s.flush(notLast)
			continue
		}
		m := min(len(p), ChunkSize-len(s.buf))
		s.buf = append(s.buf, p[:m]...)
		p, n = p[m:], n+m
	}
	return n, s.err
}

// Close seals the last chunk.
func (s *sealWriter) Close() error {
	if s.err == nil {
		s.flush(last)
	}
	if s.err != nil {
		return s.err
	}
	s.err = errors.New("seal: write after close")
	return nil
}

// The associated data of a chunk.
const (
	notLast = 0
	last    = 1
)

func (s *sealWriter) flush(flag byte) {
	chunk, err := s.sender.Seal([]byte{flag}, s.buf)
	if err == nil {
		_, err = s.to.Write(chunk)
	}
	clear(s.buf)
	s.buf, s.err = s.buf[:0], err
}
