package grpcnet

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/h2"
)

// link is a session's connection to one peer.
type link struct {
	session  *session
	peer     int
	inbox    *inbox
	outbox   outbox
	heard    atomic.Uint32 // frames that have come
	reader   reader
	caller   caller
	up       chan struct{} // closed when both streams stand
	address  string        // of the other end, once up
	messages *h2.Conn      // once up
	parted   chan struct{} // closed when the peer knows of the end, or will not
}

func newLink(s *session, peer int) *link {
	l := &link{session: s, peer: peer, inbox: newInbox(), up: make(chan struct{}), parted: make(chan struct{})}
	l.reader.link = l
	l.outbox.init()
	return l
}

// start puts the link to use.
func (l *link) start(id *identity, messages *h2.Conn) {
	l.address, l.messages = id.address, messages
	close(l.up)
	l.session.run(l.read)
	l.session.run(l.post)
}

// MessageSizeError reports a message that is larger than [WithMaxMessage]
// allows.
type MessageSizeError struct{ Bytes, Max int64 }

func (e *MessageSizeError) Error() string {
	return fmt.Sprintf("message of %d bytes, want at most %d (grpcnet.WithMaxMessage)", e.Bytes, e.Max)
}

// send sends one message, which it owns.
func (l *link) send(p parcel) error {
	s := l.session
	if uint64(len(p.words)) > uint64(s.node.message) {
		s.Put(p.words)
		return &MessageSizeError{Bytes: 8 * int64(len(p.words)), Max: 8 * int64(s.node.message)}
	}
	s.gate.enter()
	defer s.gate.leave()
	if p.bytes() <= inline {
		if err := l.write(p); err != nil {
			<-s.done
			return s.closed.Load()
		}
	} else if !l.outbox.put(p) {
		s.Put(p.words)
		return s.closed.Load()
	}
	return nil
}

// post sends the messages of the outbox until the session ends.
func (l *link) post() {
	for {
		p, ok := l.outbox.take()
		if !ok || l.write(p) != nil {
			return
		}
		l.outbox.done(p.bytes())
	}
}

// write writes a message in frames, between which others may go.
func (l *link) write(p parcel) error {
	flip(p.words)
	var b [headBytes]byte
	for h, rest := (head{Tag: p.tag, total: uint32(len(p.words))}), wordBytes(p.words); ; {
		frame := rest[:min(len(rest), maxFrame)]
		h.put(b[:])
		if err := l.messages.Send(b[:], frame); err != nil {
			l.broken(err)
			return err
		}
		if rest = rest[len(frame):]; len(rest) == 0 {
			break
		}
		h.offset += maxFrame / 8
	}
	l.session.Put(p.words)
	return nil
}

// read takes in messages until the stream or the session ends.
func (l *link) read() {
	for {
		n, err := l.messages.Next()
		if err == nil {
			err = l.reader.accept(l.messages, n)
		}
		if l.session.closed.Load() != nil {
			return
		}
		if wrong, ok := errors.AsType[*wrongError](err); ok {
			l.session.end(&transport.PeerError{Server: l.peer, Cause: wrong.error})
			return
		}
		if err != nil {
			l.broken(err)
			return
		}
		l.heard.Add(1)
		l.reader.hold()
	}
}

// broken notes that the stream of messages has failed. Control may be about to
// say why.
func (l *link) broken(err error) {
	s := l.session
	if !s.join() {
		return
	}
	go func() {
		defer s.leave()
		timer := time.NewTimer(s.node.grace)
		defer timer.Stop()
		select {
		case <-s.done:
		case <-timer.C:
			l.lost(err)
		}
	}()
}

// lost ends the session because the peer has gone.
func (l *link) lost(err error) {
	reason := Plain(printable(status.Convert(err).Message()))
	if status.Code(err) == codes.Canceled || errors.Is(err, h2.ErrClosed) || errors.Is(err, io.EOF) {
		reason = h2.ErrClosed.Error() // in place of what gRPC or the system calls it
	}
	l.session.end(&transport.PeerError{Server: l.peer, Cause: fmt.Errorf("%w: %s: %s", ErrLost, l.address, reason)})
}
