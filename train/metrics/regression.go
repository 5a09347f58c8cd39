package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Regression holds the metrics of predictions v of numbers y, e = v - y.
type Regression struct {
	Rows int `json:"rows"`
	// R2 is 1 - Σe² / Σ(y - mean y)²: 1 for perfect predictions, 0 for the bare
	// mean. Where all y are equal it is nil, and from totals where their deviation
	// is not above what rounding could be, about 1/1000 of the unit.
	R2   *float64 `json:"r2"`
	RMSE float64  `json:"rmse"` // √(Σe²/n), in the unit of y
	MAE  float64  `json:"mae"`  // Σ|e|/n, in the unit of y
}

// EvaluateNumbers returns the metrics of predictions v for y. It panics if the
// lengths differ, if there are no rows or a number is NaN or infinite.
func EvaluateNumbers(v, y []float64) Regression {
	checkNumbers(v, y)
	n, mean := float64(len(y)), 0.0
	for _, t := range y {
		mean += t / n
	}
	var errors, absolute, spread float64
	for i, t := range y {
		e := v[i] - t
		errors += e * e
		absolute += math.Abs(e)
		spread += (t - mean) * (t - mean)
	}
	m := Regression{Rows: len(y), RMSE: math.Sqrt(errors / n), MAE: absolute / n}
	if spread > 0 && slices.Min(y) < slices.Max(y) { // equal y have a spread too: their mean is rounded
		r2 := 1 - errors/spread
		m.R2 = &r2
	}
	return m
}

// Unit is the agreed zero and length of the scale on which owners add up squares
// of a target: u = (y - Center) / Scale. Mean and deviation of the training rows
// do well.
type Unit struct{ Center, Scale float64 }

// NumberTotals are sums over the rows of one owner from which the metrics of all
// owners together can be had. They are integers, the second two's complement, to
// be added in Z_2^64 as shares. With u = (y - Center)/Scale and e = (v - y)/Scale,
// in order:
//
//	rows, Σu · 2^20, Σu² · 2^20, Σe² · 2^20, Σ|e| · 2^20.
//
// Each sum of an owner is rounded once, by at most 2^-21.
type NumberTotals []uint64

// NumberTotalsLen is the number of totals.
const NumberTotalsLen = 5

// numberLimit is what an owner's sums stay below, so that those of 2^10 owners
// stay below 2^62.
const numberLimit = 1 << 32

// NewNumberTotals returns the totals of predictions v for y. No rows give totals
// of 0. It panics as EvaluateNumbers does. It returns an error if a sum is 2^32
// or more: then the unit does not suit the numbers.
func NewNumberTotals(v, y []float64, unit Unit) (NumberTotals, error) {
	totals := make(NumberTotals, NumberTotalsLen)
	if len(v)+len(y) == 0 {
		return totals, nil
	}
	checkNumbers(v, y)
	var sums [NumberTotalsLen]float64
	for i, t := range y {
		u, e := (t-unit.Center)/unit.Scale, (v[i]-t)/unit.Scale
		for j, term := range [...]float64{0, u, u * u, e * e, math.Abs(e)} {
			sums[j] += term
		}
	}
	totals[0] = uint64(len(y))
	for j, sum := range sums[1:] {
		if !(math.Abs(sum) < numberLimit) {
			return nil, fmt.Errorf("metrics: the predictions are too far off to be added up: a sum of squares is not below 2^32 in units of %g", unit.Scale)
		}
		totals[j+1] = uint64(int64(math.RoundToEven(sum * lossUnit)))
	}
	return totals, nil
}

// Add adds the totals of another owner, modulo 2^64.
func (c NumberTotals) Add(other NumberTotals) {
	for i, n := range other {
		c[i] += n
	}
}

// FromNumberTotals returns the metrics from the sums of NumberTotals over all
// owners. It returns an error if they cannot belong to each other or there are no
// rows.
func FromNumberTotals(totals []uint64, unit Unit) (Regression, error) {
	if len(totals) != NumberTotalsLen || totals[0] == 0 || totals[0] > maxRows {
		return Regression{}, fmt.Errorf("metrics: got %d totals for %d rows, want %d for 1 to %d", len(totals), first(totals), NumberTotalsLen, uint64(maxRows))
	}
	var sums [NumberTotalsLen]float64
	for j, word := range totals[1:] {
		sums[j+1] = float64(int64(word)) / lossUnit
		if j > 0 && int64(word) < 0 {
			return Regression{}, fmt.Errorf("metrics: total %d is negative", j+1)
		}
	}
	n := float64(totals[0])
	m := Regression{Rows: int(totals[0]), RMSE: unit.Scale * math.Sqrt(sums[3]/n), MAE: unit.Scale * sums[4] / n}
	mean := sums[1] / n
	if spread := sums[2] - mean*sums[1]; spread > n*(1+2*math.Abs(mean))/lossUnit { // above what rounding alone can be
		r2 := 1 - sums[3]/spread
		m.R2 = &r2
	}
	return m, nil
}

func first(totals []uint64) uint64 {
	if len(totals) == 0 {
		return 0
	}
	return totals[0]
}

// checkNumbers panics unless there are as many finite predictions as finite
// numbers, at least one.
func checkNumbers(v, y []float64) {
	if len(v) != len(y) || len(y) == 0 {
		panic(fmt.Sprintf("metrics: got %d predictions for %d rows, want as many and at least one", len(v), len(y)))
	}
	for i := range y {
		if d := v[i] - y[i]; math.IsNaN(d) || math.IsInf(d, 0) {
			panic(fmt.Sprintf("metrics: prediction or outcome of row %d is not finite", i))
		}
	}
}
