package grpcnet

import (
	"google.golang.org/grpc/mem"
)

// A control frame is a kind byte and what belongs to it.
const (
	kindWelcome = 1 // the stream is accepted
	kindBeat    = 2 // a sign of life
	kindEnd     = 3 // origin 1 | for every text of the cause: length 2 | text
)

// control is a frame of the control stream, among them its welcome.
type control struct {
	kind   byte
	origin int
	texts  []string
	err    error // set when bytes that arrived are no frame
}

func (c *control) marshal() mem.BufferSlice {
	b := []byte{c.kind}
	if c.kind == kindEnd {
		b = append(b, byte(c.origin))
		for _, t := range c.texts {
			b = append(b, byte(len(t)), byte(len(t)>>8))
			b = append(b, t...)
		}
	}
	return mem.BufferSlice{mem.SliceBuffer(b)}
}

func (c *control) unmarshal(data mem.BufferSlice) {
	*c = control{}
	b := data.Materialize()
	if len(b) == 0 {
		c.err = malformed("empty control frame")
		return
	}
	c.kind = b[0]
	switch {
	case c.kind == kindEnd:
		c.parseEnd(b[1:])
	case c.kind != kindWelcome && c.kind != kindBeat:
		c.err = malformed("control frame of kind %d", c.kind)
	case len(b) > 1:
		c.err = malformed("%d bytes after a control frame of kind %d", len(b)-1, c.kind)
	}
}

func (c *control) parseEnd(b []byte) {
	if len(b) == 0 || b[0] > 2 {
		c.err = malformed("end without an origin of 0, 1 or 2")
		return
	}
	c.origin, b = int(b[0]), b[1:]
	for len(b) > 0 {
		if len(b) < 2 || len(b)-2 < int(b[0])|int(b[1])<<8 || len(c.texts) == maxTexts {
			c.err = malformed("end with texts that do not fit")
			return
		}
		n := int(b[0]) | int(b[1])<<8
		c.texts = append(c.texts, string(b[2:2+n]))
		b = b[2+n:]
	}
}
