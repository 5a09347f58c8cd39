package ring

import (
	"fmt"
	"testing"
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

// gops reports multiply-adds per second, given those of one iteration.
func gops(b *testing.B, size int) {
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds()*1e-9, "Gop/s")
}

var benchShapes = []struct {
	m, k, n int
	form    string // how a and b are stored: n plain, t transposed
}{
	{128, 784, 128, "nn"},
	{784, 128, 128, "tn"},
	{128, 128, 784, "nt"},
	{512, 512, 512, "nn"},
	{1024, 1024, 1024, "nn"},
	{128, 128, 10, "nn"},
	{128, 10, 128, "nt"},
	{64, 64, 64, "nn"},
	{128, 30, 16, "nn"},
}

func benchProduct(i int) (dst, a, b Matrix) {
	s, rng := benchShapes[i], newRand(1)
	a, b = Dense(words(rng, s.m*s.k), s.m, s.k), Dense(words(rng, s.k*s.n), s.k, s.n)
	if s.form[0] == 't' {
		a = Dense(a.Data, s.k, s.m).T()
	}
	if s.form[1] == 't' {
		b = Dense(b.Data, s.n, s.k).T()
	}
	return Dense(words(rng, s.m*s.n), s.m, s.n), a, b
}

func BenchmarkMatMulAdd(b *testing.B) {
	for i, s := range benchShapes {
		dst, x, y := benchProduct(i)
		b.Run(fmt.Sprintf("%dx%dx%d%s", s.m, s.k, s.n, s.form), func(b *testing.B) {
			benchLevels(b, func(b *testing.B) {
				for b.Loop() {
					run(product{dst: dst, x0: x, y0: y})
				}
				gops(b, s.m*s.k*s.n)
			})
		})
	}
}
