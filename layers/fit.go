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

// geluTail is t·Φ(−t) for t = 4x to within 4.2e-5.
func geluTail() []float64 {
	return atInnerScale(411, 33473244, -104569987, -28383064, 429744285, -312190743, -714075276, 1405723457, -934734630, 225014990)
}

// geluSteep is its derivative with respect to t, Φ(−t) − t·φ(t), to within 9.9e-5.
func geluSteep() []float64 {
	return atInnerScale(8390252, -53875535, 11178258, 136453745, 1018708693, -4994113056, 8995390803, -8288817232, 3932799882, -766124828)
}

func atInnerScale(units ...int) []float64 {
	c := make([]float64, len(units))
	for i, u := range units {
		c[i] = float64(u) / (1 << innerBits)
	}
	return c
}
