package bench

import (
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// roundWords is the message of a round: 64 bytes.
const roundWords = 8

// Transports are the keys that [Result.Round] can have, in order.
func Transports() []string { return []string{"memory", "tcp", "tcp_tls"} }

// rounds measures a round on each transport. Sockets are not emulated, so they
// are left out where a link is.
func (b *bench) rounds() error {
	if err := b.memoryRound(); err != nil || b.Link != nil {
		return err
	}
	for name, secure := range map[string]bool{"tcp": false, "tcp_tls": true} {
		if err := b.socketRound(name, secure); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) memoryRound() error {
	conns := b.connect()
	w, err := b.connRound("memory", conns)
	conns[0].Close(nil)
	if err == nil {
		b.result.Allocs.Round = hundredths(w.allocsPerLap() / float64(b.trips))
	}
	return err
}

// connRound measures a round on any transport.
func (b *bench) connRound(name string, conns [transport.Servers]transport.Conn) (*stopwatch, error) {
	w := newStopwatch(b.protocol)
	stop := b.whenCancelled(func(cause error) { conns[0].Close(cause) })
	defer stop()
	err := together(w, func(i int) error {
		for seq := uint32(0); w.lap(); {
			for range b.trips {
				if err := connTrip(conns[i], seq); err != nil {
					return err
				}
				seq++
			}
		}
		return nil
	})
	if err == nil {
		b.result.Round[name] = b.micros(w)
	}
	return w, err
}

// connTrip is a server's side of one round.
func connTrip(c transport.Conn, seq uint32) error {
	next, prev := (c.Server()+1)%transport.Servers, (c.Server()+2)%transport.Servers
	if err := c.Send(next, transport.Tag{Seq: seq, Depth: seq + 1}, c.Get(roundWords)); err != nil {
		return err
	}
	words, _, err := c.Recv(prev, 0, seq)
	c.Put(words)
	return err
}

// micros returns the time of a round in microseconds.
func (b *bench) micros(w *stopwatch) float64 {
	return digits(float64(w.median())/float64(b.trips)/float64(time.Microsecond), 3)
}
