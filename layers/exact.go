package layers

import (
	"math"

	"github.com/trefoil-ml/trefoil/tensor"
)

// ExactSigmoid is 1/(1+e^−z) to within 2^−18 and the rounding to the scale of z
// (half a unit of it, or one where rounding is stochastic), for |z| < 2^14.
type ExactSigmoid struct{}

const (
	innerBits = 24 // scale inside: numbers stay below 2, so there is room
	clampAt   = 16 // |z| beyond it gives 0 or 1 to within 1.2e-7
	squarings = 4  // 2^4 = clampAt
)

// Forward computes e^−t for t = min(|z|, 16) as (e^−t/16)^16 with a polynomial
// for the base, σ(t) = 1/(1+e^−t) with a polynomial, and σ(z) = σ(t) or 1 − σ(t).
//
// Cost: one batch of comparisons (three thresholds; 5 rounds at a scale of 16),
// 2 + 2 rounds for bits times values, and 10 truncations of 2 or 3 rounds each.
func (ExactSigmoid) Forward(z tensor.Secret) tensor.Secret {
	positive, t := magnitude(z, clampAt)
	r := polynomial(reciprocalOfOnePlus(), expNegative(t), z.Scale()) // σ(t)
	return positive.Select(r, r.Neg().AddScalar(1))
}

// Value returns the function in the clear.
func (ExactSigmoid) Value(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// magnitude returns [z ≥ 0] and min(|z|, end) = end − [z ≥ −end]·(z+end) +
// [z ≥ 0]·2z − [z ≥ end]·(z−end).
func magnitude(z tensor.Secret, end float64) (positive tensor.SecretBits, t tensor.Secret) {
	bits := z.AtLeast(-end, 0, end)
	t = tensor.DotBits(bits, []tensor.Secret{
		z.AddScalar(end).Neg(), z.Add(z), z.AddScalar(-end).Neg(),
	})
	return bits[1], t.AddScalar(end)
}

// expNegative returns e^−t at the inner scale for 0 ≤ t ≤ 16.
func expNegative(t tensor.Secret) tensor.Secret {
	u := t.Shift(squarings) // t/16
	e := polynomial(exponential(), u.Lift(innerBits), innerBits)
	for range squarings {
		e = e.Mul(e).Rescale(innerBits)
	}
	return e
}

// polynomial evaluates Σ c_i·x^i, for x in [0,1] at the inner scale, pairwise in
// x² (Estrin), with as many truncations in sequence as the degree has bits. The
// result is at the given scale.
func polynomial(c []float64, x tensor.Secret, scale int) tensor.Secret {
	terms := make([]tensor.Secret, len(c)/2)
	for i := range terms {
		terms[i] = x.Times(c[2*i+1], innerBits).AddScalar(c[2*i])
	}
	power := x.Mul(x)
	for len(terms) > 1 {
		all := tensor.Concat(append(terms, power)...).Rescale(innerBits)
		n := x.Rows()
		power = all.Slice(len(terms)*n, (len(terms)+1)*n)
		half := make([]tensor.Secret, (len(terms)+1)/2)
		for i := range half {
			half[i] = all.Slice(2*i*n, (2*i+1)*n).Lift(2 * innerBits)
			if 2*i+1 < len(terms) {
				half[i] = half[i].Add(power.Mul(all.Slice((2*i+1)*n, (2*i+2)*n)))
			}
		}
		terms, power = half, power.Mul(power)
	}
	return terms[0].Rescale(scale)
}
