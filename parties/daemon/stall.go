package daemon

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// A server whose network works and that sends nothing all the same does not end a
// session by itself. So each server looks at whether messages come, tells for
// whom it waits, and follows who waits for whom to the one that all wait for.
var (
	errSilent   = errors.New("sent nothing for too long, though it can be reached")
	errDeadlock = errors.New("a message between the servers was lost: all three wait for each other")
)

// pulse is a connection that knows whether messages come.
type pulse struct {
	transport.Conn
	moves atomic.Int64
	waits [transport.Servers]atomic.Int32 // calls that wait for this server
}

// Recv notes that it waits.
func (p *pulse) Recv(from int, lane uint64, seq uint32) ([]uint64, uint32, error) {
	if transport.CheckPeer(p.Server(), from) == nil {
		p.waits[from].Add(1)
		defer p.waits[from].Add(-1)
	}
	words, depth, err := p.Conn.Recv(from, lane, seq)
	p.moves.Add(1)
	return words, depth, err
}

// waitsFor lists the servers for which calls wait.
func (p *pulse) waitsFor() (list []uint32) {
	for i := range p.waits {
		if p.waits[i].Load() > 0 {
			list = append(list, uint32(i))
		}
	}
	return list
}

// watch looks at the pulse of a session until done.
func (r *phaseRun) watch(p *pulse, done <-chan struct{}) {
	tick := time.NewTicker(r.d.pace.pulse)
	defer tick.Stop()
	q := quiet{since: time.Now(), moves: -1}
	for {
		select {
		case <-tick.C:
		case <-done:
			return
		}
		if q.look(p, r.d.pace.tell) {
			r.hush(q.told, q.long)
		}
		if err := r.tooLong(q.told, q.long); err != nil {
			p.Close(err)
		}
	}
}

// quiet is a silence as watch sees it.
type quiet struct {
	moves int64
	since time.Time
	long  time.Duration
	told  []uint32 // for whom the server waits; nil while it is not worth telling
	last  time.Duration
}

// look looks at the pulse. It reports whether there is something new to tell: that
// a silence has lasted for so long, or a second more, or is over.
func (q *quiet) look(p *pulse, tell time.Duration) bool {
	now, waits := p.moves.Load(), p.waitsFor()
	if now != q.moves || len(waits) == 0 {
		q.moves, q.since = now, time.Now()
	}
	q.long = time.Since(q.since)
	if q.long < tell {
		waits = nil
	}
	if slices.Equal(waits, q.told) && (waits == nil || q.long < q.last+time.Second) {
		return false
	}
	q.told, q.last = waits, q.long
	return true
}

// hush tells of a silence, or that it is over.
func (r *phaseRun) hush(waits []uint32, long time.Duration) {
	r.change(func(p *partypb.Progress) {
		p.WaitsFor, p.QuietNanos = waits, 0
		if waits != nil {
			p.QuietNanos = uint64(long)
		}
	})
}

// tooLong returns why a silence ends the session, or nil.
func (r *phaseRun) tooLong(waits []uint32, long time.Duration) error {
	deadlock, stall := r.d.pace.deadlock, r.d.pace.stall
	if r.measuring.Load() { // when nobody computes
		deadlock, stall = min(deadlock, r.d.pace.measure), min(stall, r.d.pace.measure)
	}
	if len(waits) == 0 || long < min(deadlock, stall) {
		return nil
	}
	r.mu.Lock()
	culprit, sure := r.culprit(waits, time.Now().Add(-long))
	r.mu.Unlock()
	switch {
	case culprit < 0 && long >= deadlock:
		return errDeadlock
	case culprit >= 0 && sure && long >= stall:
		return &transport.PeerError{Server: culprit, Cause: errSilent}
	}
	return nil
}

// culprit follows who waits for whom, from those for which this server waits, and
// returns one that waits for nobody, or -1 if all wait. What another server said
// before it can have noticed the silence, since, counts for nothing: without
// newer word it may wait for another one itself, and sure is false.
func (j *job) culprit(waits []uint32, since time.Time) (server int, sure bool) {
	noticed := since.Add(j.d.pace.tell + 2*j.d.pace.pulse)
	seen, unsure := []int{j.self}, -1
	for len(waits) > 0 {
		next := int(waits[0])
		waits = waits[1:]
		if next >= len(j.peers) || slices.Contains(seen, next) {
			continue
		}
		seen = append(seen, next)
		further := j.peers[next].GetProgress().GetWaitsFor()
		switch {
		case j.asked[next].Before(noticed):
			if unsure < 0 {
				unsure = next
			}
		case len(further) == 0:
			return next, true
		default:
			waits = append(waits, further...)
		}
	}
	return unsure, false
}

// silence says for whom a phase waits, if it is long.
func (j *job) silence(p *partypb.Progress) string {
	long := time.Duration(p.GetQuietNanos())
	if long < j.d.pace.show {
		return ""
	}
	i, sure := j.culprit(p.GetWaitsFor(), time.Now().Add(-long))
	who := "each other"
	if i >= 0 {
		who = fmt.Sprintf("server %d at %s", i, j.spec.Servers[i].Address)
	}
	switch shown := long.Round(time.Second); {
	case sure:
		return fmt.Sprintf("%s, from which nothing has come for %v", who, shown)
	case i >= 0:
		return fmt.Sprintf("%s, or one that it waits for: nothing has come for %v", who, shown)
	default:
		return fmt.Sprintf("%s: no message has come for %v", who, shown)
	}
}
