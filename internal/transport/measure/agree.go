package measure

import (
	"slices"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// What a server may say that it has measured.
const (
	maxDelay = 10 * time.Second
	minRate  = 100           // bytes a second
	maxRate  = 1_250_000_000 // 10 Gbit/s; more makes no difference to a choice
)

// limits are those of a figure.
type limits struct {
	what     string
	min, max uint64
}

var (
	delayLimits = limits{"a delay in nanoseconds", 0, uint64(maxDelay)}
	rateLimits  = limits{"a rate in bytes per second", minRate, maxRate}
)

// figures are what a server says of the links from each server to it; its own
// place is zero.
type figures [transport.Servers]uint64

// everywhere takes a measurement and returns what all three servers have found,
// the same on all of them.
func (p *probe) everywhere(measure func() (fromPrev, fromNext uint64, err error), within limits) (all [transport.Servers]figures, err error) {
	fromPrev, fromNext, err := measure()
	if err != nil {
		return all, err
	}
	own := figures{}
	own[p.prev()], own[p.next()] = fromPrev, fromNext
	all[p.self] = own
	err = p.atOnce(
		func() (err error) { all[p.prev()], err = p.swap(p.prev(), laneFigures, own); return err },
		func() (err error) { all[p.next()], err = p.swap(p.next(), laneFigures, own); return err },
	)
	if err != nil {
		return all, err
	}
	if err := p.check(all, within); err != nil {
		return all, err
	}
	return all, p.compare(all)
}

// swap tells a peer the figures of one server and hears those of one.
func (p *probe) swap(peer int, lane uint64, mine figures) (theirs figures, err error) {
	l := p.line(peer, lane)
	if err := l.send(mine[:]...); err != nil {
		return theirs, err
	}
	w, err := l.recv(len(theirs))
	if err != nil {
		return theirs, err
	}
	copy(theirs[:], w)
	p.conn.Put(w)
	return theirs, nil
}

// check refuses figures that no server can have measured.
func (p *probe) check(all [transport.Servers]figures, within limits) error {
	for _, server := range []int{p.prev(), p.next()} {
		for from, v := range all[server] {
			if from == server && v != 0 || from != server && (v < within.min || v > within.max) {
				return p.line(server, laneFigures).wrong("%d as %s from server %d, want %d to %d", v, within.what, from, within.min, within.max)
			}
		}
	}
	return nil
}

// compare has each server tell each what it has heard from the third. So none
// goes on with other figures than the rest.
func (p *probe) compare(all [transport.Servers]figures) error {
	var echo [2]figures
	err := p.atOnce(
		func() (err error) { echo[0], err = p.swap(p.prev(), laneEcho, all[p.next()]); return err },
		func() (err error) { echo[1], err = p.swap(p.next(), laneEcho, all[p.prev()]); return err },
	)
	if err != nil {
		return err
	}
	for i, third := range []int{p.next(), p.prev()} {
		if !slices.Equal(echo[i][:], all[third][:]) {
			return p.line(third, laneFigures).wrong("other figures than server %d from it", []int{p.prev(), p.next()}[i])
		}
	}
	return nil
}
