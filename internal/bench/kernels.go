package bench

import (
	"fmt"
	"runtime"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/ring"
)

// shape is one of a product of matrices, m×k by k×n.
type shape struct{ m, k, n int }

func (s shape) String() string { return fmt.Sprintf("%dx%dx%d", s.m, s.k, s.n) }

// shapes are those measured: a layer of a small network on a batch, and a large
// square.
func shapes() []shape { return []shape{{128, 784, 128}, {512, 512, 512}} }

// Shapes are the keys of [Result.MatMul], in order.
func Shapes() []string {
	var names []string
	for _, s := range shapes() {
		names = append(names, s.String())
	}
	return names
}

func (b *bench) matMul() error {
	level := ring.CurrentLevel()
	defer func() { _ = ring.SetLevel(level) }()
	for _, s := range shapes() {
		b.result.MatMul[s.String()] = b.product(s, level)
	}
	return nil
}

// product measures one shape.
func (b *bench) product(s shape, level ring.Level) Product {
	multiply := s.multiplication()
	ops, products := s.m*s.k*s.n, 0
	var one, pure, peak float64
	onOneCore(func() {
		took := b.kernel.perCall(
			at(level, multiply),
			at(level, func() { products = ring.PeakLoop(peakRounds) }),
			at(ring.LevelGo, multiply),
		)
		one, peak, pure = rate(ops, took[0]), rate(products, took[1]), rate(ops, took[2])
	})
	all := rate(ops, b.kernel.perCall(at(level, multiply))[0])
	return Product{
		Gops: digits(one, 4), PeakFraction: digits(one/peak, 3), TimesPureGo: digits(one/pure, 3), GopsAllCores: digits(all, 4),
	}
}

// at returns f on a level, one that the machine has.
func at(level ring.Level, f func()) func() {
	return func() {
		_ = ring.SetLevel(level)
		f()
	}
}

// peakRounds make a call of ring.PeakLoop long enough to be timed.
const peakRounds = 1000

// multiplication returns a product on random matrices.
func (s shape) multiplication() func() {
	x, y := ring.Dense(randomWords(s.m*s.k, 63), s.m, s.k), ring.Dense(randomWords(s.k*s.n, 63), s.k, s.n)
	dst := ring.Dense(make([]uint64, s.m*s.n), s.m, s.n)
	return func() { ring.MatMulAdd(dst, x, y) }
}

// onOneCore runs f with one core for this process.
func onOneCore(f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
}

// stream measures the key stream. A name is drawn once only.
func (b *bench) stream() error {
	keys, err := sessionKeys()
	if err != nil {
		return err
	}
	const words = 1 << 13
	dst, draw := make([]uint64, words), prg.Name{}
	onOneCore(func() {
		took := b.kernel.perCall(func() {
			keys[0].Next.Fill(dst, draw)
			draw.Lane++
		})
		b.result.PRG.GBPerSecond = digits(rate(8*words, took[0]), 4)
	})
	return nil
}
