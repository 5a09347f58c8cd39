package metrics

import (
	"fmt"
	"math"
)

// ClassCounts are sums over the rows of one owner from which the metrics of all
// owners together can be had: those of all rows are the sums of the owners'.
// They are non-negative integers far below 2^62, so that they can be added in
// Z_2^64 as shares. In order:
//
//	log-loss · 2^20, k² counts by class and predicted class, class first.
//
// The log-loss of an owner is rounded once, by at most 2^-21.
type ClassCounts []uint64

// ClassCountsLen returns the number of counts for k classes, 1 + k².
func ClassCountsLen(k int) int { return 1 + k*k }

// NewClassCounts returns the counts of logits (n×k) for class numbers y. No rows
// give counts of 0. It panics as EvaluateClasses does.
func NewClassCounts(logits, y []float64, k int) ClassCounts {
	c := make(ClassCounts, ClassCountsLen(k))
	if len(logits)+len(y) == 0 {
		return c
	}
	m := EvaluateClasses(logits, y, k)
	c[0] = uint64(math.RoundToEven(m.LogLoss * float64(m.Rows) * lossUnit))
	for class, row := range m.Confusion {
		for predicted, n := range row {
			c[1+class*k+predicted] = uint64(n)
		}
	}
	return c
}

// Add adds the counts of another owner.
func (c ClassCounts) Add(other ClassCounts) {
	for i, n := range other {
		c[i] += n
	}
}

// FromClassTotals returns the metrics from the sums of ClassCounts over all
// owners, for k classes. It returns an error if they cannot be such sums or there
// are no rows.
func FromClassTotals(totals []uint64, k int) (Classes, error) {
	if k < 2 || len(totals) != ClassCountsLen(k) {
		return Classes{}, fmt.Errorf("metrics: got %d totals, want %d for %d classes", len(totals), ClassCountsLen(k), k)
	}
	m := Classes{Confusion: square(k)}
	var rows uint64
	for i, n := range totals[1:] {
		if n > maxRows {
			return Classes{}, fmt.Errorf("metrics: got a count of %d rows, want at most %d", n, uint64(maxRows))
		}
		m.Confusion[i/k][i%k] = int(n)
		rows += n
	}
	if rows == 0 || rows > maxRows {
		return Classes{}, fmt.Errorf("metrics: got %d rows, want 1 to %d", rows, uint64(maxRows))
	}
	if loss := float64(totals[0]) / lossUnit; loss > float64(rows)*maxLoss+1 {
		return Classes{}, fmt.Errorf("metrics: got a log-loss of %g for %d rows, want at most %g for each", loss, rows, maxLoss)
	}
	m.Rows = int(rows)
	m.Accuracy = float64(diagonal(m.Confusion)) / float64(rows)
	m.LogLoss = float64(totals[0]) / lossUnit / float64(rows)
	return m, nil
}
