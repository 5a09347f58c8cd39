package ring

import (
	"fmt"
	"testing"
	"time"
)

// benchLevels runs f on every level as a sub-benchmark.
func benchLevels(b *testing.B, f func(b *testing.B)) {
	before := CurrentLevel()
	defer func() { _ = SetLevel(before) }()
	for _, l := range testLevels(b) {
		b.Run(string(l), func(b *testing.B) {
			if err := SetLevel(l); err != nil {
				b.Fatal(err)
			}
			f(b)
		})
	}
}

// rate is n things an iteration in 10⁹ a second.
func rate(b *testing.B, n int) float64 {
	return float64(n) * float64(b.N) / float64(b.Elapsed())
}

// quickRate times f for a few milliseconds and returns the best rate of n
// things a call, in 10⁹ a second.
func quickRate(n func() int) float64 {
	best := 0.0
	for range 5 {
		start, done := time.Now(), 0
		for time.Since(start) < 2*time.Millisecond {
			done += n()
		}
		best = max(best, float64(done)/float64(time.Since(start)))
	}
	return best
}

// peakRate is the rate of the level's multiplication on registers alone.
func peakRate() float64 { return quickRate(func() int { return PeakLoop(2000) }) }

type benchShape struct {
	m, k, n int
	form    string // how a and b are stored: n plain, t transposed
}

func (s benchShape) String() string { return fmt.Sprintf("%dx%dx%d%s", s.m, s.k, s.n, s.form) }

func (s benchShape) size() int { return s.m * s.k * s.n }

var benchShapes = []benchShape{
	{128, 784, 128, "nn"},
	{784, 128, 128, "tn"},
	{128, 128, 784, "nt"},
	{512, 512, 512, "nn"},
	{1024, 1024, 1024, "nn"},
	{128, 128, 10, "nn"},
	{128, 10, 128, "nt"},
	{64, 64, 64, "nn"},
	{128, 30, 16, "nn"},
	{128, 30, 1, "nn"},
	{30, 128, 1, "tn"},
	{128, 784, 1, "nn"},
	{1, 784, 128, "nn"},
}

func (s benchShape) operands() (dst, a, b Matrix) {
	rng := newRand(1)
	a, b = Dense(words(rng, s.m*s.k), s.m, s.k), Dense(words(rng, s.k*s.n), s.k, s.n)
	if s.form[0] == 't' {
		a = Dense(a.Data, s.k, s.m).T()
	}
	if s.form[1] == 't' {
		b = Dense(b.Data, s.n, s.k).T()
	}
	return Dense(words(rng, s.m*s.n), s.m, s.n), a, b
}

// onOneCore takes the product away from split.
func onOneCore(f func()) {
	k := *active()
	before := current.Swap(&k)
	defer current.Store(before)
	k.partSize = 1 << 62
	f()
}

// BenchmarkMatMulAdd reports multiply-adds of one core in Gop/s, as a fraction
// of the level's peak on registers and as a multiple of the pure Go kernel,
// both measured in the same run.
func BenchmarkMatMulAdd(b *testing.B) {
	for _, s := range benchShapes {
		dst, x, y := s.operands()
		b.Run(s.String(), func(b *testing.B) {
			benchLevels(b, func(b *testing.B) {
				onOneCore(func() {
					for b.Loop() {
						MatMulAdd(dst, x, y)
					}
				})
				b.ReportMetric(rate(b, s.size()), "Gop/s")
				b.ReportMetric(rate(b, s.size())/peakRate(), "of-peak")
				pure := quickRate(func() int { matMulGo(product{dst: dst, a: x, b: y}); return s.size() })
				b.ReportMetric(rate(b, s.size())/pure, "x-pure-Go")
			})
		})
	}
}

func BenchmarkMatMulAddAllCores(b *testing.B) {
	for _, s := range benchShapes[:5] {
		dst, x, y := s.operands()
		b.Run(s.String(), func(b *testing.B) {
			benchLevels(b, func(b *testing.B) {
				for b.Loop() {
					MatMulAdd(dst, x, y)
				}
				b.ReportMetric(rate(b, s.size()), "Gop/s")
			})
		})
	}
}

// BenchmarkVector reports 10⁹ elements a second, in the first cache level and
// in memory.
func BenchmarkVector(b *testing.B) {
	shares := []vectorOp{
		{name: "MulShare", run: func(d, x, y []uint64, _ uint64) { MulShare(d, x, y, y, x) }},
		{name: "AndShare", run: func(d, x, y []uint64, _ uint64) { AndShare(d, x, y, y, x) }},
		{name: "Sum", run: func(_, x, _ []uint64, _ uint64) { Sum(x) }},
		{name: "Dot", run: func(_, x, y []uint64, _ uint64) { Dot(x, y) }},
	}
	for _, op := range append(shares, vectorOps...) {
		for _, n := range []int{1 << 10, 1 << 20} {
			rng := newRand(1)
			d, x, y := words(rng, n), words(rng, n), words(rng, n)
			b.Run(fmt.Sprintf("%s/%d", op.name, n), func(b *testing.B) {
				benchLevels(b, func(b *testing.B) {
					for b.Loop() {
						op.run(d, x, y, 5)
					}
					b.ReportMetric(rate(b, n), "Gelem/s")
				})
			})
		}
	}
}

// BenchmarkPlanes reports 10⁹ values a second.
func BenchmarkPlanes(b *testing.B) {
	for _, n := range []int{128, 1 << 12, 1 << 14, 1 << 20} {
		for _, width := range []int{1, 8, 13, 32, 64} {
			x, planes := words(newRand(1), n), make([]uint64, width*((n+63)/64))
			benchBits(b, "To", n, width, func() { ToPlanes(planes, x, width) })
			benchBits(b, "From", n, width, func() { FromPlanes(x, planes, width) })
		}
	}
}

// BenchmarkPack reports 10⁹ values a second.
func BenchmarkPack(b *testing.B) {
	for _, n := range []int{128, 1 << 12, 1 << 20} {
		for _, width := range []int{1, 4, 8, 16, 17, 32, 33, 48, 60} {
			x, packed := words(newRand(1), n), make([]uint64, PackedLen(n, width))
			benchBits(b, "Pack", n, width, func() { PackBits(packed, x, width) })
			benchBits(b, "Unpack", n, width, func() { UnpackBits(x, packed, width) })
		}
	}
}

func benchBits(b *testing.B, name string, n, width int, run func()) {
	b.Run(fmt.Sprintf("%s/%d/%d", name, n, width), func(b *testing.B) {
		benchLevels(b, func(b *testing.B) {
			for b.Loop() {
				run()
			}
			b.ReportMetric(rate(b, n), "Gelem/s")
		})
	})
}

// BenchmarkIm2Col is the second convolution of LeNet-5 on one image.
func BenchmarkIm2Col(b *testing.B) {
	w := Window{Channels: 6, Height: 14, Width: 14, KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1}
	image, matrix := make([]uint64, 6*14*14), make([]uint64, w.Rows()*w.Cols())
	b.Run("Im2Col", func(b *testing.B) {
		for b.Loop() {
			Im2Col(matrix, image, w)
		}
		b.ReportMetric(rate(b, len(matrix)), "Gelem/s")
	})
	b.Run("Col2Im", func(b *testing.B) {
		for b.Loop() {
			Col2Im(image, matrix, w)
		}
		b.ReportMetric(rate(b, len(matrix)), "Gelem/s")
	})
}

func BenchmarkTranspose(b *testing.B) {
	src, dst := make([]uint64, 128*784), make([]uint64, 128*784)
	for b.Loop() {
		Transpose(dst, src, 128, 784)
	}
	b.ReportMetric(rate(b, len(src)), "Gelem/s")
}
