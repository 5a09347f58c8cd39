package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Clamp is the least distance of a probability from 0 and 1 in the log-loss,
// so that one wrong certainty costs 34.5 and not infinity.
const Clamp = 1e-15

// Binary holds the metrics of predictions of two classes.
type Binary struct {
	Rows int `json:"rows"`
	// Accuracy is the share of rows whose prediction p >= 1/2 is their outcome.
	Accuracy float64 `json:"accuracy"`
	// AUC is the chance that a random positive row has a larger p than a random
	// negative row, ties counting half. With one class only it is nil.
	AUC *float64 `json:"auc"`
	// LogLoss is the mean of -log(p) over positive and -log(1-p) over negative
	// rows, p clamped to [Clamp, 1-Clamp]; natural logarithm.
	LogLoss float64 `json:"log_loss"`
	// Brier is the mean of (p-y)², nil where it was not counted.
	Brier *float64 `json:"brier,omitempty"`
}

// Evaluate returns the metrics of predictions p for outcomes y, each 0 or 1.
// It panics if the lengths differ, if there are no rows (which have no
// metrics: ask before), if a p is NaN or a y neither 0 nor 1.
func Evaluate(p, y []float64) Binary {
	checkRows("probabilities", p, y)
	var correct int
	var loss, brier float64
	for i, prediction := range p {
		if (prediction >= 0.5) == (y[i] == 1) {
			correct++
		}
		brier += (prediction - y[i]) * (prediction - y[i])
		loss -= logLikelihood(prediction, y[i])
	}
	n := float64(len(p))
	brier /= n
	return Binary{
		Rows: len(p), Accuracy: float64(correct) / n, AUC: auc(p, y), LogLoss: loss / n, Brier: &brier,
	}
}

func logLikelihood(p, y float64) float64 {
	p = min(max(p, Clamp), 1-Clamp)
	if y == 1 {
		return math.Log(p)
	}
	return math.Log1p(-p)
}

// auc is the rank statistic of Mann and Whitney: with R the sum of the ranks,
// from 1 and tied ones averaged, of the P positive among all P+N rows,
//
//	AUC = (R - P(P+1)/2) / (P·N).
func auc(p, y []float64) *float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compare(p[a], p[b]) })
	var positives, ranks float64
	for lo := 0; lo < len(order); {
		hi, tied := lo, 0.0
		for ; hi < len(order) && p[order[hi]] == p[order[lo]]; hi++ {
			tied += y[order[hi]]
		}
		ranks += tied * float64(lo+1+hi) / 2 // mean of ranks lo+1 … hi
		positives += tied
		lo = hi
	}
	negatives := float64(len(p)) - positives
	if positives == 0 || negatives == 0 {
		return nil
	}
	area := (ranks - positives*(positives+1)/2) / (positives * negatives)
	return &area
}

// compare orders numbers that are not NaN.
func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// checkRows panics unless there are as many predictions as outcomes, at least
// one, none of them NaN and every outcome 0 or 1.
func checkRows(what string, predictions, y []float64) {
	if len(predictions) != len(y) || len(y) == 0 {
		panic(fmt.Sprintf("metrics: got %d %s for %d outcomes, want as many and at least one", len(predictions), what, len(y)))
	}
	for i, v := range predictions {
		if math.IsNaN(v) {
			panic(fmt.Sprintf("metrics: row %d of the %s is not a number", i, what))
		}
		if y[i] != 0 && y[i] != 1 {
			panic(fmt.Sprintf("metrics: the outcome of row %d is neither 0 nor 1", i))
		}
	}
}
