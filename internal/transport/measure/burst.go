package measure

import "time"

// A server asks a peer for so many words and takes the time from the first
// message of the burst to the last. Whoever sends sends to one peer at a time, so
// that a burst has the whole of its network card.
const (
	parts      = 16                    // messages in a burst
	firstBurst = 32 << 10 / 8          // words
	maxBurst   = 8 << 20 / 8           // words
	maxServed  = 2 * maxBurst          // words that a peer can ask for in all
	enough     = 50 * time.Millisecond // a shorter burst says little
	budget     = 2 * time.Second       // after which no further burst is asked for
	gain       = 1.25                  // a burst that much faster than all before calls for another
)

// rate returns how many bytes a second come from each peer: first all servers
// send to the previous one, then to the next.
func (p *probe) rate() (fromPrev, fromNext uint64, err error) {
	for _, turn := range []struct {
		from, to int
		rate     *uint64
	}{{p.next(), p.prev(), &fromNext}, {p.prev(), p.next(), &fromPrev}} {
		err := p.atOnce(
			func() (err error) { *turn.rate, err = p.pull(turn.from); return err },
			func() error { return p.serve(turn.to) },
		)
		if err != nil {
			return 0, 0, err
		}
	}
	return fromPrev, fromNext, nil
}

// pull asks a peer for bursts until one says how fast the link is.
func (p *probe) pull(peer int) (uint64, error) {
	request, burst := p.line(peer, laneRequest), p.line(peer, laneBurst)
	var seen bursts
	start := time.Now()
	for n := firstBurst; ; n *= 2 {
		if err := request.send(uint64(n)); err != nil {
			return 0, err
		}
		took, err := burst.take(n)
		if err != nil {
			return 0, err
		}
		if n == firstBurst {
			start = time.Now() // before, the peer may have been busy with another
		}
		if r, ok := seen.add(n, took); ok || n == maxBurst || time.Since(start) > budget {
			return uint64(r), request.send(0)
		}
	}
}

// bursts are those that have said something of a link. TCP begins slowly, so
// early ones say too little, or too much when all of a short one comes in one
// piece. So the first that is long enough is never the last: while TCP begins it
// is hardly faster than short ones before it, as if that were the speed.
type bursts struct{ best float64 } // bytes per second

// add returns the rate of the link after a burst of n words, and whether another
// burst would hardly tell more.
func (b *bursts) add(n int, took time.Duration) (rate float64, enoughSeen bool) {
	r := perSecond(n-n/parts, took)
	rate = max(r, b.best)
	if took < enough {
		return rate, false
	}
	enoughSeen = r <= gain*b.best
	b.best = rate
	return rate, enoughSeen
}

// perSecond is a rate in bytes, within the limits of what is told.
func perSecond(words int, took time.Duration) float64 {
	return min(max(8*float64(words)/max(took, 1).Seconds(), minRate), maxRate)
}

// take receives a burst of n words and returns how long it took from its first
// message to its last.
func (l *line) take(n int) (took time.Duration, err error) {
	var first time.Time
	for i := range parts {
		w, err := l.recv(n / parts)
		if err != nil {
			return 0, err
		}
		l.conn.Put(w)
		if i == 0 {
			first = time.Now()
		}
	}
	return time.Since(first), nil
}

// serve sends a peer the bursts that it asks for.
func (p *probe) serve(peer int) error {
	request, burst := p.line(peer, laneRequest), p.line(peer, laneBurst)
	for served := uint64(0); ; {
		n, err := request.recvWord()
		if err != nil || n == 0 {
			return err
		}
		if n%parts != 0 || n > maxBurst || served+n > maxServed {
			return request.wrong("a request for %d words after %d, want a multiple of %d and at most %d in all", n, served, parts, maxServed)
		}
		served += n
		if err := burst.burst(int(n)); err != nil {
			return err
		}
	}
}

// burst sends n words. They are zeros: a buffer may hold words of another
// session.
func (l *line) burst(n int) error {
	for range parts {
		w := l.conn.Get(n / parts)
		clear(w)
		if err := l.give(w); err != nil {
			return err
		}
	}
	return nil
}
