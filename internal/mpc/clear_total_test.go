package mpc

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// neg returns −x, as a constant cannot.
func neg(x uint64) uint64 { return -x }

func signed(x uint64) *big.Int { return big.NewInt(int64(x)) }

// word draws ring elements of all magnitudes, edges included.
func word() *rapid.Generator[uint64] {
	return rapid.OneOf(
		rapid.Uint64(),
		rapid.Custom(func(t *rapid.T) uint64 {
			return uint64(rapid.Int64().Draw(t, "v") >> rapid.IntRange(0, 63).Draw(t, "shift"))
		}),
		rapid.SampledFrom([]uint64{0, 1, ^uint64(0), 1 << 61, 1<<62 - 1, 1 << 62, 1<<62 + 1, 1 << 63, 1<<63 - 1, neg(1 << 62), neg(1<<62 - 1), neg(1<<62 + 1)}),
	)
}

func TestTotalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s total
		want := new(big.Int)
		for range rapid.IntRange(0, 8).Draw(t, "terms") {
			x, y := word().Draw(t, "x"), word().Draw(t, "y")
			switch rapid.IntRange(0, 2).Draw(t, "operation") {
			case 0:
				s.add(x)
				want.Add(want, signed(x))
			case 1:
				s.sub(x)
				want.Sub(want, signed(x))
			case 2:
				s.addMul(x, y)
				want.Add(want, new(big.Int).Mul(signed(x), signed(y)))
			}
		}
		want.Abs(want)
		for _, bits := range []int{1, 31, 61, 62, 63, 64, 65, 126, 128, 130, 190} {
			require.Equal(t, want.BitLen() > bits, s.reaches(bits), "%v, 2^%d", want, bits)
		}
		f, _ := new(big.Float).SetInt(want).Float64()
		require.InDelta(t, math.Log2(f+1e-9), math.Log2(math.Exp2(s.log2())+1e-9), 1e-9)
	})
}

func TestWidthBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(word(), 0, 4).Draw(t, "v")
		w, most := width(v), new(big.Int)
		for _, x := range v {
			if a := new(big.Int).Abs(signed(x)); a.Cmp(most) > 0 {
				most = a
			}
		}
		require.LessOrEqual(t, most.Cmp(new(big.Int).Lsh(big.NewInt(1), uint(w))), 0, "|x| ≤ 2^%d", w)
		require.LessOrEqual(t, w, most.BitLen(), "not a wider bound than needed")
	})
}
