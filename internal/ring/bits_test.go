package ring

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// low is a mask of the low bits.
func low(width int) uint64 { return ^uint64(0) >> (64 - width) }

func TestPlanes(t *testing.T) { eachLevel(t, testPlanes) }

// planeLengths are 0 to 129 and some on either side of a group of eight blocks.
func planeLengths() []int {
	lengths := []int{447, 448, 449, 511, 512, 513, 520, 576, 1024, 1063}
	for n := range 130 {
		lengths = append(lengths, n)
	}
	return lengths
}

func testPlanes(t *testing.T) {
	for _, n := range planeLengths() {
		width := 1 + n*7%64
		rng := newRand(n)
		x, planeWords := words(rng, n), (n+63)/64
		planes, planesIntact := guarded(t, words(rng, width*planeWords))
		ToPlanes(planes, x, width)
		want := make([]uint64, len(planes))
		for b := range width {
			for i := range n {
				want[b*planeWords+i/64] |= x[i] >> b & 1 << (i % 64)
			}
		}
		require.Equal(t, want, planes, "n %d width %d", n, width)
		back, backIntact := guarded(t, words(rng, n))
		FromPlanes(back, planes, width)
		for i := range x {
			x[i] &= low(width)
		}
		require.Equal(t, x, back, "n %d width %d", n, width)
		planesIntact()
		backIntact()
	}
}

func TestFromPlanesIgnoresPadding(t *testing.T) { eachLevel(t, testFromPlanesIgnoresPadding) }

func testFromPlanesIgnoresPadding(t *testing.T) {
	x := make([]uint64, 3)
	FromPlanes(x, []uint64{^uint64(0), ^uint64(0)}, 2)
	require.Equal(t, []uint64{3, 3, 3}, x)
}

// packLengths are 0 to 80, which have every number of values after the last that a
// kernel does, and some longer ones.
func packLengths() []int {
	lengths := []int{127, 128, 129, 130, 192, 333}
	for n := range 81 {
		lengths = append(lengths, n)
	}
	return lengths
}

func TestPackBits(t *testing.T) { eachLevel(t, testPackBits) }

func testPackBits(t *testing.T) {
	for bits := 1; bits <= 64; bits++ {
		for _, n := range packLengths() {
			rng := newRand(n)
			x := words(rng, n)
			packed, packedIntact := guarded(t, words(rng, PackedLen(n, bits)))
			PackBits(packed, x, bits)
			want := make([]uint64, len(packed))
			for i := range n * bits {
				want[i/64] |= x[i/bits] >> (i % bits) & 1 << (i % 64)
			}
			require.Equal(t, want, packed, "bits %d n %d", bits, n)
			back, backIntact := guarded(t, words(rng, n))
			UnpackBits(back, packed, bits)
			for i := range x {
				x[i] &= low(bits)
			}
			require.Equal(t, x, back, "bits %d n %d", bits, n)
			packedIntact()
			backIntact()
		}
	}
}

func TestBitShapesPanic(t *testing.T) {
	err := shapePanic(t, func() { ToPlanes(make([]uint64, 3), make([]uint64, 65), 2) })
	require.Equal(t, "ring: ToPlanes: got len(planes) = 3, want 4 = width*((len(x)+63)/64)", err.Error())
	shapePanic(t, func() { FromPlanes(make([]uint64, 65), make([]uint64, 3), 2) })
	shapePanic(t, func() { ToPlanes(nil, nil, 0) })
	shapePanic(t, func() { FromPlanes(nil, nil, 65) })
	shapePanic(t, func() { PackBits(make([]uint64, 1), make([]uint64, 3), 32) })
	shapePanic(t, func() { UnpackBits(make([]uint64, 3), make([]uint64, 1), 32) })
	shapePanic(t, func() { PackBits(nil, nil, 0) })
	shapePanic(t, func() { UnpackBits(nil, nil, -1) })
}

func TestTransposeWords(t *testing.T) { eachLevel(t, testTransposeWords) }

func testTransposeWords(t *testing.T) {
	for rows := range 20 {
		for _, cols := range []int{0, 1, 2, 7, 8, 9, 17, 33} {
			rng := newRand(rows)
			src := words(rng, rows*cols)
			dst, intact := guarded(t, words(rng, rows*cols))
			Transpose(dst, src, rows, cols)
			for i := range rows {
				for j := range cols {
					require.Equal(t, src[i*cols+j], dst[j*rows+i], "%d×%d", rows, cols)
				}
			}
			intact()
		}
	}
	shapePanic(t, func() { Transpose(make([]uint64, 6), make([]uint64, 6), 2, 4) })
	shapePanic(t, func() { Transpose(make([]uint64, 5), make([]uint64, 6), 2, 3) })
	shapePanic(t, func() { Transpose(nil, make([]uint64, 6), -2, -3) })
}
