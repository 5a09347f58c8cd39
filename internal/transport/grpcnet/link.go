package grpcnet

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// stream is what both ends of a gRPC stream have in common.
type stream interface {
	SendMsg(m any) error
	RecvMsg(m any) error
}

// link is a session's connection to one peer.
type link struct {
	session *session
	peer    int
	inbox   *inbox
	heard   atomic.Uint32 // frames that have come
	reader  reader
	caller  caller
	up      chan struct{} // closed when both streams stand
	address string        // of the other end, once up

	mu     sync.Mutex // one sender at a time
	stream stream     // of messages
	out    outFrame
}

func newLink(s *session, peer int) *link {
	l := &link{session: s, peer: peer, inbox: newInbox(), up: make(chan struct{})}
	l.reader.link = l
	return l
}

// outFrame is a frame on its way out.
type outFrame struct{ buffers mem.BufferSlice }

func (f *outFrame) marshal() mem.BufferSlice { return f.buffers }

// MessageSizeError reports a message that is larger than [WithMaxMessage]
// allows.
type MessageSizeError struct{ Bytes, Max int64 }

func (e *MessageSizeError) Error() string {
	return fmt.Sprintf("message of %d bytes, want at most %d (grpcnet.WithMaxMessage)", e.Bytes, e.Max)
}

// send sends one message.
func (l *link) send(tag transport.Tag, words []uint64) error {
	s := l.session
	if uint64(len(words)) > uint64(s.node.message) {
		s.Put(words)
		return &MessageSizeError{Bytes: 8 * int64(len(words)), Max: 8 * int64(s.node.message)}
	}
	s.gate.enter()
	defer s.gate.leave()
	if headBytes+8*len(words) <= packetBytes {
		packet := s.packets.frame(tag, words)
		s.Put(words)
		return l.sendFrame(packet)
	}
	return l.sendRuns(tag, words)
}

// sendRuns sends a message in frames, between which other messages may go.
func (l *link) sendRuns(tag transport.Tag, words []uint64) error {
	h, runs := head{Tag: tag, total: uint32(len(words))}, &l.session.runs
	whole := runs.lend(words)
	defer runs.release(whole)
	for begin, size := 0, len(whole.data); begin < size; {
		end := runEnd(begin, size)
		if err := l.sendFrame(runs.frame(whole, h, begin, end)); err != nil {
			return err
		}
		begin = end
	}
	return nil
}

// runEnd returns where a run ends that begins at begin. It leaves none that is so
// short that gRPC would not give it back.
func runEnd(begin, size int) int {
	end := min(begin+maxFrame, size)
	if rest := size - end; rest > 0 && rest <= notPooled {
		end -= notPooled
	}
	return end
}

// sendFrame hands a frame to gRPC, which frees it.
func (l *link) sendFrame(frame mem.BufferSlice) error {
	l.mu.Lock()
	l.out.buffers = frame
	err := l.stream.SendMsg(&l.out)
	l.out.buffers = nil
	l.mu.Unlock()
	if err == nil {
		return nil
	}
	l.broken(err)
	<-l.session.done
	return l.session.closed.Load()
}

// read takes in messages until the stream or the session ends.
func (l *link) read() {
	for {
		err := l.stream.RecvMsg(&l.reader)
		if l.session.closed.Load() != nil {
			return
		}
		if err != nil {
			l.broken(err)
			return
		}
		if l.reader.err != nil {
			l.session.end(&transport.PeerError{Server: l.peer, Cause: l.reader.err})
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
	if status.Code(err) == codes.Canceled {
		reason = "closed by the other end" // what gRPC tells a server
	}
	l.session.end(&transport.PeerError{Server: l.peer, Cause: fmt.Errorf("%w: %s: %s", ErrLost, l.address, reason)})
}
