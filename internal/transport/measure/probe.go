package measure

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// patience is how long a message may take.
const patience = 30 * time.Second

// Lanes of this package: the first is the start of SHA-256 of "measure". A
// session has those of names that begin with "main".
const (
	lanePing uint64 = 0x6278798216660115 + iota
	laneRequest
	laneBurst
	laneFigures
	laneEcho
)

// probe is one server that measures.
type probe struct {
	conn    transport.Conn
	self    int
	awaited [transport.Servers]atomic.Int32 // receivers that wait for this peer

	mu    sync.Mutex
	lines map[lineName]*line
}

type lineName struct {
	peer int
	lane uint64
}

func newProbe(conn transport.Conn) *probe {
	return &probe{conn: conn, self: conn.Server(), lines: map[lineName]*line{}}
}

// line is the messages of one lane to and from one peer. One goroutine at a
// time sends on it, and one receives.
type line struct {
	lineName
	*probe
	sent, got uint32
}

// line returns the line of a lane to a peer.
func (p *probe) line(peer int, lane uint64) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := lineName{peer, lane}
	l := p.lines[name]
	if l == nil {
		l = &line{lineName: name, probe: p}
		p.lines[name] = l
	}
	return l
}

// send sends a message.
func (l *line) send(words ...uint64) error {
	w := l.conn.Get(len(words))
	copy(w, words)
	return l.give(w)
}

// give sends a buffer of the connection.
func (l *line) give(w []uint64) error {
	tag := transport.Tag{Lane: l.lane, Seq: l.sent}
	l.sent++
	return l.conn.Send(l.peer, tag, w)
}

// recv returns the next message, of n words; the caller puts it back. It closes
// the connection when nothing comes.
func (l *line) recv(n int) ([]uint64, error) {
	l.awaited[l.peer].Add(1)
	defer l.awaited[l.peer].Add(-1)
	alarm := time.AfterFunc(patience, func() { l.conn.Close(l.silence()) })
	defer alarm.Stop()
	w, _, err := l.conn.Recv(l.peer, l.lane, l.got)
	if err != nil {
		return nil, err
	}
	l.got++
	if len(w) != n {
		return nil, l.wrong("a message of %d words, want %d", len(w), n)
	}
	return w, nil
}

// recvWord returns the next message, of one word.
func (l *line) recvWord() (uint64, error) {
	w, err := l.recv(1)
	if err != nil {
		return 0, err
	}
	defer l.conn.Put(w)
	return w[0], nil
}

// wrong is an error about what the peer has sent.
func (l *line) wrong(format string, args ...any) error {
	cause := fmt.Errorf("measuring the links: got "+format+"; do all servers run the same version?", args...)
	return &transport.PeerError{Server: l.peer, Cause: cause}
}

// silence is an error about the peers that are waited for, and of one if it is
// the only one.
func (p *probe) silence() error {
	var silent []int
	var names []string
	for i := range p.awaited {
		if p.awaited[i].Load() > 0 {
			silent, names = append(silent, i), append(names, fmt.Sprintf("server %d", i))
		}
	}
	err := fmt.Errorf("measuring the links: nothing from %s for %v, want an answer; is it up and not overloaded?",
		strings.Join(names, " and "), patience)
	if len(silent) == 1 {
		return &transport.PeerError{Server: silent[0], Cause: err}
	}
	return err
}

// atOnce runs all fs at the same time and returns the first error. It closes the
// connection with it, so that the others end.
func (p *probe) atOnce(fs ...func() error) error {
	errs := make([]error, len(fs))
	var all sync.WaitGroup
	for i, f := range fs {
		all.Go(func() {
			if errs[i] = f(); errs[i] != nil {
				p.conn.Close(errs[i])
			}
		})
	}
	all.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

func (p *probe) next() int { return (p.self + 1) % transport.Servers }
func (p *probe) prev() int { return (p.self + 2) % transport.Servers }
