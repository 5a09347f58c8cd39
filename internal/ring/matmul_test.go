package ring

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// at reads one element of a view.
func at(m Matrix, i, j int) uint64 { return m.Data[i*m.RowStride+j*m.ColStride] }

// slowMatMulAdd is the definition, on copies: dst + a·b, row-major.
func slowMatMulAdd(dst, a, b Matrix) []uint64 {
	out := make([]uint64, 0, dst.Rows*dst.Cols)
	for i := range dst.Rows {
		for j := range dst.Cols {
			s := at(dst, i, j)
			for p := range a.Cols {
				s += at(a, i, p) * at(b, p, j)
			}
			out = append(out, s)
		}
	}
	return out
}

// flat copies a view row-major.
func flat(m Matrix) []uint64 {
	out := make([]uint64, 0, m.Rows*m.Cols)
	for i := range m.Rows {
		for j := range m.Cols {
			out = append(out, at(m, i, j))
		}
	}
	return out
}

// A layout makes a rows×cols view of random words, in one of the ways a caller
// may hold a matrix.
type layout struct {
	name string
	make func(rng *rand.Rand, rows, cols int) Matrix
}

var layouts = []layout{
	{"rows", func(rng *rand.Rand, r, c int) Matrix { return Dense(words(rng, r*c), r, c) }},
	{"transposed", func(rng *rand.Rand, r, c int) Matrix { return Dense(words(rng, r*c), c, r).T() }},
	{"wide rows", func(rng *rand.Rand, r, c int) Matrix {
		return Matrix{words(rng, r*(c+3)), r, c, c + 3, 1}
	}},
	{"every third", func(rng *rand.Rand, r, c int) Matrix {
		return Matrix{words(rng, r*(3*c+5)), r, c, 3*c + 5, 3}
	}},
}

// productShapes has m, k, n: empty, one, odd, tall, wide, vectors.
var productShapes = [][3]int{
	{0, 3, 2},
	{2, 0, 3},
	{3, 2, 0},
	{1, 1, 1},
	{2, 3, 4},
	{7, 13, 25},
	{9, 24, 30},
	{17, 47, 33},
	{15, 31, 65},
	{16, 64, 16},
	{33, 65, 17},
	{1, 30, 70},
	{70, 30, 1},
	{65, 1, 65},
	{5, 300, 1},
	{1, 300, 5},
	{3, 600, 40},
}

// quick leaves the larger shapes out of short runs.
func quick(shapes [][3]int) (kept [][3]int) {
	for _, s := range shapes {
		if !testing.Short() || s[0]*s[1]*s[2] < 20_000 {
			kept = append(kept, s)
		}
	}
	return kept
}

func TestMatMulAdd(t *testing.T) { eachLevel(t, testMatMulAdd) }

func testMatMulAdd(t *testing.T) {
	for _, s := range quick(productShapes) {
		for _, la := range layouts {
			for _, lb := range layouts {
				for _, lc := range layouts {
					rng := newRand(s[0] + s[1] + s[2])
					a, b, c := la.make(rng, s[0], s[1]), lb.make(rng, s[1], s[2]), lc.make(rng, s[0], s[2])
					want := slowMatMulAdd(c, a, b)
					MatMulAdd(c, a, b)
					require.Equal(t, want, flat(c), "%v: a %s, b %s, dst %s", s, la.name, lb.name, lc.name)
				}
			}
		}
	}
}

func TestMatMulLeavesTheRest(t *testing.T) { eachLevel(t, testMatMulLeavesTheRest) }

func testMatMulLeavesTheRest(t *testing.T) {
	for _, s := range quick(productShapes) {
		rng := newRand(1)
		a, b := Dense(words(rng, s[0]*s[1]), s[0], s[1]), Dense(words(rng, s[1]*s[2]), s[1], s[2])
		data, intact := guarded(t, words(rng, s[0]*(s[2]+2)))
		before := append([]uint64{}, data...)
		MatMulAdd(Matrix{data, s[0], s[2], s[2] + 2, 1}, a, b)
		intact()
		for i := range s[0] {
			for j := s[2]; j < s[2]+2; j++ {
				require.Equal(t, before[i*(s[2]+2)+j], data[i*(s[2]+2)+j], "%v: past row %d", s, i)
			}
		}
	}
}

// edges are words at which a sum or a product of their halves, or of 52 bits of them, wraps.
var edges = []uint64{1<<64 - 1, 1 << 63, 1<<63 - 1, 1 << 32, 1<<32 - 1, 1 << 52, 1<<52 - 1, 1 << 31}

// TestMixedWords has edges among random words, in shapes and layouts that no list has.
func TestMixedWords(t *testing.T) { eachLevel(t, testMixedWords) }

func testMixedWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(2, 70)
		m, k, n := side.Draw(t, "m"), rapid.IntRange(1, 420).Draw(t, "k"), side.Draw(t, "n")
		draw := func(name string, rows, cols int) Matrix {
			rng := newRand(rapid.IntRange(0, 1000).Draw(t, name))
			v := layouts[rng.IntN(len(layouts))].make(rng, rows, cols)
			for i := range v.Data {
				if rng.IntN(2) == 0 {
					v.Data[i] = edges[rng.IntN(len(edges))]
				}
			}
			return v
		}
		a, b, c := draw("a", m, k), draw("b", k, n), draw("dst", m, n)
		want := slowMatMulAdd(c, a, b)
		MatMulAdd(c, a, b)
		require.True(t, slices.Equal(want, flat(c)))
	})
}

// TestLargeProducts is of sides at which levels begin to cut a product into
// products of quarters, and a little more.
func TestLargeProducts(t *testing.T) { eachLevel(t, testLargeProducts) }

func testLargeProducts(t *testing.T) {
	for i, s := range quick([][3]int{{256, 256, 256}, {263, 257, 265}, {400, 150, 333}, {313, 329, 321}}) {
		rng := newRand(i)
		for j, la := range layouts {
			lb := layouts[(i+j)%len(layouts)]
			p := product{dst: Dense(words(rng, s[0]*s[2]), s[0], s[2]), a: la.make(rng, s[0], s[1]), b: lb.make(rng, s[1], s[2])}
			q := p
			q.dst.Data = slices.Clone(p.dst.Data)
			matMulGo(q)
			MatMulAdd(p.dst, p.a, p.b)
			require.True(t, slices.Equal(q.dst.Data, p.dst.Data), "%v: a %s, b %s", s, la.name, lb.name)
		}
	}
}

func TestProductShapesPanic(t *testing.T) {
	m := func(r, c int) Matrix { return Dense(make([]uint64, r*c), r, c) }
	err := shapePanic(t, func() { MatMulAdd(m(2, 4), m(2, 3), m(4, 4)) })
	require.Equal(t, "ring: MatMulAdd: got 2×3 · 4×4, want m×k · k×n into 2×4", err.Error())
	shapePanic(t, func() { MatMulAdd(m(3, 4), m(2, 3), m(3, 4)) })
	shapePanic(t, func() { MatMulAdd(m(2, 5), m(2, 3), m(3, 4)) })
	shapePanic(t, func() { Dense(make([]uint64, 5), 2, 3) })
	short := Matrix{make([]uint64, 5), 2, 3, 3, 1}
	err = shapePanic(t, func() { MatMulAdd(m(2, 4), short, m(3, 4)) })
	require.Equal(t, "ring: MatMulAdd: got left matrix with len(Data) = 5, want 2×3 with strides 3, 1 inside it", err.Error())
	shapePanic(t, func() { MatMulAdd(m(2, 4), Matrix{make([]uint64, 9), 2, 3, -3, 1}, m(3, 4)) })
}
