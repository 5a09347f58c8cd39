package layers

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// fit returns the coefficients, lowest first, of the polynomial of this degree
// that agrees with f at the Chebyshev points of [0,1]: within a small factor of
// the best uniform approximation there.
func fit(f func(float64) float64, degree int) []float64 {
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
	if err := c.SolveVec(a, b); err != nil {
		panic(err) // distinct points: never singular
	}
	return c.RawVector().Data
}
