package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Bins is the number of bins of each histogram of Counts, and
// LossFractionBits the number of fraction bits of its log-loss.
const (
	Bins             = 4096
	LossFractionBits = 20

	binLimit = 16                   // logits beyond ±16 are in the outer bins
	binWidth = 2. * binLimit / Bins // 1/128
	maxLoss  = 34.538776394910684   // -log(Clamp)
	lossUnit = 1 << LossFractionBits
)

// Places in Counts.
const (
	rowsAt = iota
	correctAt
	positivesAt
	lossAt
	negativeBinsAt
	positiveBinsAt = negativeBinsAt + Bins
	countsLength   = positiveBinsAt + Bins
)

// Counts are sums over the rows of one owner from which the metrics of all
// owners together can be had: those of all rows are the sums of the owners'.
// They are non-negative integers far below 2^62, so that they can be added in
// Z_2^64 as shares. In order:
//
//	rows, correct predictions, positives, log-loss · 2^20,
//	4096 counts of negatives by logit, 4096 counts of positives by logit.
//
// A logit z is the log-odds of the prediction, p = 1/(1+exp(-z)). Bin b counts
// the logits in [-16 + b/128, -16 + (b+1)/128); the outer bins take what is
// beyond. Rows in one bin are tied: this moves the AUC by at most
//
//	Σ_b pos_b·neg_b / (2·P·N).
//
// The log-loss of an owner is rounded once, by at most 2^-21.
type Counts []uint64

// NewCounts returns the counts of predictions, as logits, for outcomes y, each
// 0 or 1. No rows give counts of 0. It panics if the lengths differ, a logit
// is NaN or a y neither 0 nor 1.
func NewCounts(logits, y []float64) Counts { return newCounts(logits, y, bin) }

// NewScaledCounts is NewCounts with bins of width 1/(128·scale) over ±16/scale, for
// a model whose logits are small or large. All owners must use the same scale.
func NewScaledCounts(logits, y []float64, scale float64) Counts {
	return newCounts(logits, y, func(z float64) int { return bin(z * scale) })
}

// NewRankedCounts is NewCounts with a bin for every different logit, so that the
// AUC is exact. Counts of other rows cannot be added to it. It returns false if
// there are more different logits than bins.
func NewRankedCounts(logits, y []float64) (Counts, bool) {
	sorted := slices.Compact(slices.Sorted(slices.Values(logits)))
	if len(sorted) > Bins {
		return nil, false
	}
	return newCounts(logits, y, func(z float64) int {
		i, _ := slices.BinarySearch(sorted, z)
		return i
	}), true
}

func newCounts(logits, y []float64, bin func(z float64) int) Counts {
	c := make(Counts, countsLength)
	if len(logits)+len(y) == 0 {
		return c
	}
	checkRows("logits", logits, y)
	c[rowsAt] = uint64(len(y))
	loss := 0.0
	for i, z := range logits {
		if (z >= 0) == (y[i] == 1) {
			c[correctAt]++
		}
		loss += logitLoss(z, y[i])
		if y[i] == 1 {
			c[positivesAt]++
			c.Positives()[bin(z)]++
		} else {
			c.Negatives()[bin(z)]++
		}
	}
	c[lossAt] = uint64(math.RoundToEven(loss * lossUnit))
	return c
}

// Negatives returns the histogram of the negative rows. It is a view.
func (c Counts) Negatives() []uint64 { return c[negativeBinsAt:positiveBinsAt:positiveBinsAt] }

// Positives returns the histogram of the positive rows. It is a view.
func (c Counts) Positives() []uint64 { return c[positiveBinsAt:countsLength:countsLength] }

// Add adds the counts of another owner.
func (c Counts) Add(other Counts) {
	for i, n := range other {
		c[i] += n
	}
}

// bin returns the bin of a logit, also of ±Inf.
func bin(z float64) int {
	return int(math.Floor((min(max(z, -binLimit), binLimit-binWidth) + binLimit) / binWidth))
}

// logitLoss returns the log-loss of one row, log(1+exp(-z)) for y = 1 and with
// z for -z otherwise, at most -log(Clamp).
func logitLoss(z, y float64) float64 {
	if y == 1 {
		z = -z
	}
	if z >= maxLoss {
		return maxLoss
	}
	return math.Log1p(math.Exp(z))
}

// Sigmoid returns 1/(1+exp(-z)), the probability that a logit stands for.
func Sigmoid(z float64) float64 {
	if z < 0 {
		e := math.Exp(z) // does not overflow
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}

// AUCNumerator returns
//
//	A = Σ_b pos_b · (2·(neg_0 + … + neg_{b-1}) + neg_b),
//
// twice the number of pairs of a positive and a negative row that are in the
// right order, tied pairs counting half. AUC = A / (2·P·N).
func (c Counts) AUCNumerator() uint64 {
	var sum, below uint64
	positives := c.Positives()
	for b, n := range c.Negatives() {
		sum += positives[b] * (2*below + n)
		below += n
	}
	return sum
}

// Binary returns the metrics of the rows counted.
func (c Counts) Binary() (Binary, error) {
	return FromTotals(c[rowsAt], c[correctAt], c[positivesAt], c[lossAt], c.AUCNumerator())
}

// maxRows keeps 2·P·N below 2^63.
const maxRows = 1 << 32

// FromTotals returns the metrics from the sums of Counts over all owners:
// rows, correct predictions, positives, log-loss · 2^20 and AUCNumerator. It
// returns an error if they cannot belong to each other or there are no rows.
func FromTotals(rows, correct, positives, loss, aucNumerator uint64) (Binary, error) {
	if rows == 0 || rows > maxRows || correct > rows || positives > rows {
		return Binary{}, fmt.Errorf("metrics: got %d rows, %d correct, %d positives, want 1 to %d rows and no more of the others",
			rows, correct, positives, uint64(maxRows))
	}
	pairs := 2 * positives * (rows - positives)
	if aucNumerator > pairs {
		return Binary{}, fmt.Errorf("metrics: got an AUC numerator of %d, want at most %d", aucNumerator, pairs)
	}
	n := float64(rows)
	m := Binary{Rows: int(rows), Accuracy: float64(correct) / n, LogLoss: float64(loss) / lossUnit / n}
	if pairs > 0 {
		area := float64(aucNumerator) / float64(pairs)
		m.AUC = &area
	}
	return m, nil
}
