package datasets

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Standardiser maps every feature to a common scale,
//
//	z_j = (x_j - Mean_j) / Scale_j,
//
// and coefficients for z back to coefficients for x. Its numbers are public.
type Standardiser struct {
	Features []string  `json:"features"`
	Mean     []float64 `json:"mean"`
	Scale    []float64 `json:"scale"` // never 0
	// Constant lists the features that have one value in all rows. Their scale
	// is 1 and they become 0; a model cannot learn from them, warn of them.
	Constant []string `json:"constant,omitempty"`
}

// FromSums returns the standardiser to mean 0 and population standard
// deviation 1 over all rows that are in the sums:
//
//	Mean = Σx / n,   Scale = √(n·Σx² - (Σx)²) / n,   0 → 1.
//
// The difference is taken between exact integers, so nothing cancels: mean and
// deviation are those of the cells rounded to 2^-40, to float64 precision. It
// returns an error if the sums cannot be those of a table with these features.
func FromSums(features []string, s Sums) (Standardiser, error) {
	d := len(features)
	if len(s.Words) != 2*d*wordsPerSum {
		return Standardiser{}, fmt.Errorf("datasets: got sums of %d words, want %d for %d features",
			len(s.Words), 2*d*wordsPerSum, d)
	}
	if s.Rows < 1 || s.Rows > MaxRows {
		return Standardiser{}, fmt.Errorf("datasets: got sums of %d rows, want 1 to %d", s.Rows, MaxRows)
	}
	st := Identity(features)
	for j, name := range features {
		sum, squares := signed(s.Words[3*j:]), signed(s.Words[3*(d+j):])
		m, ok := momentsOf(int64(s.Rows), sum, squares)
		if !ok {
			return Standardiser{}, fmt.Errorf("datasets: the sums of feature %q are not those of %d rows", name, s.Rows)
		}
		st.Mean[j] = m.mean
		if m.deviation == 0 {
			st.Constant = append(st.Constant, name)
			continue
		}
		st.Scale[j] = m.deviation
	}
	return st, nil
}

type moments struct{ mean, deviation float64 }

// momentsOf returns mean and population deviation from Σx·2^80 and Σx²·2^80;
// not ok if no n multiples of 2^-40 have these sums.
func momentsOf(n int64, sum, squares *big.Int) (m moments, ok bool) {
	const up = sumBits - cellBits
	total := new(big.Int).Rsh(sum, up) // Σq
	if new(big.Int).Lsh(total, up).Cmp(sum) != 0 {
		return m, false
	}
	rows := big.NewInt(n)
	spread := new(big.Int).Mul(rows, squares) // n²·variance·2^80 = n·Σq² - (Σq)²
	spread.Sub(spread, new(big.Int).Mul(total, total))
	if spread.Sign() < 0 {
		return m, false
	}
	m.mean = perRow(wide(total), n)
	m.deviation = perRow(new(big.Float).Sqrt(wide(spread)), n)
	return m, true
}

// wide returns an integer of up to 256 bits as a float without rounding.
func wide(v *big.Int) *big.Float { return new(big.Float).SetPrec(256).SetInt(v) }

// perRow returns v/n · 2^-40.
func perRow(v *big.Float, n int64) float64 {
	v.Quo(v, wide(big.NewInt(n)))
	result, _ := v.SetMantExp(v, -cellBits).Float64()
	return result
}

// Identity returns the standardiser that changes nothing.
func Identity(features []string) Standardiser {
	st := Standardiser{
		Features: slices.Clone(features),
		Mean:     make([]float64, len(features)),
		Scale:    make([]float64, len(features)),
	}
	for j := range st.Scale {
		st.Scale[j] = 1
	}
	return st
}

// Extend returns the standardiser with further features behind its own, which
// it leaves as they are: the columns of AppendSite.
func (st Standardiser) Extend(features ...string) Standardiser {
	more := Identity(features)
	return Standardiser{
		Features: slices.Concat(st.Features, more.Features),
		Mean:     slices.Concat(st.Mean, more.Mean),
		Scale:    slices.Concat(st.Scale, more.Scale),
		Constant: slices.Clone(st.Constant),
	}
}

// Apply returns the n×d array x with every column standardised, as a copy. It
// panics unless x has a column for every feature.
func (st Standardiser) Apply(x tensor.Dense) tensor.Dense {
	shape := x.Shape()
	if len(shape) != 2 || shape[1] != len(st.Features) {
		panic(fmt.Sprintf("datasets: got an array of shape %s, want two axes with %d columns", tensor.ShapeString(shape), len(st.Features)))
	}
	z := tensor.Zeros(shape...)
	for i := range shape[0] {
		to := z.Row(i).Data()
		for j, v := range x.Row(i).Data() {
			to[j] = (v - st.Mean[j]) / st.Scale[j]
		}
	}
	return z
}

// Unstandardise returns the linear model in the original units that equals a
// model of standardised features, c·z + b for every x:
//
//	coefficient_j = c_j / Scale_j,   intercept = b - Σ c_j·Mean_j / Scale_j.
//
// It panics unless there is a coefficient for every feature.
func (st Standardiser) Unstandardise(c []float64, b float64) (coefficients []float64, intercept float64) {
	if len(c) != len(st.Features) {
		panic(fmt.Sprintf("datasets: got %d coefficients, want %d", len(c), len(st.Features)))
	}
	coefficients = make([]float64, len(c))
	for j, v := range c {
		coefficients[j] = v / st.Scale[j]
		b -= coefficients[j] * st.Mean[j]
	}
	return coefficients, b
}
