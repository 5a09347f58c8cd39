package layers

import "github.com/trefoil-ml/trefoil/tensor"

// GELU is x·Φ(x), element by element, with Φ the distribution function of the
// standard normal distribution, as torch.nn.GELU. Forward computes
//
//	GELU(x) = max(x, 0) − g(min(|x|, 4)),  g(t) = t·Φ(−t)
//	GELU'(x) = 1 − g'(t) for x ≥ 0, else g'(t)
//
// with a polynomial of degree 9 for each of g and g'. At 16 fraction bits the
// value is within 2e-4 of the function and the derivative within 8e-4, for
// |x| < 2^14, which it watches. Most of that is where |x| > 4, where g(4) stands
// for what is nearly 0.
type GELU struct{ element }

// geluEnd is where the function is as good as linear, a power of two.
const geluEnd, geluEndBits = 4, 2

// NewGELU returns the layer.
//
// Cost: forward one batch of comparisons (three thresholds), bits times values
// three times and two polynomials of degree 9, with 5 truncations in sequence each.
func NewGELU(name string) *GELU { return &GELU{element{name: name, apply: gelu}} }

func gelu(x tensor.Secret) (y, slope tensor.Secret) {
	f := x.Scale()
	positive, t := magnitude(x, geluEnd)
	u := t.Shift(geluEndBits).Lift(innerBits)
	g, steep := polynomial(geluTail(), u, f), polynomial(geluSteep(), u, f)
	y = positive.Mul(x).Sub(g)
	return y, positive.Select(steep.Neg().AddScalar(1), steep)
}
