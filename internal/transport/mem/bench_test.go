package mem_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// BenchmarkRound is one round of the ring: every server sends to the next and
// receives from the previous one. ns/op is the time of a round.
func BenchmarkRound(b *testing.B) {
	for _, bytes := range []int{64, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dB", bytes), func(b *testing.B) {
			conns := mem.New()
			b.ReportAllocs()
			ring(b, conns, b.N, bytes/8)
		})
	}
}

// BenchmarkThroughput is messages of 1 MiB from one server to another, written by
// the one and read by the other.
func BenchmarkThroughput(b *testing.B) {
	const words = 1 << 17
	net, done := mem.New(), make(chan uint64)
	go func() { done <- sumAll(net[1], b.N) }()
	b.SetBytes(8 * words)
	b.ReportAllocs()
	for i := range b.N {
		w := net[0].Get(words)
		for j := range w {
			w[j] = uint64(j)
		}
		if err := net[0].Send(1, transport.Tag{Seq: uint32(i)}, w); err != nil {
			b.Fatal(err)
		}
	}
	<-done
}

func sumAll(c transport.Conn, messages int) (sum uint64) {
	for i := range messages {
		w, _, err := c.Recv(0, 0, uint32(i))
		if err != nil {
			return 0
		}
		for _, v := range w {
			sum += v
		}
		c.Put(w)
	}
	return sum
}

// BenchmarkLink is a ring round of 4 KiB over emulated links. The time to expect
// is given beside the time it took.
func BenchmarkLink(b *testing.B) {
	for name, l := range map[string]mem.Link{
		"LAN-250us-10Gbs": {Delay: 250 * time.Microsecond, Bandwidth: 1.25e9},
		"WAN-20ms-100Mbs": {Delay: 20 * time.Millisecond, Bandwidth: 12.5e6},
	} {
		b.Run(name, func(b *testing.B) {
			conns := mem.New(mem.WithLink(l))
			defer conns[0].Close(nil)
			ring(b, conns, b.N, 512)
			b.ReportMetric(float64(l.Delay)+4096/l.Bandwidth*1e9, "ns/expected")
		})
	}
}

// ring plays rounds on all three servers and returns when all are done.
func ring(tb testing.TB, conns [transport.Servers]transport.Conn, rounds, words int) {
	var wg sync.WaitGroup
	for _, c := range conns {
		wg.Go(func() {
			if err := play(c, rounds, words); err != nil {
				tb.Error(err)
			}
		})
	}
	wg.Wait()
}

func play(c transport.Conn, rounds, words int) error {
	next, prev := (c.Server()+1)%3, (c.Server()+2)%3
	for r := range uint32(rounds) {
		if err := c.Send(next, transport.Tag{Lane: 1, Seq: r, Depth: r + 1}, c.Get(words)); err != nil {
			return err
		}
		w, _, err := c.Recv(prev, 1, r)
		if err != nil {
			return err
		}
		c.Put(w)
	}
	return nil
}
