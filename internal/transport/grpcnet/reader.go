package grpcnet

import (
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// reader takes in the messages of one link, for one goroutine.
type reader struct {
	link    *link
	head    [headBytes]byte
	parts   map[name]*part // messages of which some frames have come
	spare   *part          // or nil
	partial int64          // their bytes
}

// part is a message that has not come whole.
type part struct {
	message
	got int // words
}

// BacklogError reports a peer that sends what this server does not read.
type BacklogError struct{ Bytes, Max int64 }

func (e *BacklogError) Error() string {
	return fmt.Sprintf("sent %d bytes that were not read, want at most %d (grpcnet.WithBacklog)", e.Bytes, e.Max)
}

// wrongError is an error that the peer made, other than to go.
type wrongError struct{ error }

func wrong(err error) error {
	if err == nil {
		return nil
	}
	return &wrongError{err}
}

// accept takes in one frame of size bytes. An error is wrong, or of in.
func (r *reader) accept(in io.Reader, size int) error {
	if err := checkSize(size); err != nil {
		return wrong(err)
	}
	if _, err := io.ReadFull(in, r.head[:]); err != nil {
		return err
	}
	h, n := parseHead(r.head[:]), (size-headBytes)/8
	if err := h.check(n); err != nil {
		return wrong(err)
	}
	if most := r.link.session.node.message; h.total > most {
		return wrong(&MessageSizeError{Bytes: 8 * int64(h.total), Max: 8 * int64(most)})
	}
	if uint32(n) == h.total {
		return r.acceptWhole(in, h)
	}
	return r.acceptRun(in, h, n)
}

// acceptWhole takes in a frame with a whole message.
func (r *reader) acceptWhole(in io.Reader, h head) error {
	m := message{depth: h.Depth, words: r.link.session.Get(int(h.total))}
	if err := fill(m.words, in); err != nil {
		return err
	}
	return wrong(r.deliver(name{h.Lane, h.Seq}, h, m))
}

// acceptRun takes in a frame with n of the words of a message.
func (r *reader) acceptRun(in io.Reader, h head, n int) error {
	key := name{h.Lane, h.Seq}
	p, err := r.part(key, h)
	if err != nil {
		return wrong(err)
	}
	if err := fill(p.words[p.got:p.got+n], in); err != nil {
		return err
	}
	p.got += n
	if p.got < len(p.words) {
		return nil
	}
	delete(r.parts, key)
	m := p.message
	*p, r.spare = part{}, p
	r.partial -= size(m)
	return wrong(r.deliver(key, h, m))
}

// fill reads words where they will lie.
func fill(words []uint64, in io.Reader) error {
	_, err := io.ReadFull(in, wordBytes(words))
	flip(words)
	return err
}

// part returns the message to which the frame of h adds.
func (r *reader) part(key name, h head) (*part, error) {
	p := r.parts[key]
	if p == nil && h.offset == 0 {
		return r.begin(key, h)
	}
	if p == nil || uint32(p.got) != h.offset || uint32(len(p.words)) != h.total || p.depth != h.Depth {
		return nil, malformed("word %d of %d for lane %#x seq %d, which does not continue a message", h.offset, h.total, h.Lane, h.Seq)
	}
	return p, nil
}

// begin makes room for a message.
func (r *reader) begin(key name, h head) (*part, error) {
	s := r.link.session
	if err := r.room(8 * int64(h.total)); err != nil {
		return nil, err
	}
	p := r.spare
	if p == nil {
		p = new(part)
	}
	r.spare = nil
	*p = part{message: message{depth: h.Depth, words: s.Get(int(h.total))}}
	if r.parts == nil {
		r.parts = map[name]*part{}
	}
	r.parts[key] = p
	r.partial += size(p.message)
	return p, nil
}

// deliver puts a whole message into the inbox.
func (r *reader) deliver(key name, h head, m message) error {
	if err := r.room(size(m)); err != nil {
		return err
	}
	if !r.link.inbox.put(key, m) {
		return &transport.DuplicateError{From: r.link.peer, To: r.link.session.self, Tag: h.Tag, What: "message"}
	}
	return nil
}

// room checks that another bytes may be unread.
func (r *reader) room(bytes int64) error {
	if bytes += r.unread(); bytes > r.link.session.node.limit {
		return &BacklogError{Bytes: bytes, Max: r.link.session.node.limit}
	}
	return nil
}

func (r *reader) unread() int64 { return r.link.inbox.unread.Load() + r.partial }

// hold returns when this server has read enough of what has come, or waits for
// more.
func (r *reader) hold() {
	s := r.link.session
	full := func() bool { return s.closed.Load() == nil && r.unread() > s.node.backlog }
	if full() {
		s.gate.hold(full)
	}
}
