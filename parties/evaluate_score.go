package parties

import (
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// score judges outputs of the model (logits, or numbers in the unit of the target).
func (j *Job) score(outputs, y []float64) *Score {
	switch j.task() {
	case predictsClasses:
		return classScore(metrics.EvaluateClasses(outputs, y, j.Data.Classes))
	case predictsNumbers:
		return numberScore(metrics.EvaluateNumbers(outputs, y))
	}
	p := make([]float64, len(outputs))
	for i, z := range outputs {
		p[i] = metrics.Sigmoid(z)
	}
	return binaryScore(metrics.Evaluate(p, y))
}

// countsLength is how many numbers an evaluator hands in.
func (j *Job) countsLength() int {
	switch j.task() {
	case predictsClasses:
		return metrics.ClassCountsLen(j.Data.Classes)
	case predictsNumbers:
		return metrics.NumberTotalsLen
	}
	return totals + 2*bins
}

// counts returns the owner's sums, from which those of all give the pooled metrics.
func (o *OwnerSide) counts() ([]uint64, error) {
	if o.model == nil {
		return nil, fmt.Errorf("owner %s cannot count yet: it has not got the %s", o.name, ItemModel)
	}
	if !o.hasTest() { // a fraction of so few rows is no row
		return make([]uint64, o.job.countsLength()), nil
	}
	switch outputs, y := o.outputs(), o.outcomes(); o.job.task() {
	case predictsClasses:
		return metrics.NewClassCounts(outputs, y, o.job.Data.Classes), nil
	case predictsNumbers:
		return metrics.NewNumberTotals(outputs, y, o.unit)
	default:
		return o.binaryCounts(outputs, y), nil
	}
}

// pool adds the evaluators' sums and opens the pooled metrics, and nothing else.
func (sv *server) pool() error {
	var sum tensor.Secret
	for i, o := range sv.Job.evaluators() {
		part, err := sv.part(ItemCounts, o)
		if err != nil {
			return err
		}
		if want := sv.Job.countsLength(); part.Len() != want {
			return fmt.Errorf("owner %s handed in %d counts, want %d", o, part.Len(), want)
		}
		counts := sv.s.InputIntegers(part)
		if i > 0 {
			counts = sum.Add(counts)
		}
		sum = counts
	}
	if sv.Job.task() == predictsBinary {
		sum = sv.withAUC(sum)
	}
	return sv.publish(RevealMetrics, ItemMetrics, sum)
}

// acceptMetrics rebuilds the pooled metrics.
func (o *OwnerSide) acceptMetrics(from []Delivered) error {
	v, err := combine(from)
	if err != nil {
		return err
	}
	if o.job.task() == predictsBinary {
		return o.acceptBinary(v.Data())
	}
	if want := o.job.countsLength(); v.Len() != want {
		return fmt.Errorf("got %d numbers, want %d", v.Len(), want)
	}
	words := make([]uint64, v.Len())
	for i, x := range v.Data() {
		words[i] = uint64(int64(x))
	}
	o.pooled, err = o.job.pooled(words, o.unit)
	if err == nil && o.pooled == nil {
		o.warn("metrics/test is left out: there are no test rows")
	}
	return err
}

// pooled returns the metrics from the sums of all owners, nil without rows.
func (j *Job) pooled(words []uint64, unit metrics.Unit) (*Score, error) {
	if j.task() == predictsNumbers {
		if words[0] == 0 {
			return nil, nil
		}
		m, err := metrics.FromNumberTotals(words, unit)
		return numberScore(m), err
	}
	rows := uint64(0)
	for _, n := range words[1:] {
		rows += n
	}
	if rows == 0 {
		return nil, nil
	}
	m, err := metrics.FromClassTotals(words, j.Data.Classes)
	return classScore(m), err
}

// warnIfPoor says so when a model of classes or numbers is no better than a guess
// that needs no features.
func (o *OwnerSide) warnIfPoor() {
	s := o.pooled
	if s == nil || s.Rows < 20 {
		return
	}
	const advice = "train.learning_rate (now %g) may be too large, or too small for so few epochs"
	switch guess := math.Log(float64(o.job.Data.Classes)); {
	case s.Numbers != nil && s.Numbers.R2 != nil && *s.Numbers.R2 < 0:
		o.warn("the model predicts worse than the bare mean of the target (R² %.3f): "+advice, *s.Numbers.R2, o.job.Train.LearningRate)
	case s.Confusion != nil && s.LogLoss > guess:
		o.warn("the model predicts worse (log-loss %.3f) than equal chances for all classes (%.3f): "+advice, s.LogLoss, guess, o.job.Train.LearningRate)
	}
}
