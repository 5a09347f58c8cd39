package h2

import (
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/net/http2"
)

const (
	frameHead   = 9
	messageHead = 5 // not compressed 1 | size 4
	maxHead     = 64
	record      = 16 << 10 // what TLS sends in one piece
)

// output writes frames.
type output struct {
	raw   net.Conn
	below *Gatherer    // nil if there is none
	frame atomic.Int64 // the longest that the peer takes
	turn  sync.Mutex   // one message at a time
	start []byte       // of a message
	mu    sync.Mutex   // one frame at a time
	piece []byte       // the beginning of a frame, as long as a record
}

func (o *output) init(raw net.Conn) {
	o.raw, o.below = raw, GathererOf(raw)
	o.frame.Store(record) // RFC 9113, section 6.5.2
	o.start = make([]byte, 0, messageHead+maxHead)
	o.piece = make([]byte, 0, record)
}

// Send sends a message of head, of 64 bytes at most, and body. It returns when the
// system has taken both. Meanwhile another goroutine has to read: how much the peer takes
// comes with its messages.
func (c *Conn) Send(head, body []byte) error {
	o := &c.output
	o.turn.Lock()
	defer o.turn.Unlock()
	start := binary.BigEndian.AppendUint32(append(o.start[:0], 0), uint32(len(head)+len(body)))
	start = append(start, head...)
	for left := len(start) + len(body); left > 0; {
		if err := c.credit.wait(); err != nil {
			return err
		}
		n, err := o.data(&c.credit, start, body)
		if err != nil {
			return lost(err)
		}
		s := min(n, len(start))
		start, body, left = start[s:], body[n-s:], left-n
	}
	return nil
}

// data writes a DATA frame of as much as the peer takes, and returns how much that is.
// What fits into a record with its head is copied there, so that a small frame is one.
// Credit is taken in turn with frames: the peer may hold this end to settings as soon as
// it has their acknowledgement.
func (o *output) data(credit *credit, start, body []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := credit.take(min(len(start)+len(body), int(o.frame.Load())))
	if n == 0 {
		return 0, nil // it has changed its mind
	}
	s := min(n, len(start))
	start, body = start[:s], body[:n-s]
	p := appendFrameHead(o.piece[:0], len(start)+len(body))
	p = append(p, start...)
	fit := min(len(body), record-len(p))
	return n, o.records(append(p, body[:fit]...), body[fit:])
}

// records writes a frame, of which the first record has been put together.
func (o *output) records(first, rest []byte) error {
	if len(rest) == 0 {
		_, err := o.raw.Write(first)
		return err
	}
	o.below.hold()
	_, err := o.raw.Write(first)
	if err == nil {
		_, err = o.raw.Write(rest)
	}
	if e := o.below.release(); err == nil {
		err = e
	}
	return err
}

// appendFrameHead appends the head of a DATA frame of the call (RFC 9113, section 4.1).
func appendFrameHead(b []byte, size int) []byte {
	b = append(b, byte(size>>16), byte(size>>8), byte(size), byte(http2.FrameData), 0)
	return binary.BigEndian.AppendUint32(b, callID)
}

// write writes whole frames.
func (o *output) write(frames []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.raw.Write(frames)
	return lost(err)
}
