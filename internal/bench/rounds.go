package bench

import (
	"context"
	"errors"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// roundWords is the message of a round: 64 bytes. streamWords is one of many that
// are sent in a row: 1 MiB.
const (
	roundWords  = 8
	streamWords = 1 << 17
)

// network is three servers of which each sends to the next. Every server sends in
// one goroutine and receives in one.
type network interface {
	send(server int, seq uint32, words int) error // to the next one
	recv(server int, seq uint32, words int) error // from the previous one
	close(cause error)
}

// rival is a network that is compared with others.
type rival struct {
	name string
	open func(b *bench) (network, error)
}

// rivals are all networks. Sockets are not emulated, so only the first is
// measured where a link is.
func rivals() []rival {
	sockets := func(secure bool) func(*bench) (network, error) {
		return func(*bench) (network, error) { return newSocketRing(secure) }
	}
	return []rival{
		{"memory", func(b *bench) (network, error) { return connRing(b.connect()), nil }},
		{"tcp", sockets(false)},
		{"tcp_tls", sockets(true)},
		{"grpc_mtls", newGRPCRing},
	}
}

// Transports are the keys that [Result.Round] can have, in order.
func Transports() []string {
	var names []string
	for _, r := range rivals() {
		names = append(names, r.name)
	}
	return names
}

// rounds measures each transport.
func (b *bench) rounds() error {
	for _, r := range rivals() {
		if b.Link != nil && r.name != "memory" {
			continue
		}
		if err := b.rival(r); err != nil {
			return err
		}
	}
	b.result.Allocs.Round = b.result.Allocs.Rounds["memory"]
	return b.apart()
}

// rival measures one transport.
func (b *bench) rival(r rival) error {
	net, err := r.open(b)
	if err != nil {
		return err
	}
	defer net.close(nil)
	stop := context.AfterFunc(b.ctx, func() { net.close(context.Cause(b.ctx)) })
	defer stop()
	w := newStopwatch(b.protocol)
	if err := b.laps(w, net, playRounds, b.trips, roundWords); err != nil {
		return err
	}
	b.result.Round[r.name] = digits(w.median().Seconds()*1e6/float64(b.trips), 3)
	b.result.Allocs.Rounds[r.name] = hundredths(w.allocsPerLap() / float64(b.trips))
	if r.name == "memory" {
		return nil // nothing is copied: there is no speed to tell
	}
	w = newStopwatch(b.protocol)
	if err := b.laps(w, net, playStream, b.messages, streamWords); err != nil {
		return err
	}
	b.result.Stream[r.name] = digits(rate(8*streamWords*b.messages, w.median())*1e3, 3)
	return nil
}

// play is a server's side of so many messages.
type play func(net network, server int, first uint32, messages, words int) error

// laps plays on all servers until w has enough.
func (b *bench) laps(w *stopwatch, net network, play play, messages, words int) error {
	err := together(w, func(i int) error {
		for lap := uint32(0); w.lap(); lap++ {
			if err := play(net, i, lap*uint32(messages), messages, words); err != nil {
				net.close(err) // so that the others end too
				return err
			}
		}
		return nil
	})
	return errors.Join(context.Cause(b.ctx), err)
}

// playRounds waits for each message before it sends the next.
func playRounds(net network, server int, first uint32, messages, words int) error {
	for seq := first; seq < first+uint32(messages); seq++ {
		if err := net.send(server, seq, words); err != nil {
			return err
		}
		if err := net.recv(server, seq, words); err != nil {
			return err
		}
	}
	return nil
}

// playStream sends and receives at the same time.
func playStream(net network, server int, first uint32, messages, words int) error {
	sent := make(chan error, 1)
	go func() {
		var err error
		for i := range uint32(messages) {
			err = errors.Join(err, net.send(server, first+i, words))
		}
		sent <- err
	}()
	var err error
	for i := range uint32(messages) {
		err = errors.Join(err, net.recv(server, first+i, words))
	}
	return errors.Join(<-sent, err)
}

// connRing is a network over any transport. Its lanes tell rounds from streams.
type connRing [transport.Servers]transport.Conn

func (r connRing) send(i int, seq uint32, words int) error {
	tag := transport.Tag{Lane: uint64(words), Seq: seq, Depth: seq + 1}
	return r[i].Send((i+1)%transport.Servers, tag, r[i].Get(words))
}

func (r connRing) recv(i int, seq uint32, words int) error {
	w, _, err := r[i].Recv((i+2)%transport.Servers, uint64(words), seq)
	r[i].Put(w)
	return err
}

func (r connRing) close(cause error) { r[0].Close(cause) }
