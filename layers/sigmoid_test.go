package layers

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func piecewise() map[string]PiecewiseSigmoid {
	return map[string]PiecewiseSigmoid{"minimax3": Minimax3(), "minimax5": Minimax5(), "minimax7": Minimax7()}
}

// The largest error is the stated one, not only at most that.
func TestPiecewiseErrors(t *testing.T) {
	stated := map[string]float64{"minimax3": .0561, "minimax5": .0174, "minimax7": .0084}
	for name, p := range piecewise() {
		worst := 0.0
		for z := -20.0; z <= 20; z += 1. / 1024 {
			worst = max(worst, math.Abs(p.Value(z)-sigmoid(z)))
		}
		require.LessOrEqual(t, worst, stated[name], name)
		require.Greater(t, worst, .99*stated[name], name)
		require.InDelta(t, .5, p.Value(0), 1e-15)
		require.InDelta(t, 1, p.Value(1e4), 1e-11)
		require.Zero(t, p.Value(-1e4))
	}
}

// rounded is the function with knots and bends as they are held with so many
// bits, in exact arithmetic.
func (p PiecewiseSigmoid) rounded(z float64, bits int) (y float64) {
	up := math.Ldexp(1, bits)
	for j, bend := range p.bends {
		y += math.RoundToEven(bend*up) / up * max(0, z-math.RoundToEven(p.knots[j]*up)/up)
	}
	return y
}

// arguments are numbers of so many bits: from −20 to 20, around the knots, and far
// outside.
func arguments(bits int, knots ...float64) tensor.Dense {
	up := math.Ldexp(1, bits)
	z := []float64{0, 100, -100, 16000, -16000, 16360, -16360}
	for v := -20.0; v <= 20; v += 40. / 512 {
		z = append(z, math.Round(v*up)/up)
	}
	for _, k := range knots {
		for step := -2.; step <= 2; step++ {
			z = append(z, (math.Round(k*up)+step)/up)
		}
	}
	return tensor.NewDense(z, len(z), 1)
}

// forward applies an activation to numbers on both engines.
func forward(t *testing.T, o tensortest.Options, a Activation, z tensor.Dense) (results map[string]tensor.Dense, rounds int) {
	t.Helper()
	secure, inClear := tensortest.Both(t, o, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		return []tensor.Secret{a.Forward(in[0])}, nil
	}, z)
	require.Empty(t, inClear.Range)
	return map[string]tensor.Dense{"rss3": secure.Values[0], "clear": inClear.Values[0]}, secure.Rounds
}

// unit is how far rounding to so many bits may be off.
func unit(o tensortest.Options) float64 {
	if o.Exact {
		return math.Ldexp(1, -o.FractionBits-1)
	}
	return math.Ldexp(1, -o.FractionBits)
}

func everyNumber(t *testing.T, check func(t *testing.T, o tensortest.Options)) {
	for bits := 8; bits <= 20; bits += 4 {
		for _, exact := range []bool{false, true} {
			o := tensortest.Options{FractionBits: bits, Exact: exact}
			t.Run(fmt.Sprintf("%d bits, exact %v", bits, exact), func(t *testing.T) { check(t, o) })
		}
	}
}

// Forward is the function with rounded knots and bends, rounded once.
func TestPiecewiseForward(t *testing.T) {
	everyNumber(t, func(t *testing.T, o tensortest.Options) {
		for name, p := range piecewise() {
			z := arguments(o.FractionBits, p.knots...)
			results, _ := forward(t, o, p, z)
			for engine, y := range results {
				for i, v := range z.Data() {
					require.InDelta(t, p.rounded(v, o.FractionBits), y.Data()[i], unit(o), "%s on %s at %v", name, engine, v)
				}
			}
		}
	})
}

// Rounding of knots, bends and the result stays below what is stated.
func TestPiecewiseRounding(t *testing.T) {
	for name, p := range piecewise() {
		for bits := 8; bits <= 20; bits++ {
			worst := 0.0
			for _, v := range arguments(bits, p.knots...).Data() {
				worst = max(worst, math.Abs(p.rounded(v, bits)-p.Value(v)))
			}
			require.Less(t, math.Ldexp(worst, bits)+1, 9., "%s at %d bits", name, bits)
		}
	}
}

// The cheaper form is the same function times its gain.
func TestForwardScaled(t *testing.T) {
	for name, p := range piecewise() {
		z := arguments(16, p.knots...)
		var gain float64
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			y, g := p.ForwardScaled(in[0])
			if s.Server() <= 0 {
				gain = g
			}
			return []tensor.Secret{y}, nil
		}, z)
		require.Equal(t, name != "minimax3", gain == 1)
		for i, v := range z.Data() {
			require.InDelta(t, p.Value(v), secure.Values[0].Data()[i]/gain, math.Ldexp(9, -16), "%s at %v", name, v)
			require.InDelta(t, p.Value(v), inClear.Values[0].Data()[i]/gain, math.Ldexp(9, -16), "%s at %v", name, v)
		}
	}
}

func TestExactSigmoid(t *testing.T) {
	everyNumber(t, func(t *testing.T, o tensortest.Options) {
		z := arguments(o.FractionBits, -clampAt, 0, clampAt)
		results, _ := forward(t, o, ExactSigmoid{}, z)
		for engine, y := range results {
			for i, v := range z.Data() {
				require.InDelta(t, ExactSigmoid{}.Value(v), y.Data()[i], math.Ldexp(1, -18)+unit(o), "%s at %v", engine, v)
			}
		}
	})
}

// The alarm fires iff z, less the first threshold, is outside −2^14 ≤ z < 2^14.
func TestSigmoidsWatchTheRange(t *testing.T) {
	first := map[string]float64{"exact": -clampAt}
	for name, p := range piecewise() {
		first[name] = p.knots[0]
	}
	for name, knot := range first {
		a, err := NewSigmoid(name)
		require.NoError(t, err)
		up := math.Ldexp(1, 16)
		edge := math.RoundToEven(knot*up) / up
		for v, want := range map[float64]bool{
			0: false, edge + 16384 - 1/up: false, edge + 16384: true, edge - 16384: false, edge - 16384 - 1/up: true, 3e4: true, -3e4: true,
		} {
			z := tensor.Zeros(65, 1) // not a whole number of words
			z.Data()[64] = v
			secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				s.Temporary(func() { a.Forward(in[0]) })
				fired := 0.0
				if s.Alarm(tensortest.Permit()) {
					fired = 1
				}
				return []tensor.Secret{s.Constant(tensor.NewDense([]float64{fired}, 1), 0)}, nil
			}, z)
			require.Equal(t, want, secure.Values[0].At(0) == 1, "%s at %v", name, v)
			require.Equal(t, want, inClear.Values[0].At(0) == 1, "%s at %v", name, v)
		}
	}
}

// A forward pass takes at most the rounds that its parts do.
func TestSigmoidRounds(t *testing.T) {
	const compare, bitsTimesValue, truncation = 5, 2, 1
	for name, most := range map[string]int{
		"minimax3": compare + bitsTimesValue + truncation,
		"minimax5": compare + bitsTimesValue + truncation,
		"minimax7": compare + bitsTimesValue + truncation,
		"exact":    compare + 2*bitsTimesValue + 10*2*truncation,
	} {
		a, err := NewSigmoid(name)
		require.NoError(t, err)
		_, rounds := forward(t, tensortest.Options{}, a, arguments(16))
		require.LessOrEqual(t, rounds, most, name)
		require.Greater(t, rounds, most-3, name)
	}
}

func TestNewSigmoidRefuses(t *testing.T) {
	_, err := NewSigmoid("relu")
	require.EqualError(t, err, `layers: got sigmoid "relu", want minimax3, minimax5, minimax7 or exact`)
}
