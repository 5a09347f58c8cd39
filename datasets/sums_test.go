package datasets_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

// column returns a table of one feature "x", all targets 0.
func column(values ...float64) *datasets.Table {
	n := len(values)
	return &datasets.Table{
		Source: "test", Features: []string{"x"}, Target: "y",
		X: tensor.NewDense(values, n, 1), Y: tensor.Zeros(n),
	}
}

func TestSumsByHand(t *testing.T) {
	s := datasets.SumsOf(column(1.5, -2))
	require.Equal(t, 2, s.Rows)
	require.Equal(t, []uint64{
		0, 0xffff_ffff_ffff_8000, 0xffff_ffff_ffff_ffff, // -0.5 · 2^80
		0, 0x6_4000, 0, // 6.25 · 2^80
	}, s.Words)
}

// cell draws any permitted cell: large, small, and on the rounding grid.
func cell() *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		v := math.Ldexp(rapid.Float64Range(-1, 1).Draw(t, "fraction"), rapid.IntRange(-50, 40).Draw(t, "exponent"))
		v = min(max(v, -datasets.MaxCell), datasets.MaxCell)
		return rapid.SampledFrom([]float64{v, v, v, datasets.MaxCell, -datasets.MaxCell, math.Ldexp(0.5, -40), math.Trunc(v)}).Draw(t, "cell")
	})
}

// TestSumsAreExact compares with big rational arithmetic.
func TestSumsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(cell(), 1, 20).Draw(t, "values")
		sum, squares := new(big.Int), new(big.Int)
		for _, v := range values {
			q := roundedBig(v)
			sum.Add(sum, new(big.Int).Lsh(q, 40))
			squares.Add(squares, q.Mul(q, q))
		}
		words := datasets.SumsOf(column(values...)).Words
		require.Equal(t, modulo192(sum), modulo192(fromWords(words[:3])))
		require.Equal(t, modulo192(squares), modulo192(fromWords(words[3:])))
	})
}

// roundedBig returns v·2^40, rounded to the nearest integer, ties to even.
func roundedBig(v float64) *big.Int {
	r := new(big.Rat).SetFloat64(v)
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 40)))
	twice := new(big.Rat).Add(r, big.NewRat(1, 2))
	q := new(big.Int).Div(twice.Num(), twice.Denom()) // floor(r + 1/2): Div is Euclidean, the divisor positive
	if twice.IsInt() && q.Bit(0) == 1 {
		q.Sub(q, big.NewInt(1))
	}
	return q
}

func fromWords(words []uint64) *big.Int {
	v := new(big.Int)
	for i := range words {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(words[len(words)-1-i]))
	}
	return v
}

func modulo192(v *big.Int) string {
	return new(big.Int).Mod(v, new(big.Int).Lsh(big.NewInt(1), 192)).Text(16)
}

// TestSumsOfRandomParts splits sums at random in three, modulo 2^192, as a
// secret sharing does, and adds the parts up again.
func TestSumsOfRandomParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := datasets.SumsOf(column(rapid.SliceOfN(cell(), 1, 5).Draw(t, "values")...))
		word := rapid.SliceOfN(rapid.Uint64(), len(s.Words), len(s.Words))
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		c := rest(s.Words, a, b)
		total := make([]uint64, len(s.Words))
		for _, part := range [][]uint64{b, c, a} {
			datasets.AddSums(total, part)
		}
		require.Equal(t, s.Words, total)
	})
}

// rest returns words - a - b, each sum modulo 2^192, in big arithmetic.
func rest(words, a, b []uint64) []uint64 {
	modulus := new(big.Int).Lsh(big.NewInt(1), 192)
	c := make([]uint64, len(words))
	for at := 0; at < len(words); at += 3 {
		v := fromWords(words[at : at+3])
		v.Sub(v, fromWords(a[at:at+3])).Sub(v, fromWords(b[at:at+3])).Mod(v, modulus)
		for i := range 3 {
			c[at+i] = new(big.Int).And(new(big.Int).Rsh(v, uint(64*i)), new(big.Int).SetUint64(math.MaxUint64)).Uint64()
		}
	}
	return c
}

// TestSumsOfOwnersAreSumsOfAllRows: whoever holds the rows, the total is one.
func TestSumsOfOwnersAreSumsOfAllRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(cell(), 2, 20).Draw(t, "values")
		cut := rapid.IntRange(1, len(values)-1).Draw(t, "cut")
		total := datasets.SumsOf(column(values[:cut]...)).Words
		datasets.AddSums(total, datasets.SumsOf(column(values[cut:]...)).Words)
		require.Equal(t, datasets.SumsOf(column(values...)).Words, total)
	})
}

// TestLargestSumsFit: MaxRows rows of MaxCell stay below 2^191.
func TestLargestSumsFit(t *testing.T) {
	square := roundedBig(datasets.MaxCell)
	square.Mul(square, square).Mul(square, big.NewInt(datasets.MaxRows))
	require.LessOrEqual(t, square.BitLen(), 191)
}

func TestSumsRefuse(t *testing.T) {
	for _, v := range []float64{1.01e12, -1.01e12, math.NaN(), math.Inf(1)} {
		require.PanicsWithValue(t, "datasets: a value is not finite or beyond 1e+12", func() { datasets.SumsOf(column(v)) })
	}
	require.Panics(t, func() { datasets.AddSums(make([]uint64, 6), make([]uint64, 3)) })
	require.Panics(t, func() { datasets.AddSums(make([]uint64, 4), make([]uint64, 4)) })
}

func BenchmarkSumsOf(b *testing.B) {
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = float64(i) * 1.1
	}
	table := column(values...)
	for b.Loop() {
		datasets.SumsOf(table)
	}
}
