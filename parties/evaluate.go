package parties

import (
	"context"
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// evaluate judges the joint model and the owner's own on the owner's test rows.
func (o *OwnerSide) evaluate(ctx context.Context) {
	if !o.hasTest() {
		return
	}
	o.metrics.Joint = o.job.score(o.outputs(), o.outcomes())
	if o.images != nil {
		return // training on images once more, for each owner, takes too long
	}
	if alone := o.alone(ctx); alone != nil {
		o.metrics.Alone = o.job.score(alone.Outputs(o.test.X, ""), o.outcomes())
	}
}

// outputs returns what the joint model says of the test rows.
func (o *OwnerSide) outputs() []float64 {
	if o.testImages != nil {
		return o.model.imageOutputs(o.testImages)
	}
	site := o.name
	if o.common {
		site = ""
	}
	return o.model.Outputs(o.test.X, site)
}

// Layout of what an evaluator hands in: totals, then two histograms.
const (
	totals = 4 // rows, correct, positives, log-loss
	bins   = metrics.Bins
)

// binaryCounts returns the owner's totals and histograms: the positives P_b, and
// C_b = 2·Σ_{c<b} N_c + N_b for the negatives N_b, so that the numerator of the AUC
// is Σ_b P_b·C_b over the sums of all owners.
func (o *OwnerSide) binaryCounts(logits, y []float64) []uint64 {
	words := make([]uint64, 0, totals+2*bins)
	c := o.count(logits, y)
	words = append(words, c[:totals]...)
	below := uint64(0)
	for _, n := range c.Negatives() {
		words = append(words, 2*below+n)
		below += n
	}
	return append(words, c.Positives()...)
}

// count returns an evaluator's counts. One evaluator alone can give each logit a
// bin of its own; several use bins over the logits that the model can be expected
// to give, 3 standard deviations of every feature, which all of them know.
func (o *OwnerSide) count(logits, y []float64) metrics.Counts {
	if len(o.job.evaluators()) == 1 {
		if c, ok := metrics.NewRankedCounts(logits, y); ok {
			return c
		}
	}
	if o.model.Standardised == nil {
		return metrics.NewCounts(logits, y)
	}
	limit := math.Abs(o.model.Standardised.Intercept)
	for _, w := range o.model.Standardised.Coefficients {
		limit += 3 * math.Abs(w)
	}
	return metrics.NewScaledCounts(logits, y, 16/max(limit, 1e-6))
}

// withAUC returns the totals, and the numerator of the AUC in place of the
// histograms.
func (sv *server) withAUC(sum tensor.Secret) tensor.Secret {
	cumulated := sum.Slice(totals, totals+bins).Reshape(1, bins)
	positives := sum.Slice(totals+bins, totals+2*bins).Reshape(bins, 1)
	var auc tensor.Secret
	sv.s.In("auc", -1, func() { auc = cumulated.MatMul(positives).Reshape(1) })
	return tensor.Concat(sum.Slice(0, totals), auc)
}

// acceptBinary takes totals and numerator.
func (o *OwnerSide) acceptBinary(t []float64) error {
	if len(t) != totals+1 {
		return fmt.Errorf("got %d numbers, want %d", len(t), totals+1)
	}
	if t[0] == 0 {
		o.warn("metrics/test is left out: there are no test rows")
		return nil
	}
	m, err := metrics.FromTotals(uint64(t[0]), uint64(t[1]), uint64(t[2]), uint64(t[3]), uint64(t[4]))
	if err != nil {
		return err
	}
	o.pooled = binaryScore(m)
	o.warnIfUseless(m, t[2]/t[0])
	return nil
}

// warnIfUseless says so when the model is worse than always predicting the share
// of positives, as it is after a learning rate that does not suit.
func (o *OwnerSide) warnIfUseless(m metrics.Binary, share float64) {
	if m.Rows < 20 || share == 0 || share == 1 {
		return // too little to judge by
	}
	base := -share*math.Log(math.Max(share, 1e-15)) - (1-share)*math.Log(math.Max(1-share, 1e-15))
	if m.LogLoss > base {
		o.warn("the model predicts worse (log-loss %.3f) than the bare share of positives (%.3f): train.learning_rate (now %g) may be too large, or too small for so few epochs",
			m.LogLoss, base, o.job.Train.LearningRate)
	}
}
