package measure

import (
	"math"
	"time"
)

// A pair of servers sends one word back and forth: the server of lower index
// says whether the ping is the last, and the other one repeats it. Both take the
// time until the answer, and the shortest of all, which had nothing to wait for.
// A link that is surely near needs few. One that is not may be near all the same,
// and its machines busy.
const (
	fewPings  = 3
	nearPings = 5
	mostPings = 512
	pingTime  = 400 * time.Millisecond // after which few are enough
	surely    = time.Duration(near)    // a round trip, of twice the delay at most
)

// pinged reports that a ping is the last of n, the first of which was answered so
// long ago.
func pinged(n int, shortest, since time.Duration) bool {
	return n >= nearPings && shortest < surely || n >= fewPings && since > pingTime || n >= mostPings
}

// delay returns half the round trip to each peer, in nanoseconds.
func (p *probe) delay() (fromPrev, fromNext uint64, err error) {
	err = p.atOnce(
		func() (err error) { fromPrev, err = p.trip(p.prev()); return err },
		func() (err error) { fromNext, err = p.trip(p.next()); return err },
	)
	return fromPrev / 2, fromNext / 2, err
}

// trip returns the round trip to a peer, in nanoseconds.
func (p *probe) trip(peer int) (uint64, error) {
	l := p.line(peer, lanePing)
	play := l.answer
	if p.self < peer {
		play = l.ping
	}
	shortest, err := play()
	return uint64(min(max(shortest, 0), 2*maxDelay)), err
}

// ping is the server of lower index. The first answer may be late because the
// peer was.
func (l *line) ping() (time.Duration, error) {
	shortest, first := time.Duration(math.MaxInt64), time.Now()
	for n := 1; ; n++ {
		last := uint64(0)
		if pinged(n, shortest, time.Since(first)) {
			last = 1
		}
		sent := time.Now()
		if err := l.send(last); err != nil {
			return 0, err
		}
		echo, err := l.recvWord()
		if err != nil {
			return 0, err
		}
		if echo != last {
			return 0, l.wrong("%d as the echo of %d", echo, last)
		}
		if shortest = min(shortest, time.Since(sent)); last == 1 {
			return shortest, nil
		}
		if n == 1 {
			first = time.Now()
		}
	}
}

// answer is the server of higher index.
func (l *line) answer() (time.Duration, error) {
	shortest := time.Duration(math.MaxInt64)
	var sent time.Time
	for n := 1; ; n++ {
		last, err := l.recvWord()
		if err != nil {
			return 0, err
		}
		if n > 1 {
			shortest = min(shortest, time.Since(sent))
		}
		if last > 1 || last == 1 && n < fewPings || n == mostPings && last == 0 {
			return 0, l.wrong("ping number %d with the mark %d", n, last)
		}
		sent = time.Now()
		if err := l.send(last); err != nil || last == 1 {
			return shortest, err
		}
	}
}
