package mpc_test

import (
	"testing"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// benchmark runs a program again and again on three servers of this process,
// with operands of n elements, and reports values per second, payload per value
// and server, rounds, and allocations of all servers.
func benchmark(b *testing.B, opts mpc.Options, n int, run func(p *mpc.Party, in operands)) {
	b.ReportAllocs()
	in := randomOperands(n)
	warm := make(chan struct{}, 3)
	var rounds, bytes [3]int64
	mpctest.Run3(b, opts, func(p *mpc.Party) error {
		v := in.take(p)
		once := func() {
			p.Begin()
			run(p, v)
			p.End()
		}
		once()
		p.Reveal(p.Public([]uint64{0}), mpctest.Permit()) // all are ready
		r, sent := p.Cost()
		if warm <- struct{}{}; len(warm) == 3 {
			b.ResetTimer()
		}
		for range b.N {
			once()
		}
		r2, sent2 := p.Cost()
		rounds[p.Server()], bytes[p.Server()] = int64(r2-r), sent2-sent
		return nil
	})
	values := float64(n) * float64(b.N)
	b.ReportMetric(values/b.Elapsed().Seconds()/1e6, "M/s")
	b.ReportMetric(float64(bytes[0]+bytes[1]+bytes[2])/3/values, "B/value/server")
	b.ReportMetric(float64(max(rounds[0], rounds[1], rounds[2]))/float64(b.N), "rounds")
}

const million = 1 << 20

// BenchmarkProtocol is every protocol of the table, on a long vector.
func BenchmarkProtocol(b *testing.B) {
	for _, r := range protocols() {
		b.Run(r.name, func(b *testing.B) { benchmark(b, r.opts, million, r.run) })
	}
}

// BenchmarkShort is every protocol on 128 values, where rounds are what takes
// the time.
func BenchmarkShort(b *testing.B) {
	for _, r := range protocols() {
		b.Run(r.name, func(b *testing.B) { benchmark(b, r.opts, 128, r.run) })
	}
}

// BenchmarkReLU is a watched ReLU in 32 bits.
func BenchmarkReLU(b *testing.B) {
	benchmark(b, mpc.Options{}, million, func(p *mpc.Party, in operands) {
		p.ReLU(in.x, 32, in.x.Len())
	})
}

// BenchmarkRound is the time of a small message there and back.
func BenchmarkRound(b *testing.B) {
	benchmark(b, mpc.Options{}, 8, func(p *mpc.Party, in operands) { p.Reshare(p.AsProduct(in.x)) })
}

// BenchmarkLocal is local work on long vectors and batches, as much at all three
// servers.
func BenchmarkLocal(b *testing.B) {
	first := mpc.Conv{Batch: 128, Channels: 1, Height: 28, Width: 28, Kernels: 20, Groups: 1, KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1}
	second := mpc.Conv{Batch: 128, Channels: 20, Height: 12, Width: 12, Kernels: 50, Groups: 1, KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1}
	part := func(p *mpc.Party, x mpc.Arith, sizes ...int) mpc.Arith {
		n := 1
		for _, s := range sizes {
			n *= s
		}
		return p.Slice(x, 0, n)
	}
	b.Run("Mul", func(b *testing.B) {
		benchmark(b, mpc.Options{}, million, func(p *mpc.Party, in operands) { p.Mul(in.x, in.y) })
	})
	for name, c := range map[string]mpc.Conv{"first": first, "second": second} {
		h, w := c.Out()
		run := func(f func(p *mpc.Party, x, k, y mpc.Arith)) func(b *testing.B) {
			return func(b *testing.B) {
				benchmark(b, mpc.Options{}, 2*million, func(p *mpc.Party, in operands) {
					x, k := part(p, in.x, c.Batch, c.Channels, c.Height, c.Width), part(p, in.y, c.Kernels, c.Channels, c.KernelH, c.KernelW)
					f(p, x, k, part(p, in.y, c.Batch, c.Kernels, h, w))
				})
			}
		}
		b.Run("Conv/"+name, run(func(p *mpc.Party, x, k, _ mpc.Arith) { p.Conv(x, k, mpc.Arith{}, c) }))
		b.Run("ConvKernels/"+name, run(func(p *mpc.Party, x, _, y mpc.Arith) { p.ConvKernels(x, y, c) }))
		b.Run("ConvImages/"+name, run(func(p *mpc.Party, _, k, y mpc.Arith) { p.ConvImages(k, y, c) }))
	}
}

// BenchmarkFunction is every function that is made of protocols, on a vector as long
// as a batch makes it: 1280 elements, 128 rows of ten.
func BenchmarkFunction(b *testing.B) {
	for _, f := range compositions() {
		cols := max(1, f.cols)
		n := 1280 / cols * cols
		b.Run(f.name+"/"+f.of, func(b *testing.B) {
			benchmark(b, mpc.Options{}, n, func(p *mpc.Party, in operands) { f.run(p, in.x, in.y) })
		})
	}
}
