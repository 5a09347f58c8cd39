package layers

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// fit returns the coefficients, lowest first, of the polynomial of this degree
// that agrees with f at the Chebyshev points of [0,1]: within a small factor of
// the best uniform approximation there.
func fit(t *testing.T, f func(float64) float64, degree int) []float64 {
	n := degree + 1
	a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range n {
		x := (1 + math.Cos(math.Pi*(float64(i)+.5)/float64(n))) / 2
		for j := range n {
			a.Set(i, j, math.Pow(x, float64(j)))
		}
		b.SetVec(i, f(x))
	}
	var c mat.VecDense
	require.NoError(t, c.SolveVec(a, b))
	return c.RawVector().Data
}

func horner(c []float64, x float64) (y float64) {
	for _, v := range slices.Backward(c) {
		y = y*x + v
	}
	return y
}

// The coefficients that are written out are those of the fit, and the stated
// errors hold.
func TestPolynomials(t *testing.T) {
	for name, tc := range map[string]struct {
		c        []float64
		function func(float64) float64
		within   float64
	}{
		"e^-x":         {exponential(), func(x float64) float64 { return math.Exp(-x) }, 4.7e-7},
		"t·Φ(−t)":      {geluTail(), func(x float64) float64 { return 4 * x * normal(-4*x) }, 4.2e-5},
		"Φ(−t)−t·φ(t)": {geluSteep(), func(x float64) float64 { return normal(-4*x) - 4*x*density(4*x) }, 9.9e-5},
		"1/(1+x)":      {reciprocalOfOnePlus(), func(x float64) float64 { return 1 / (1 + x) }, 1.5e-6},
	} {
		for i, c := range fit(t, tc.function, len(tc.c)-1) {
			require.InDelta(t, math.Ldexp(c, innerBits), math.Ldexp(tc.c[i], innerBits), .5+1e-4, "%s: coefficient %d", name, i)
		}
		worst := 0.0
		for x := 0.0; x <= 1; x += 1. / 4096 {
			worst = max(worst, math.Abs(horner(tc.c, x)-tc.function(x)))
		}
		require.Less(t, worst, tc.within, name)
	}
}

// normal is the distribution function of the standard normal distribution, and
// density its derivative.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func density(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
