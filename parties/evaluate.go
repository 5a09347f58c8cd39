package parties

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// evaluators lists the owners whose test rows count for the pooled metrics:
// those who get the model and have rows of their own, or the first of those who
// get it for the common test rows.
func (r *run) evaluators() []*owner {
	var list []*owner
	for _, o := range r.owners {
		if !r.job.Audience(RevealModel).Includes(o.name) {
			continue
		}
		if r.test != nil {
			return []*owner{o}
		}
		if o.test != nil {
			list = append(list, o)
		}
	}
	return list
}

// testRows returns the rows that an owner judges a model on, and the site that
// they come from.
func (r *run) testRows(o *owner) (t *datasets.Table, site string) {
	if r.test != nil {
		return r.test.test, ""
	}
	return o.test, o.name
}

// pooling tells whether the job reveals pooled metrics and somebody can judge.
func (r *run) pooling() bool {
	return len(r.job.Audience(RevealMetrics)) > 0 && len(r.evaluators()) > 0
}

// evaluate judges the joint model and the owner's own on the owner's test rows,
// and hands in counts for the pooled metrics.
func (r *run) evaluate(ctx context.Context, o *owner) error {
	table, site := r.testRows(o)
	if table == nil {
		return nil
	}
	logits := o.model.Logits(table.X, site)
	o.metrics.Joint = judge(logits, table)
	if err := r.submitCounts(o, logits, table); err != nil {
		return err
	}
	if alone := r.alone(ctx, o); alone != nil {
		o.metrics.Alone = judge(alone.Logits(table.X, ""), table)
	}
	return nil
}

func judge(logits []float64, t *datasets.Table) *metrics.Binary {
	p := make([]float64, len(logits))
	for i, z := range logits {
		p[i] = metrics.Sigmoid(z)
	}
	m := metrics.Evaluate(p, t.Y.Data())
	return &m
}

// Layout of what an evaluator hands in: totals, then two histograms.
const (
	totals = 4 // rows, correct, positives, log-loss
	bins   = metrics.Bins
)

// submitCounts hands in the owner's totals and histograms as shares: the
// positives P_b, and C_b = 2·Σ_{c<b} N_c + N_b for the negatives N_b, so that the
// numerator of the AUC is Σ_b P_b·C_b over the sums of all owners.
func (r *run) submitCounts(o *owner, logits []float64, t *datasets.Table) error {
	if !r.pooling() || !slices.Contains(r.evaluators(), o) {
		return nil
	}
	c := r.count(o, logits, t.Y.Data())
	words := make([]uint64, 0, totals+2*bins)
	words = append(words, c[:totals]...)
	below := uint64(0)
	for _, n := range c.Negatives() {
		words = append(words, 2*below+n)
		below += n
	}
	return r.submit(itemCounts, o, append(words, c.Positives()...), mpc.Split)
}

// count returns an evaluator's counts. One evaluator alone can give each logit a
// bin of its own; several use bins over the logits that the model can be expected
// to give, 3 standard deviations of every feature, which all of them know.
func (r *run) count(o *owner, logits, y []float64) metrics.Counts {
	if len(r.evaluators()) == 1 {
		if c, ok := metrics.NewRankedCounts(logits, y); ok {
			return c
		}
	}
	limit := math.Abs(o.model.Standardised.Intercept)
	for _, w := range o.model.Standardised.Coefficients {
		limit += 3 * math.Abs(w)
	}
	return metrics.NewScaledCounts(logits, y, 16/max(limit, 1e-6))
}

// pool adds the evaluators' totals and opens the pooled metrics, and nothing
// else: rows, correct, positives, log-loss and the numerator of the AUC.
func (sv *server) pool() error {
	if !sv.pooling() {
		return nil
	}
	var sum tensor.Secret
	for i, o := range sv.evaluators() {
		part, err := sv.part(itemCounts, o.name)
		if err != nil {
			return err
		}
		counts := sv.s.InputIntegers(part)
		if i > 0 {
			counts = sum.Add(counts)
		}
		sum = counts
	}
	cumulated := sum.Slice(totals, totals+bins).Reshape(1, bins)
	positives := sum.Slice(totals+bins, totals+2*bins).Reshape(bins, 1)
	var auc tensor.Secret
	sv.s.In("auc", -1, func() { auc = cumulated.MatMul(positives).Reshape(1) })
	return sv.publish(RevealMetrics, itemMetrics, tensor.Concat(sum.Slice(0, totals), auc))
}

// receiveMetrics rebuilds the pooled metrics at an owner.
func (r *run) receiveMetrics(ctx context.Context, o *owner) error {
	v, err := r.receive(ctx, o, itemMetrics)
	if err != nil {
		return fmt.Errorf("owner %s: pooled metrics: %w", o.name, err)
	}
	t := v.Data()
	m, err := metrics.FromTotals(uint64(t[0]), uint64(t[1]), uint64(t[2]), uint64(t[3]), uint64(t[4]))
	if err != nil {
		return fmt.Errorf("owner %s: pooled metrics: %w", o.name, err)
	}
	o.pooled = &m
	r.warnIfUseless(m, t[2]/t[0])
	return nil
}

// warnIfUseless says so when the model is worse than always predicting the share
// of positives, as it is after a learning rate that does not suit.
func (r *run) warnIfUseless(m metrics.Binary, share float64) {
	if m.Rows < 20 || share == 0 || share == 1 {
		return // too little to judge by
	}
	base := -share*math.Log(math.Max(share, 1e-15)) - (1-share)*math.Log(math.Max(1-share, 1e-15))
	if m.LogLoss > base {
		r.warn("the model predicts worse (log-loss %.3f) than the bare share of positives (%.3f): train.learning_rate (now %g) may be too large, or too small for so few epochs",
			m.LogLoss, base, r.job.Train.LearningRate)
	}
}
