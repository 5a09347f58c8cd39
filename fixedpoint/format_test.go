package fixedpoint_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/fixedpoint"
)

func Example() {
	f := fixedpoint.Format{FractionBits: 16}
	x, err := f.Encode(-3.25)
	fmt.Println(int64(x), err)
	fmt.Println(f.Decode(x))
	_, err = f.Encode(math.Inf(1))
	fmt.Println(err)
	// Output:
	// -212992 <nil>
	// -3.25
	// fixedpoint: value 0 is infinite, want a magnitude below 1.073741824e+09 at 16 fraction bits
}

func TestEncodeRoundsToNearestEven(t *testing.T) {
	f := fixedpoint.Format{FractionBits: 1}
	for v, want := range map[float64]int64{
		0: 0, math.Copysign(0, -1): 0, 1: 2, -1: -2, 0.25: 0, 0.75: 2, 1.25: 2, -0.25: 0, -0.75: -2,
		0.26: 1, -0.26: -1, 5e-324: 0,
	} {
		x, err := f.Encode(v)
		require.NoError(t, err)
		require.Equal(t, want, int64(x), "%v", v)
	}
}

func TestDefaultLimits(t *testing.T) {
	for bits, limit := range map[int]float64{0: 1 << 62, 13: 1 << 36, 16: 1 << 30, 20: 1 << 22, 30: 4, 31: 1} {
		f := fixedpoint.Format{FractionBits: bits}
		require.NoError(t, f.Validate())
		require.Equal(t, limit, f.Limit())
	}
	require.Equal(t, 10.0, fixedpoint.Format{FractionBits: 16, MaxAbs: 10}.Limit())
	require.Equal(t, 1.0/65536, fixedpoint.Format{FractionBits: 16}.Resolution())
}

func TestWideHasTheLimitOfTheFormat(t *testing.T) {
	f := fixedpoint.Format{FractionBits: 16}
	require.Equal(t, fixedpoint.Format{FractionBits: 32, MaxAbs: 1 << 30}, f.Wide())
	require.NoError(t, f.Wide().Validate())
	require.Error(t, fixedpoint.Format{FractionBits: 31}.Wide().Validate())
}

func TestValidateRefuses(t *testing.T) {
	for want, f := range map[string]fixedpoint.Format{
		"got -1 fraction bits, want 0 to 61":                                                   {FractionBits: -1},
		"got 62 fraction bits, want 0 to 61":                                                   {FractionBits: 62},
		"got a limit of -1, want above 0 and at most 2.147483648e+09 at 31 fraction bits":      {FractionBits: 31, MaxAbs: -1},
		"got a limit of 4.1, want above 0 and at most 4 at 60 fraction bits":                   {FractionBits: 60, MaxAbs: 4.1},
		"got a limit of NaN, want above 0 and at most 7.0368744177664e+13 at 16 fraction bits": {FractionBits: 16, MaxAbs: math.NaN()},
	} {
		require.EqualError(t, f.Validate(), "fixedpoint: "+want)
		_, err := f.Encode(0)
		require.EqualError(t, err, "fixedpoint: "+want)
	}
}

func TestOutOfRange(t *testing.T) {
	f := fixedpoint.Format{FractionBits: 16, MaxAbs: 100}
	for kind, v := range map[fixedpoint.Kind]float64{
		fixedpoint.TooLarge: -100, fixedpoint.Infinite: math.Inf(-1), fixedpoint.NaN: math.NaN(),
	} {
		err := f.EncodeAll(make([]uint64, 3), []float64{99.99, v, math.NaN()})
		require.Equal(t, &fixedpoint.RangeError{Index: 1, Kind: kind, Limit: 100, FractionBits: 16}, err)
	}
}

// TestErrorHidesTheValue: an error may reach others than the owner.
func TestErrorHidesTheValue(t *testing.T) {
	_, err := fixedpoint.Format{FractionBits: 16}.Encode(123456789012345)
	require.EqualError(t, err, "fixedpoint: value 0 is too large, want a magnitude below 1.073741824e+09 at 16 fraction bits")
	require.NotContains(t, fmt.Sprintf("%#v", err), "12345678")
}

func TestLengthsMustAgree(t *testing.T) {
	f := fixedpoint.Format{FractionBits: 16}
	want := "fixedpoint: got 2 numbers for a destination of 3, want equal lengths"
	require.PanicsWithValue(t, want, func() { _ = f.EncodeAll(make([]uint64, 3), make([]float64, 2)) })
	require.PanicsWithValue(t, want, func() { f.DecodeAll(make([]float64, 3), make([]uint64, 2)) })
}

// format draws any valid format, its limit being the default or the largest.
func format(t *rapid.T) fixedpoint.Format {
	f := fixedpoint.Format{FractionBits: rapid.IntRange(0, 61).Draw(t, "fraction bits")}
	if rapid.Bool().Draw(t, "largest limit") {
		f.MaxAbs = math.Ldexp(1, 62-f.FractionBits)
	}
	return f
}

// number draws a number that f can encode, of any size and often at the limit.
func number(t *rapid.T, f fixedpoint.Format, name string) float64 {
	largest := math.Nextafter(f.Limit(), 0)
	v := math.Ldexp(rapid.Float64Range(-1, 1).Draw(t, name), rapid.IntRange(-70, 62).Draw(t, name+" exponent"))
	return min(max(v, -largest), largest)
}

// TestRoundTrip checks |Decode(Encode(v)) - v| <= 2^-(f+1) in exact arithmetic.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := format(t)
		v := number(t, f, "v")
		x, err := f.Encode(v)
		require.NoError(t, err)
		require.LessOrEqual(t, math.Abs(float64(int64(x))), math.Ldexp(1, 62))
		diff := new(big.Float).SetPrec(300).SetFloat64(f.Decode(x))
		diff.Sub(diff, new(big.Float).SetFloat64(v)).Abs(diff)
		require.LessOrEqual(t, diff.Cmp(big.NewFloat(f.Resolution()/2)), 0, "%v", diff)
	})
}

func TestOrderIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := format(t)
		v := []float64{number(t, f, "u"), number(t, f, "v")}
		x := make([]uint64, 2)
		require.NoError(t, f.EncodeAll(x, v))
		if v[0] <= v[1] {
			require.LessOrEqual(t, int64(x[0]), int64(x[1]))
		} else {
			require.GreaterOrEqual(t, int64(x[0]), int64(x[1]))
		}
	})
}

func TestBeyondTheLimitIsAnError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := format(t)
		v := f.Limit() * rapid.Float64Range(1, 1e18).Draw(t, "times")
		if rapid.Bool().Draw(t, "negative") {
			v = -v
		}
		_, err := f.Encode(v)
		var e *fixedpoint.RangeError
		require.ErrorAs(t, err, &e)
		require.Equal(t, fixedpoint.TooLarge, e.Kind)
	})
}

// TestDecodeOfEveryWord: any word decodes, exactly below 2^53.
func TestDecodeOfEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := format(t)
		x := rapid.Uint64().Draw(t, "x")
		v := make([]float64, 1)
		f.DecodeAll(v, []uint64{x})
		exact := new(big.Float).SetMantExp(new(big.Float).SetInt64(int64(x)), -f.FractionBits)
		nearest, _ := exact.Float64()
		require.Equal(t, nearest, v[0])
	})
}

// TestProductError checks the bound of the package documentation for a product
// before truncation.
func TestProductError(t *testing.T) {
	f := fixedpoint.Format{FractionBits: 16}
	rapid.Check(t, func(t *rapid.T) {
		u, v := rapid.Float64Range(-1000, 1000).Draw(t, "u"), rapid.Float64Range(-1000, 1000).Draw(t, "v")
		x, y := make([]uint64, 1), make([]uint64, 1)
		require.NoError(t, f.EncodeAll(x, []float64{u}))
		require.NoError(t, f.EncodeAll(y, []float64{v}))
		got := f.Wide().Decode(x[0] * y[0])
		bound := (math.Abs(u)+math.Abs(v))*f.Resolution()/2 + f.Resolution()*f.Resolution()/4
		require.InDelta(t, u*v, got, bound+1e-9) // u*v itself is rounded to float64
	})
}

func BenchmarkEncodeAll(b *testing.B) {
	f := fixedpoint.Format{FractionBits: 16}
	v, x := make([]float64, 1<<14), make([]uint64, 1<<14)
	for i := range v {
		v[i] = float64(i) / 7
	}
	b.SetBytes(8 << 14)
	for b.Loop() {
		if err := f.EncodeAll(x, v); err != nil {
			b.Fatal(err)
		}
	}
}
