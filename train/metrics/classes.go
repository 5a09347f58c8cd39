package metrics

import (
	"fmt"
	"math"
)

// Classes holds the metrics of predictions of k classes.
type Classes struct {
	Rows int `json:"rows"`
	// Accuracy is the share of rows whose class has the largest logit, the first
	// of equals.
	Accuracy float64 `json:"accuracy"`
	// LogLoss is the mean of -log(p), p the probability of the row's class (the
	// softmax of its logits), at least Clamp; natural logarithm.
	LogLoss float64 `json:"log_loss"`
	// Confusion counts rows by class (first index) and predicted class (second).
	Confusion [][]int `json:"confusion"`
}

// EvaluateClasses returns the metrics of logits (n×k, row by row) for n class
// numbers y from 0 to k-1. It panics if the lengths do not fit, if there are no
// rows, a logit is NaN or a y no class.
func EvaluateClasses(logits, y []float64, k int) Classes {
	checkClasses(logits, y, k)
	m := Classes{Rows: len(y), Confusion: square(k)}
	loss := 0.0
	for i, class := range y {
		row := logits[i*k : (i+1)*k]
		m.Confusion[int(class)][Argmax(row)]++
		loss += classLoss(row, int(class))
	}
	m.Accuracy = float64(diagonal(m.Confusion)) / float64(m.Rows)
	m.LogLoss = loss / float64(m.Rows)
	return m
}

// Argmax returns the place of the largest number, the first of equals.
func Argmax(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// LogSumExp returns log Σ exp(x_i), without overflow. +Inf among the numbers
// gives +Inf.
func LogSumExp(x []float64) float64 {
	top := x[Argmax(x)]
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}

// classLoss returns -log of the probability of a class, at most -log(Clamp). A
// logit of +Inf stands for certainty.
func classLoss(logits []float64, class int) float64 {
	if math.IsInf(logits[class], 1) {
		return 0
	}
	loss := LogSumExp(logits) - logits[class]
	if !(loss < maxLoss) { // −Inf for all is NaN
		return maxLoss
	}
	return max(loss, 0) // rounding can give −2^-53
}

func square(k int) [][]int {
	rows, cells := make([][]int, k), make([]int, k*k)
	for c := range rows {
		rows[c] = cells[c*k : (c+1)*k : (c+1)*k]
	}
	return rows
}

func diagonal(confusion [][]int) (sum int) {
	for c := range confusion {
		sum += confusion[c][c]
	}
	return sum
}

// checkClasses panics unless there are k logits for each of at least one row,
// none of them NaN, and every y is a class.
func checkClasses(logits, y []float64, k int) {
	if k < 2 || len(y) == 0 || len(logits) != k*len(y) {
		panic(fmt.Sprintf("metrics: got %d logits for %d rows of %d classes, want one for each class of each row, and at least one row of two classes",
			len(logits), len(y), k))
	}
	for i, v := range logits {
		if math.IsNaN(v) {
			panic(fmt.Sprintf("metrics: a logit of row %d is not a number", i/k))
		}
	}
	for i, class := range y {
		if !(class >= 0 && class < float64(k)) || class != math.Trunc(class) {
			panic(fmt.Sprintf("metrics: the outcome of row %d is no class from 0 to %d", i, k-1))
		}
	}
}
