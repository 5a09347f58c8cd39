package layers

// The coefficients below, lowest first, are those of polynomials that agree with
// a function at the Chebyshev points of [0,1], rounded to the inner scale. They
// are written out, not computed, so that servers on different processors have
// the same ones to the last bit; a test computes them.

// exponential is e^−x to within 4.7e-7.
func exponential() []float64 {
	return atInnerScale(16777209, -16776677, 8382247, -2768454, 643220, -85559)
}

// reciprocalOfOnePlus is 1/(1+x) to within 1.5e-6.
func reciprocalOfOnePlus() []float64 {
	return atInnerScale(16777191, -16773966, 16706238, -16164414, 14035820, -9494819, 4128182, -825636)
}

func atInnerScale(units ...int) []float64 {
	c := make([]float64, len(units))
	for i, u := range units {
		c[i] = float64(u) / (1 << innerBits)
	}
	return c
}
