package tensor_test

import (
	_ "embed"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// function is one of a number, with its range and the bound on its error beside
// the rounding.
type function struct {
	name   string
	secret func(x tensor.Secret) tensor.Secret
	clear  func(x float64) float64
	lo, hi float64 // of |x|: from lo on, below hi
	signed bool    // x may be negative
	bound  func(x float64) float64
	bad    []float64 // what must raise the alarm, at 16 fraction bits
}

func pow2(bits int) float64 { return math.Ldexp(1, bits) }

func invSqrt(x tensor.Secret) tensor.Secret { return x.InvSqrt(x.Scale()) }

// invSqrtLifted takes the same numbers at a larger scale.
func invSqrtLifted(x tensor.Secret) tensor.Secret { return x.Lift(x.Scale() + 20).InvSqrt(20) }

func functions() []function {
	ulp, limit := pow2(-f), pow2(14)
	flat := func(bits int) func(float64) float64 { return func(float64) float64 { return pow2(bits) } }
	relative := func(g func(x float64) float64) func(float64) float64 {
		return func(x float64) float64 { return pow2(-20) * math.Abs(g(x)) }
	}
	reciprocal := func(x float64) float64 { return 1 / x }
	inverse := func(x float64) float64 { return 1 / math.Sqrt(x) }
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	beyond := []float64{limit, -limit - ulp, 20000, -20000, 1 << 15, -1 << 15, 1<<16 + 1, -1<<16 - 1, 1e6, -1e9}
	return []function{
		{"reciprocal", tensor.Secret.Reciprocal, reciprocal, pow2(-14), limit, true, relative(reciprocal), []float64{0, ulp, -ulp, limit, 20000, -20000, 1<<16 + 1, -1<<16 - 1, 1e6}},
		{"square root", tensor.Secret.Sqrt, math.Sqrt, ulp, limit, false, relative(math.Sqrt), []float64{-ulp, -1, -20000, limit, 20000, 1<<16 + 1, 1e6}},
		{"inverse square root", invSqrt, inverse, ulp, limit, false, relative(inverse), []float64{0, -ulp, -20000}},
		{"inverse square root, finer", invSqrtLifted, inverse, ulp, limit, false, relative(inverse), []float64{0, -ulp, -20000}},
		{"logarithm", tensor.Secret.Log, math.Log, ulp, limit, false, flat(-20), []float64{0, -ulp, -1, -20000, limit, 20000, 1<<16 + 1, 1e6}},
		{"exponential", tensor.Secret.Exp, math.Exp, 0, 14 * math.Ln2, true, func(x float64) float64 { return pow2(-19)*math.Exp(x) + pow2(-18) }, []float64{9.71, 100, 16000, 20000, -16500, -20000, 1<<16 + 1, -1<<16 - 1}},
		{"exponential below", func(x tensor.Secret) tensor.Secret { return x.Neg().Exp() }, func(x float64) float64 { return math.Exp(-x) }, ulp, limit, false, flat(-18), nil},
		{"sigmoid", tensor.Secret.Sigmoid, sigmoid, 0, limit, true, flat(-18), beyond},
		{"hyperbolic tangent", tensor.Secret.Tanh, math.Tanh, 0, limit, true, flat(-18), beyond},
	}
}

// inputs returns numbers of all sizes in the range, powers of two and their
// neighbours, and the ends of the range.
func (g function) inputs(r *rand.Rand, n, bits int) tensor.Dense {
	x, ulp := tensor.Zeros(n), pow2(-bits)
	lo := math.Ceil(g.lo/ulp) * ulp
	if g.signed && lo > 0 {
		lo = max(lo, 2*ulp)
	}
	hi := math.Ceil(g.hi/ulp-1) * ulp
	for i := range n {
		v := max(lo, ulp) * math.Pow(hi/max(lo, ulp), r.Float64())
		if i%3 == 0 {
			v = pow2(i%34-20) + float64(i%5-2)*ulp
		}
		v = min(max(math.Round(v/ulp)*ulp, lo), hi)
		if g.signed && r.IntN(2) == 0 {
			v = -v
		}
		x.Data()[i] = v
	}
	copy(x.Data(), []float64{lo, hi})
	return x
}

// run applies the function on both engines and says whether they raised the
// alarm.
func (g function) run(t *testing.T, o tensortest.Options, x ...tensor.Dense) (secure, inClear tensortest.Result, alarm bool) {
	t.Helper()
	secure, inClear = tensortest.Both(t, o, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		y := g.secret(in[0])
		bit := when(s.Alarm(tensortest.Permit()), 1, 0)
		return []tensor.Secret{y, s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
	}, x...)
	require.Equal(t, secure.Values[1], inClear.Values[1], "alarms")
	return secure, inClear, secure.Values[1].At(0) == 1
}

// Functions are within their bounds over all of their ranges, and raise no alarm
// there.
func TestFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, g := range functions() {
		t.Run(g.name, func(t *testing.T) {
			for _, o := range []tensortest.Options{{FractionBits: 8}, {FractionBits: 16}, {FractionBits: 20}, {FractionBits: 16, Exact: true}} {
				x := g.inputs(r, 1000, o.FractionBits)
				secure, inClear, alarm := g.run(t, o, x)
				require.False(t, alarm)
				require.Empty(t, inClear.Range)
				for _, y := range []tensor.Dense{secure.Values[0], inClear.Values[0]} {
					for i, v := range x.Data() {
						require.InDelta(t, g.clear(v), y.Data()[i], g.bound(v)+pow2(-o.FractionBits), "%v", v)
					}
				}
			}
		})
	}
}

// What is outside of a function's range raises the alarm, wherever it stands.
func TestFunctionsRaiseTheAlarm(t *testing.T) {
	for _, g := range functions() {
		for i, v := range g.bad {
			x := g.inputs(rand.New(rand.NewPCG(1, 1)), 70, f)
			x.Data()[i*11%x.Len()] = v
			_, _, alarm := g.run(t, tensortest.Options{}, x)
			require.True(t, alarm, "%s of %v", g.name, v)
		}
	}
}

// divide divides on both engines and says whether they raised the alarm.
func divide(t *testing.T, bits int, x, y []float64) (secure, inClear tensor.Dense, alarm bool) {
	t.Helper()
	g := function{secret: func(x tensor.Secret) tensor.Secret {
		q := x.Slice(0, 1).Reshape(len(y)).Div(x.Slice(1, 2).Reshape(len(y)))
		return q
	}}
	both := tensor.NewDense(append(append([]float64{}, x...), y...), 2, len(y))
	a, b, alarm := g.run(t, tensortest.Options{FractionBits: bits}, both)
	return a.Values[0], b.Values[0], alarm
}

// Division is within its bound for numbers and quotients of all sizes.
func TestDivision(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, bits := range []int{8, 16, 20} {
		ulp := pow2(-bits)
		draw := func(lo float64, span int) float64 {
			return math.Round(lo*math.Pow(pow2(span), r.Float64())/ulp) * ulp * float64(2*r.IntN(2)-1)
		}
		x, y := []float64{16383, -16383, 0, 1}, []float64{1.5, 16383, 1, -16383}
		for len(x) < 1000 {
			a, b := draw(pow2(-6), 19), draw(max(pow2(-14), 2*ulp), 20)
			if math.Abs(a/b) < 16383 {
				x, y = append(x, a), append(y, b)
			}
		}
		secure, inClear, alarm := divide(t, bits, x, y)
		require.False(t, alarm)
		for i := range x {
			want := x[i] / y[i]
			for _, got := range []tensor.Dense{secure, inClear} {
				require.InDelta(t, want, got.Data()[i], math.Abs(want)*pow2(-20)+2*ulp, "%v/%v", x[i], y[i])
			}
		}
	}
}

// Quotients that are too large and divisors near 0 raise the alarm.
func TestDivisionRaisesTheAlarm(t *testing.T) {
	for _, bits := range []int{8, 16, 20} {
		for v, want := range map[[2]float64]bool{
			{1, 0}: true, {0, 0}: true, {16000, .5}: true, {-16000, .5}: true, {16000, -.5}: true, {-16000, -.5}: true,
			{8192, .5}: true, {1, 16400}: true, {1, 1<<16 + 1}: true, {1<<16 + 1, 2}: true, {-1<<16 - 1, 2}: true, {8191, .5}: false, {-8191, .5}: false, {16000, -1}: false,
		} {
			_, _, alarm := divide(t, bits, []float64{v[0]}, []float64{v[1]})
			require.Equal(t, want, alarm, "%v/%v", v[0], v[1])
		}
	}
}

//go:embed testdata/functions.json
var publicVectors []byte

// The test vectors of SecretFlow SPU (see source and licence in the file), to a tenth
// of the error that is allowed there. Those that are out of range raise the alarm, however
// far out.
func TestPublicVectors(t *testing.T) {
	var vectors []struct {
		Name                     string
		Input, Divisor, Expected []float64
	}
	require.NoError(t, json.Unmarshal(publicVectors, &vectors))
	byName := map[string]function{
		"exp": functions()[5], "log": functions()[4], "tanh": functions()[8],
		"rsqrt": functions()[2], "sqrt": functions()[1], "reciprocal": functions()[0],
	}
	tested, refused := 0, 0
	for _, v := range vectors {
		apply := func(x, y []float64) (secure, inClear tensor.Dense, alarm bool) {
			if v.Divisor != nil {
				return divide(t, 18, x, y)
			}
			a, b, alarm := byName[v.Name].run(t, tensortest.Options{FractionBits: 18}, tensor.NewDense(x, len(x)))
			return a.Values[0], b.Values[0], alarm
		}
		var x, y, want []float64
		for i, in := range v.Input {
			divisor := []float64{}
			if v.Divisor != nil {
				divisor = v.Divisor[i : i+1]
			}
			if math.Abs(in) >= 16384 || math.Abs(v.Expected[i]) >= 16384 || v.Divisor != nil && math.Abs(divisor[0]) >= 16384 {
				_, _, alarm := apply([]float64{in}, divisor)
				require.True(t, alarm, "%s of %v, %v", v.Name, in, divisor)
				refused++
				continue
			}
			x, y, want = append(x, in), append(y, divisor...), append(want, v.Expected[i])
		}
		secure, inClear, alarm := apply(x, y)
		require.False(t, alarm, v.Name)
		for i := range x {
			require.InDelta(t, want[i], secure.Data()[i], 1e-4+1e-3*math.Abs(want[i]), "%s of %v", v.Name, x[i])
			require.InDelta(t, want[i], inClear.Data()[i], 1e-4+1e-3*math.Abs(want[i]), "%s of %v", v.Name, x[i])
			tested++
		}
	}
	require.Greater(t, tested, 50)
	require.Equal(t, 11, refused)
}
