package mpc

// polynomial returns Σ_i c_i·x^i at scale `to` for x in [0, 1] and coefficients c,
// as many as a power of two, all at normalScale. The values of the polynomial and
// of its parts must be below 2^12.
//
// Protocol: pairs in powers of x (Estrin); the products of a level leave together.
//
// Cost: a [Party.TruncProduct] for each level, log2 of the number of coefficients.
func polynomial(e Engine, c []int64, x Arith, to int) Arith {
	n := x.Len()
	terms := make([]Product, len(c)/2)
	for i := range terms {
		linear := e.AddConstants(e.Scale(x, uint64(c[2*i+1])), []uint64{uint64(c[2*i]) << normalScale})
		terms[i] = e.AsProduct(linear)
	}
	power := x
	for len(terms) > 1 {
		all := e.TruncProduct(e.ConcatProducts(append(terms, e.Mul(power, power))...), normalScale)
		part := func(i int) Arith { return e.Slice(all, i*n, (i+1)*n) }
		power = part(len(terms))
		for i := range len(terms) / 2 {
			low := e.AsProduct(e.ShiftLeft(part(2*i), normalScale))
			terms[i] = e.AddProducts(low, e.Mul(power, part(2*i+1)))
		}
		terms = terms[:len(terms)/2]
	}
	return e.TruncProduct(terms[0], uint(2*normalScale-to))
}

// The coefficients below, lowest first, are those of polynomials that agree with
// a function of 1 + u at the Chebyshev points of 0 ≤ u ≤ 1, at normalScale.

// sqrtPolynomial is √(1 + u) to within 2^−23.
func sqrtPolynomial() []int64 {
	return []int64{16777217, 8388540, -2095687, 1036128, -601144, 321030, -122175, 22658}
}

// invSqrtPolynomial is 1/√(1 + u) to within 2^−21.
func invSqrtPolynomial() []int64 {
	return []int64{16777210, -8387864, 6275263, -5103822, 3971094, -2516019, 1053608, -206190}
}

// logPolynomial is ln(1 + u) to within 2^−21.
func logPolynomial() []int64 {
	return []int64{4, 16776664, -8376613, 5489937, -3744102, 2195021, -879756, 167928}
}
