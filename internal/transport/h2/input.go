package h2

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"

	"golang.org/x/net/http2"
)

// giveBack is how much data is read before the peer's windows are filled up again.
const giveBack = 1 << 30

// input reads frames.
type input struct {
	framer *http2.Framer
	left   int  // bytes of the frame of data that is being read
	pad    int  // that follow them
	last   bool // it is the last one
	rest   int  // bytes of the message that are to come, less than 0 within its head
	taken  int64
	err    error // once over
	one    [1]byte
	prefix [messageHead]byte
}

// Next waits for the next message and returns its size. What has not been read of the
// message before is skipped. io.EOF is a good end. Behind it nothing is read, not even
// how much the peer still takes.
func (c *Conn) Next() (int, error) {
	in := &c.input
	if in.rest > 0 {
		_, _ = io.CopyN(io.Discard, c, int64(in.rest)) // or there is no next one
	}
	in.rest = 0
	p := &in.prefix
	if _, err := io.ReadFull(c, p[:]); err != nil {
		return 0, err
	}
	if p[0] != 0 {
		return 0, c.over(violation("message with flags %#x, want none: it is not compressed", p[0]))
	}
	in.rest = int(binary.BigEndian.Uint32(p[1:]))
	return in.rest, nil
}

// Read reads bytes of messages.
func (c *Conn) Read(p []byte) (int, error) {
	in := &c.input
	for in.left == 0 && in.err == nil {
		if err := c.advance(); err != nil {
			return 0, c.over(err)
		}
	}
	if in.err != nil {
		return 0, in.err
	}
	n, err := c.raw.Read(p[:min(len(p), in.left)])
	in.left, in.rest = in.left-n, in.rest-n
	if err != nil && n == 0 {
		return 0, c.over(lost(err))
	}
	return n, nil
}

// over ends the call for whoever reads, and for a Send that waits for the peer. A client
// that has sent its last message may still take some.
func (c *Conn) over(err error) error {
	good := err == io.EOF //nolint:errorlint // of advance itself
	if good && c.input.rest != 0 {
		good, err = false, violation("an end within a message")
	}
	if c.client || !good {
		c.credit.end(err)
	}
	c.input.err = err
	return err
}

// advance reads up to the next frame of data and its head.
func (c *Conn) advance() error {
	in := &c.input
	if err := in.skip(c.raw); err != nil {
		return err
	}
	if in.last && c.client {
		return noStatus()
	} else if in.last {
		return io.EOF
	}
	h, err := in.framer.ReadFrameHeader()
	if err != nil {
		return c.unframed(err)
	}
	if h.Type == http2.FrameData {
		return c.data(h)
	}
	f, err := in.framer.ReadFrameForHeader(h)
	if err != nil {
		return c.unframed(err)
	}
	return c.take(f)
}

// skip reads the padding of the frame that was read.
func (in *input) skip(r io.Reader) error {
	for ; in.pad > 0; in.pad-- {
		if _, err := io.ReadFull(r, in.one[:]); err != nil {
			return lost(err)
		}
	}
	return nil
}

// data begins a frame of data.
func (c *Conn) data(h http2.FrameHeader) error {
	in := &c.input
	if h.StreamID != callID {
		return violation("data of stream %d", h.StreamID)
	}
	in.left, in.last = int(h.Length), h.Flags.Has(http2.FlagDataEndStream)
	if h.Flags.Has(http2.FlagDataPadded) {
		if h.Length == 0 {
			return violation("padding in a frame of 0 bytes")
		}
		if _, err := io.ReadFull(c.raw, in.one[:]); err != nil {
			return lost(err)
		}
		in.pad = int(in.one[0])
		in.left -= 1 + in.pad
	}
	if in.left < 0 {
		return violation("%d bytes of padding in a frame of %d", in.pad, h.Length)
	}
	if in.taken += int64(h.Length); in.taken < giveBack {
		return nil
	}
	back := uint32(in.taken)
	in.taken = 0
	return c.duties.note(func(d *duties) { d.window += back })
}

// unframed is why no frame could be read.
func (c *Conn) unframed(err error) error {
	switch err.(type) { //nolint:errorlint // those of the framer itself
	case http2.ConnectionError, http2.StreamError:
		return violation("%w", cmp.Or(c.input.framer.ErrorDetail(), err))
	}
	if errors.Is(err, http2.ErrFrameTooLarge) {
		return violation("%w", err)
	}
	return lost(err)
}
