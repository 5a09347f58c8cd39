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
	moves, since, told := int64(-1), time.Now(), false
	for {
		select {
		case <-tick.C:
		case <-done:
			return
		}
		now, waits := p.moves.Load(), p.waitsFor()
		if now != moves || len(waits) == 0 {
			moves, since = now, time.Now()
		}
		quiet := time.Since(since)
		if shown := quiet >= r.d.pace.show; shown || told {
			told = shown
			r.hush(waits, quiet, shown)
		}
		if err := r.tooLong(waits, quiet); err != nil {
			p.Close(err)
		}
	}
}

// hush tells of a silence, or that it is over.
func (r *phaseRun) hush(waits []uint32, quiet time.Duration, shown bool) {
	r.change(func(p *partypb.Progress) {
		p.WaitsFor, p.QuietNanos = nil, 0
		if shown {
			p.WaitsFor, p.QuietNanos = waits, uint64(quiet)
		}
	})
}

// tooLong returns why a silence ends the session, or nil.
func (r *phaseRun) tooLong(waits []uint32, quiet time.Duration) error {
	deadlock, stall := r.d.pace.deadlock, r.d.pace.stall
	if r.measuring.Load() { // when nobody computes
		deadlock, stall = min(deadlock, r.d.pace.measure), min(stall, r.d.pace.measure)
	}
	if quiet < min(deadlock, stall) {
		return nil
	}
	r.mu.Lock()
	culprit := r.culprit(waits)
	r.mu.Unlock()
	switch {
	case culprit < 0 && quiet >= deadlock:
		return errDeadlock
	case culprit >= 0 && quiet >= stall:
		return &transport.PeerError{Server: culprit, Cause: errSilent}
	}
	return nil
}

// culprit follows who waits for whom, from those for which this server waits, and
// returns one that waits for nobody, or -1 if all wait.
func (j *job) culprit(waits []uint32) int {
	seen := []int{j.self}
	for len(waits) > 0 {
		next := int(waits[0])
		waits = waits[1:]
		if next >= len(j.peers) || slices.Contains(seen, next) {
			continue
		}
		seen = append(seen, next)
		further := j.peers[next].GetProgress().GetWaitsFor()
		if len(further) == 0 {
			return next
		}
		waits = append(waits, further...)
	}
	return -1
}

// silence says for whom a phase waits, if it is long.
func (j *job) silence(p *partypb.Progress) string {
	if p.GetQuietNanos() == 0 {
		return ""
	}
	quiet := time.Duration(p.GetQuietNanos()).Round(time.Second)
	if i := j.culprit(p.GetWaitsFor()); i >= 0 {
		return fmt.Sprintf("server %d at %s, from which nothing has come for %v", i, j.spec.Servers[i].Address, quiet)
	}
	return fmt.Sprintf("each other: no message has come for %v", quiet)
}
