package grpcnet

import (
	"fmt"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// keepEvery is how many beats pass between two signs of life on the connection of
// messages, which firewalls may forget while nothing is sent.
const keepEvery = 10

// stream is what both ends of a gRPC stream have in common.
type stream interface {
	SendMsg(m any) error
	RecvMsg(m any) error
}

// control keeps one link's control stream until the session has ended here and
// at the peer. It returns earlier, without ending the session, if the stream
// fails before the link is up.
func (l *link) control(c stream) {
	s := l.session
	over := make(chan struct{}) // the peer's end has come, or nothing will
	s.run(func() {
		defer close(over)
		l.listen(c)
	})
	pulse := newPulse(l)
	defer pulse.Stop()
	for {
		select {
		case <-s.done:
			l.farewell(c, over)
			return
		case <-over:
			if !l.isUp() {
				return
			}
			<-s.done // listen has ended it
		case <-pulse.C:
			if pulse.silent() && !l.silence() {
				return
			}
			l.keep(pulse)
			if err := c.SendMsg(&control{kind: kindBeat}); err != nil {
				continue // listen will know why
			}
		}
	}
}

// keep keeps the connection of messages open.
func (l *link) keep(p *pulse) {
	if p.beats++; p.beats%keepEvery == 0 && l.isUp() {
		l.messages.Ping()
	}
}

// farewell tells the peer that the session has ended, and waits until it knows. Until
// then the connection of messages stays open: without it the peer would take this server
// for lost, if control is slower.
func (l *link) farewell(c stream, over <-chan struct{}) {
	defer close(l.parted)
	if l.isUp() {
		l.messages.Interrupt()
	}
	err := l.session.closed.Load()
	timer := time.NewTimer(l.session.node.linger)
	defer timer.Stop()
	if c.SendMsg(&control{kind: kindEnd, origin: err.Server, texts: texts(err.Cause)}) != nil {
		return
	}
	select {
	case <-over:
	case <-timer.C:
	}
}

// listen reads control frames until the last one.
func (l *link) listen(c stream) {
	s := l.session
	for {
		var f control
		err := c.RecvMsg(&f)
		l.heard.Add(1)
		switch {
		case err != nil:
			if l.isUp() {
				l.lost(err)
			}
			return
		case f.err != nil:
			s.end(&transport.PeerError{Server: l.peer, Cause: f.err})
			return
		case f.kind == kindEnd:
			s.end(&transport.PeerError{Server: f.origin, Cause: remoteCause(f.texts)})
			return
		}
	}
}

// silence deals with a peer that has been silent for too long. It reports
// whether the session has ended for that.
func (l *link) silence() bool {
	if !l.isUp() {
		return false
	}
	l.lost(fmt.Errorf("no sign of life for %v", l.session.node.patience))
	return true
}

func (l *link) isUp() bool {
	select {
	case <-l.up:
		return true
	default:
		return false
	}
}

// pulse is the clock of a link. It counts beats, not time, so that a machine
// that slept does not find its peers silent.
type pulse struct {
	*time.Ticker
	link  *link
	heard uint32
	quiet int // beats since anything was heard
	limit int
	beats int
}

func newPulse(l *link) *pulse {
	n := l.session.node
	limit := max(1, int(n.patience/n.beat))
	return &pulse{Ticker: time.NewTicker(n.beat), link: l, heard: l.heard.Load(), limit: limit}
}

// silent reports whether the peer has been silent for too long. It is called at
// every beat.
func (p *pulse) silent() bool {
	heard := p.link.heard.Load()
	if heard != p.heard {
		p.heard, p.quiet = heard, 0
		return false
	}
	p.quiet++
	return p.quiet >= p.limit
}
