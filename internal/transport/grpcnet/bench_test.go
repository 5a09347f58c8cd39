package grpcnet

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// A place to play is one process with three nodes, or three processes.
type arena func(b *testing.B) (lap func(order) (seconds float64))

func arenas() map[string]arena {
	return map[string]arena{"1process": oneProcess, "3processes": threeProcesses}
}

func oneProcess(b *testing.B) func(order) float64 {
	wrap, err := encrypted()
	require.NoError(b, err)
	var grpc [transport.Servers]ringEnd
	for i, c := range joined(b, nodes(b)) {
		grpc[i] = &connEnd{Conn: c}
	}
	rings := map[string][transport.Servers]ringEnd{"tcp": sockets(b, plain), "tls": sockets(b, wrap), "grpc": grpc}
	return func(o order) float64 {
		start := time.Now()
		lap(b, rings[o.Rival], games()[o.Game], o.Messages, o.Words)
		return time.Since(start).Seconds()
	}
}

func threeProcesses(b *testing.B) func(order) float64 {
	all := startProcesses(b)
	return func(o order) float64 { return play(b, all, o) }
}

// BenchmarkRing is rounds of the ring over TCP, over TCP with TLS and over this
// package, in turns, so that other load on the machine meets all alike. An
// operation is a round of each.
func BenchmarkRing(b *testing.B) {
	for name, arena := range arenas() {
		for _, bytes := range []int{64, 4 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("%s/%dB", name, bytes), func(b *testing.B) {
				compare(b, arena, order{Game: "rounds", Messages: 16_000_000 / (bytes + 32_000), Words: bytes / 8})
			})
		}
	}
}

// BenchmarkThroughput is messages of 1 MiB around the ring, one after another
// without waiting for those of the previous server.
func BenchmarkThroughput(b *testing.B) {
	for name, arena := range arenas() {
		b.Run(name+"/1MiB", func(b *testing.B) {
			compare(b, arena, order{Game: "stream", Messages: 16, Words: 1 << 17})
		})
	}
}

// BenchmarkAllocations is rounds of this package alone. A round is three
// messages.
func BenchmarkAllocations(b *testing.B) {
	for _, bytes := range []int{64, 4 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dB", bytes), func(b *testing.B) {
			lap := oneProcess(b)
			o := order{Rival: "grpc", Game: "rounds", Messages: 1000, Words: bytes / 8}
			lap(o)
			b.ReportAllocs()
			b.ResetTimer()
			o.Messages = b.N
			lap(o)
		})
	}
}

// compare plays the game on all rivals in turns and reports for each the median
// of messages per second and server, or of bytes, and of the ratio to TLS.
func compare(b *testing.B, arena arena, o order) {
	lap := arena(b)
	rivals := []string{"tcp", "tls", "grpc"}
	times := map[string][]float64{}
	for played := 0; played < b.N; played += o.Messages {
		for _, o.Rival = range rivals {
			times[o.Rival] = append(times[o.Rival], lap(o)/float64(o.Messages))
		}
	}
	b.ReportMetric(0, "ns/op") // of no use: all rivals together
	for _, name := range rivals {
		if o.Game == "rounds" {
			b.ReportMetric(1/median(times[name]), name+"-rounds/s")
		} else {
			b.ReportMetric(8*float64(o.Words)/median(times[name])/1e6, name+"-MB/s")
		}
	}
	var ratios []float64
	for i, t := range times["tls"] {
		ratios = append(ratios, t/times["grpc"][i])
	}
	b.ReportMetric(median(ratios), "grpc/tls")
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// game is what one server does in a lap.
type game func(e ringEnd, messages, words int) error

// lap plays a game on all servers and returns when all are done.
func lap(b *testing.B, ends [transport.Servers]ringEnd, game game, messages, words int) {
	var all sync.WaitGroup
	for _, e := range ends {
		all.Go(func() {
			if err := game(e, messages, words); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

// playRounds sends and receives in turns.
func playRounds(e ringEnd, rounds, words int) error {
	for range rounds {
		if err := e.send(words); err != nil {
			return err
		}
		if err := e.recv(words); err != nil {
			return err
		}
	}
	return nil
}

// playStream sends and receives at the same time.
func playStream(e ringEnd, messages, words int) error {
	sent := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < messages && err == nil; i++ {
			err = e.send(words)
		}
		sent <- err
	}()
	for range messages {
		if err := e.recv(words); err != nil {
			return err
		}
	}
	return <-sent
}
