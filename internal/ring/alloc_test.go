package ring

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoAllocation runs what a training step runs, after a first time that may
// fill the pools.
func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	eachLevel(t, testNoAllocation)
}

func testNoAllocation(t *testing.T) {
	rng := newRand(1)
	m := func(r, c int) Matrix { return Dense(words(rng, r*c), r, c) }
	x, y, z, turned := m(128, 200), m(200, 64), m(128, 64), m(64, 200)
	column, out := m(200, 1), m(128, 1)
	large, wide := m(256, 256), m(256, 256)
	v, planes, packed := words(rng, 1000), make([]uint64, 16*13), make([]uint64, PackedLen(1000, 13))
	window := Window{Channels: 1, Height: 9, Width: 9, KernelH: 3, KernelW: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1}
	image, columns := words(rng, 81), make([]uint64, 9*25)
	for name, f := range map[string]func(){
		"MatMulAdd":            func() { MatMulAdd(z, x, y) },
		"MatMulAdd transposed": func() { MatMulAdd(y, x.T(), z) },
		"MatMulAdd large":      func() { MatMulAdd(large, wide.T(), wide) },
		"MatMulAdd column":     func() { MatMulAdd(out, x, column) },
		"MatMulAdd row":        func() { MatMulAdd(column.T(), out.T(), x) },
		"planes":               func() { ToPlanes(planes, v, 13); FromPlanes(v, planes, 13) },
		"bits":                 func() { PackBits(packed, v, 13); UnpackBits(v, packed, 13) },
		"Transpose":            func() { Transpose(turned.Data, y.Data, 200, 64) },
		"Im2Col":               func() { Im2Col(columns, image, window); Col2Im(image, columns, window) },
		"vectors":              func() { MulAdd(v, v, v); AndShare(v, v, v, v, v); Dot(v, v) },
	} {
		f()
		require.Less(t, testing.AllocsPerRun(20, f), 0.5, name)
	}
}

// TestSplitDoesNotAllocate is about the goroutines of large products.
func TestSplitDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	forceSplit(t)
	x := Dense(make([]uint64, 128*128), 128, 128)
	dst := Dense(make([]uint64, 128*128), 128, 128)
	f := func() { MatMulAdd(dst, x, x) }
	for range 10 {
		f()
	}
	require.Less(t, testing.AllocsPerRun(50, f), 0.5)
}
