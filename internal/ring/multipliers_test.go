package ring

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// amxShapes are around the sides of a tile and the lengths of a block, a chunk
// and a short block of k.
var amxShapes = [][3]int{
	{16, 64, 16},
	{16, 65, 16},
	{17, 80, 15},
	{15, 81, 17},
	{33, 128, 48},
	{16, 127, 16},
	{31, 129, 20},
	{40, 144, 33},
	{5, 145, 16},
	{16, 192, 9},
	{20, 200, 16},
	{2, 272, 3},
	{530, 70, 18},
	{128, 1, 128},
	{64, 16, 64},
	{64, 17, 64},
}

func TestMultipliers(t *testing.T) {
	for name, matMul := range multipliers() {
		t.Run(name, func(t *testing.T) {
			for _, s := range quick(append(amxShapes, productShapes...)) {
				if slices.Contains(s[:], 0) {
					continue // never reaches a kernel
				}
				for i := range 16 {
					rng := newRand(i)
					la, lb := layouts[i%4], layouts[i/4]
					c := layouts[0].make(rng, s[0], s[2])
					if (i+i/4)%2 == 1 {
						c = layouts[2].make(rng, s[0], s[2])
					}
					p := product{dst: c, a: la.make(rng, s[0], s[1]), b: lb.make(rng, s[1], s[2])}
					want := slowMatMulAdd(p.dst, p.a, p.b)
					matMul(p)
					require.Equal(t, want, flat(c), "%v: a %s, b %s", s, la.name, lb.name)
				}
			}
		})
	}
}

// TestMultipliersAtEdges has nothing but edges: each alone, then all in turn from each.
func TestMultipliersAtEdges(t *testing.T) {
	for name, matMul := range multipliers() {
		for _, s := range quick(append(amxShapes, productShapes...)) {
			if slices.Contains(s[:], 0) {
				continue
			}
			for i := range 2 * len(edges) {
				at := 0
				filled := func(rows, cols int) Matrix {
					data := make([]uint64, rows*cols)
					for j := range data {
						data[j] = edges[(i+at*(i/len(edges)))%len(edges)]
						at++
					}
					return Dense(data, rows, cols)
				}
				p := product{dst: filled(s[0], s[2]), a: filled(s[0], s[1]), b: filled(s[1], s[2])}
				want := slowMatMulAdd(p.dst, p.a, p.b)
				matMul(p)
				require.True(t, slices.Equal(want, p.dst.Data), "%s %v from edge %d", name, s, i)
			}
		}
	}
}

// TestMultipliersOfEqualWords repeats the words whose parts have the largest products, of
// either sign, for numbers of steps around those after which sums of 32 bits are emptied.
func TestMultipliersOfEqualWords(t *testing.T) {
	left := []uint64{0x800, 0x7ff, 1<<64 - 0x800, 1<<64 - 1} // low 12 bits, signed: -2^11, 2^11-1, -2^11, -1
	right := []uint64{                                       // in signed digits of 16 bits:
		0x7fff7fff7fff8000, // all -2^15
		0x7fff7fff7fff7fff, // all 2^15-1
		0x8000800080008000,
		1<<64 - 1,
	}
	for name, matMul := range multipliers() {
		for k := 1; k < 246; k++ {
			if k == 71 && testing.Short() {
				break
			}
			for i := range len(left) * len(right) {
				x, y := left[i%len(left)], right[i/len(left)]
				p := product{dst: filled(5, 17, 3), a: filled(5, k, x), b: filled(k, 17, y)}
				matMul(p)
				require.Equal(t, filled(5, 17, 3+uint64(k)*x*y), p.dst, "%s: %d times %#x·%#x", name, k, x, y)
			}
		}
	}
}

// filled is a matrix of equal words.
func filled(rows, cols int, x uint64) Matrix {
	return Dense(slices.Repeat([]uint64{x}, rows*cols), rows, cols)
}

// TestMultipliersAgree draws larger products than the definition could do.
func TestMultipliersAgree(t *testing.T) {
	all := multipliers()
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 150)
		m, k, n := side.Draw(t, "m"), rapid.IntRange(1, 400).Draw(t, "k"), side.Draw(t, "n")
		view := func(name string, rows, cols int) Matrix {
			rng := newRand(rapid.IntRange(0, 100).Draw(t, name+" seed"))
			return rapid.SampledFrom(layouts).Draw(t, name).make(rng, rows, cols)
		}
		p := product{a: view("a", m, k), b: view("b", k, n)}
		start := words(newRand(1), m*n)
		results := map[string][]uint64{}
		for name, matMul := range all {
			p.dst = Dense(slices.Clone(start), m, n)
			matMul(p)
			results[name] = p.dst.Data
		}
		for name, r := range results {
			require.Equal(t, results["go"], r, fmt.Sprintf("%s differs from go", name))
		}
	})
}
