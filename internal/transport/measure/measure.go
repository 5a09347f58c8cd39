package measure

import (
	"context"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Link is how long messages take. The zero Link is that of servers beside each
// other.
type Link struct {
	Delay     time.Duration // one way: half a round trip
	Bandwidth float64       // bytes of payload per second
}

// Report is what the three servers have found.
type Report struct {
	Link // of the slowest links, rounded

	// Each is what was measured: Each[i][j] is the link from server i to server
	// j. The bandwidths are zero where all servers are near.
	Each [transport.Servers][transport.Servers]Link
}

// Links measures the links of conn. All three servers call it at about the same
// time, with nothing else on the way. It takes about a millisecond, between
// distant servers one to four seconds.
//
// When ctx ends, a peer says nothing for 30 s, or says what none can, the
// connection is closed for all three, and the error names that server.
func Links(ctx context.Context, conn transport.Conn) (*Report, error) {
	stop := context.AfterFunc(ctx, func() { conn.Close(context.Cause(ctx)) })
	defer stop()
	r, err := newProbe(conn).links()
	if err != nil {
		conn.Close(err)
		return nil, err
	}
	return r, nil
}

// links measures delays, and bandwidths if a server is far.
func (p *probe) links() (*Report, error) {
	r := new(Report)
	delays, err := p.everywhere(p.delay, delayLimits)
	if err != nil {
		return nil, err
	}
	slowest := uint64(0)
	each(func(from, to int) {
		delay := min(delays[to][from], delays[from][to]) // both have measured the same round trips
		r.Each[from][to].Delay = time.Duration(delay)
		slowest = max(slowest, delay)
	})
	if slowest < near {
		return r, nil
	}
	rates, err := p.everywhere(p.rate, rateLimits)
	if err != nil {
		return nil, err
	}
	narrowest := uint64(maxRate)
	each(func(from, to int) {
		r.Each[from][to].Bandwidth = float64(rates[to][from])
		narrowest = min(narrowest, rates[to][from])
	})
	r.Link = Link{Delay: time.Duration(coarse(slowest)), Bandwidth: float64(coarse(8*narrowest)) / 8}
	return r, nil
}

// each calls f for the six directed links.
func each(f func(from, to int)) {
	for from := range transport.Servers {
		for to := range transport.Servers {
			if from != to {
				f(from, to)
			}
		}
	}
}

// Slowest returns the longest delay that was measured, near servers' too.
func (r *Report) Slowest() (delay time.Duration) {
	each(func(from, to int) { delay = max(delay, r.Each[from][to].Delay) })
	return delay
}

// near is the delay in nanoseconds below which links are not told apart.
const near = uint64(500 * time.Microsecond)

// coarse returns v ≥ 1 rounded to 1, 2 or 5 times a power of ten: to the nearest by
// ratio, nearly.
func coarse(v uint64) uint64 {
	unit := uint64(1)
	for v >= 10*unit {
		unit *= 10
	}
	switch tenths := 100*(v/unit) + 100*(v%unit)/unit; {
	case tenths < 141:
		return unit
	case tenths < 316:
		return 2 * unit
	case tenths < 707:
		return 5 * unit
	}
	return 10 * unit
}
