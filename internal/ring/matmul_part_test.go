package ring

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slowForms is the definition of the other forms, with numbers of any size.
func slowForms(p product) []uint64 {
	out := flat(p.dst)
	for i := range p.dst.Rows {
		for j := range p.dst.Cols {
			for k := 0; k < p.x0.Cols; k += halfBlock {
				out[i*p.dst.Cols+j] += slowBlock(p, i, j, k, min(k+halfBlock, p.x0.Cols))
			}
		}
	}
	return out
}

func slowBlock(p product, i, j, k, k1 int) uint64 {
	sum := new(big.Int)
	for ; k < k1; k++ {
		x0, x1, y0, y1 := at(p.x0, i, k), at(p.x1, i, k), at(p.y0, k, j), at(p.y1, k, j)
		if p.form == difference {
			sum.Add(sum, new(big.Int).SetUint64((x0-x1)*(y1-y0)))
			continue
		}
		sum.Add(sum, new(big.Int).Mul(twicePlus(x0, x1), twicePlus(y0, y1)))
	}
	if p.form == halfUp {
		sum.Add(sum, big.NewInt(1))
	}
	if p.form != difference {
		sum.Rsh(sum, 1)
	}
	return sum.And(sum, new(big.Int).SetUint64(1<<64-1)).Uint64()
}

// twicePlus is 2·x + y.
func twicePlus(x, y uint64) *big.Int {
	z := new(big.Int).SetUint64(x)
	return z.Lsh(z, 1).Add(z, new(big.Int).SetUint64(y))
}

// goPart is a server's part in plain Go, which TestMultipliers compares with the
// definition.
func goPart(server int, p product) []uint64 {
	if min(p.dst.Rows, p.dst.Cols) < 32 || p.x0.Cols < 16 {
		p.form = pair
		return slowProduct(p)
	}
	p.dst = Dense(flat(p.dst), p.dst.Rows, p.dst.Cols)
	p.form = []form{difference, halfDown, halfUp}[server]
	if server == 2 {
		p.x0, p.x1, p.y0, p.y1 = p.x1, p.x0, p.y1, p.y0
	}
	matMulPartGo(p)
	return p.dst.Data
}

// TestPartsAddUp adds the parts of three servers at every level, for shapes on both
// sides of what is worth one product.
func TestPartsAddUp(t *testing.T) { eachLevel(t, testPartsAddUp) }

func testPartsAddUp(t *testing.T) {
	edges := []uint64{0, 1, 2, 3, 1<<52 - 1, 1 << 52, 1<<63 - 1, 1 << 63, 1<<64 - 2, 1<<64 - 1}
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(28, 70)
		m, k, n := side.Draw(t, "m"), rapid.IntRange(10, 420).Draw(t, "k"), side.Draw(t, "n")
		draw := func(name string, r, c int) (parts [3]Matrix, whole Matrix) {
			rng := newRand(rapid.IntRange(0, 1000).Draw(t, name))
			whole = Dense(make([]uint64, r*c), r, c)
			for i := range parts {
				parts[i] = layouts[rng.IntN(len(layouts))].make(rng, r, c)
				for at := range parts[i].Data {
					if rng.IntN(2) == 0 {
						parts[i].Data[at] = edges[rng.IntN(len(edges))]
					}
				}
				addMatrix(whole, parts[i])
			}
			return parts, whole
		}
		x, allX := draw("x", m, k)
		y, allY := draw("y", k, n)
		got := Dense(make([]uint64, m*n), m, n)
		for i := range 3 {
			MatMulPart(i, got, x[i], x[(i+1)%3], y[i], y[(i+1)%3])
		}
		want := slowMatMulAdd(Dense(make([]uint64, m*n), m, n), allX, allY)
		require.True(t, slices.Equal(want, got.Data))
	})
}

func TestServerOutOfRangePanics(t *testing.T) {
	m := Dense(make([]uint64, 4), 2, 2)
	for _, server := range []int{-1, 3} {
		require.Contains(t, shapePanic(t, func() { MatMulPart(server, m, m, m, m, m) }).Error(), "want 0, 1 or 2")
	}
}
