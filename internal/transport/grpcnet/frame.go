package grpcnet

import (
	"encoding/binary"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// A frame of the message stream is a head and a run of words, little-endian:
//
//	lane 8 | seq 4 | depth 4 | total words 4 | offset 4 | words
//
// The runs of one message come in order and without gaps; those of different
// messages may alternate.
const (
	headBytes = 24
	maxFrame  = 1 << 20 // bytes of words in a frame
)

// head describes the words of a frame.
type head struct {
	transport.Tag
	total  uint32 // words in the message
	offset uint32 // where in it those of this frame begin
}

func (h head) put(b []byte) {
	_ = b[headBytes-1]
	binary.LittleEndian.PutUint64(b, h.Lane)
	binary.LittleEndian.PutUint32(b[8:], h.Seq)
	binary.LittleEndian.PutUint32(b[12:], h.Depth)
	binary.LittleEndian.PutUint32(b[16:], h.total)
	binary.LittleEndian.PutUint32(b[20:], h.offset)
}

func parseHead(b []byte) head {
	_ = b[headBytes-1]
	return head{
		Tag: transport.Tag{
			Lane:  binary.LittleEndian.Uint64(b),
			Seq:   binary.LittleEndian.Uint32(b[8:]),
			Depth: binary.LittleEndian.Uint32(b[12:]),
		},
		total:  binary.LittleEndian.Uint32(b[16:]),
		offset: binary.LittleEndian.Uint32(b[20:]),
	}
}

// FrameError reports bytes of a peer that are not a frame.
type FrameError struct{ What string }

func (e *FrameError) Error() string { return "malformed frame: " + e.What }

func malformed(format string, args ...any) error {
	return &FrameError{What: fmt.Sprintf(format, args...)}
}

// checkSize refuses sizes that no frame has.
func checkSize(size int) error {
	if size < headBytes || size > headBytes+maxFrame || size%8 != 0 {
		return malformed("%d bytes, want %d and a multiple of 8 up to %d", size, headBytes, maxFrame)
	}
	return nil
}

// check refuses heads that do not fit the words behind them.
func (h head) check(words int) error {
	if end := uint64(h.offset) + uint64(words); end > uint64(h.total) {
		return malformed("words %d to %d of a message of %d", h.offset, end, h.total)
	}
	if words == 0 && h.total > 0 {
		return malformed("no words of a message of %d", h.total)
	}
	return nil
}
