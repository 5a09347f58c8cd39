package parties

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// owner is one data owner's side of a run. Its tables never leave it.
type owner struct {
	name        string
	index       int // place in the job
	train, test *datasets.Table
	standard    datasets.Standardiser

	model   *Model // if the job lets it have the model
	metrics OwnerMetrics
	pooled  *metrics.Binary // if the job lets it have the metrics
}

// Things on the desk.
const (
	itemSums         = "sums"
	itemStandardiser = "standardiser"
	itemFeatures     = "features"
	itemTargets      = "targets"
	itemModel        = "model"
	itemCounts       = "counts"
	itemMetrics      = "metrics"
)

// own is what an owner does: agree on a scale, hand in its rows as shares, and
// use what it is allowed to see of the outcome.
func (r *run) own(ctx context.Context, o *owner) error {
	if err := r.agreeScale(ctx, o); err != nil {
		return err
	}
	if err := r.submitRows(o); err != nil {
		return err
	}
	if r.job.Audience(RevealModel).Includes(o.name) {
		if err := r.receiveModel(ctx, o); err != nil {
			return err
		}
		if err := r.evaluate(ctx, o); err != nil {
			return err
		}
	}
	if r.pooling() && r.job.Audience(RevealMetrics).Includes(o.name) {
		return r.receiveMetrics(ctx, o)
	}
	return nil
}

// agreeScale finds the standardiser that all owners use.
func (r *run) agreeScale(ctx context.Context, o *owner) (err error) {
	features := o.train.Features
	switch r.job.Data.Standardise {
	case StandardiseNone:
		o.standard = datasets.Identity(features)
	case StandardiseRanges:
		o.standard = r.ranges.Standardiser()
	default:
		o.standard, err = r.jointScale(ctx, o)
	}
	for _, name := range o.standard.Constant {
		r.warn("feature %q has the same value in all training rows: its coefficient stays 0", name)
	}
	return err
}

// jointScale hands in this owner's exact sums as shares and gets the joint ones.
func (r *run) jointScale(ctx context.Context, o *owner) (datasets.Standardiser, error) {
	sums := datasets.SumsOf(o.train)
	if err := r.submit(itemSums, o, sums.Words, mpc.SplitWide); err != nil {
		return datasets.Standardiser{}, err
	}
	from, err := collect[mpc.Delivery](ctx, r, itemStandardiser, o.name)
	if err != nil {
		return datasets.Standardiser{}, err
	}
	words, err := mpc.CombineWide(from...)
	if err != nil {
		return datasets.Standardiser{}, fmt.Errorf("owner %s: joint standardiser: %w", o.name, err)
	}
	return datasets.FromSums(o.train.Features, datasets.Sums{Rows: r.trainRows(), Words: words})
}

// submitRows hands in the standardised rows and the targets.
func (r *run) submitRows(o *owner) error {
	x := o.standard.Apply(o.train.X)
	if r.job.Data.SiteIntercepts {
		x = datasets.AppendSite(x, o.index, len(r.owners))
	}
	words, err := r.encode(o, x)
	if err != nil {
		return err
	}
	if err := r.submit(itemFeatures, o, words, mpc.Split); err != nil {
		return err
	}
	targets := make([]uint64, o.train.Y.Len())
	for i, y := range o.train.Y.Data() {
		targets[i] = uint64(y)
	}
	return r.submit(itemTargets, o, targets, mpc.Split)
}

// encode turns features into ring elements. A row whose norm is beyond the
// limit, on which the proof that nothing wraps around rests, is an error that
// names its most extreme cell.
func (r *run) encode(o *owner, x tensor.Dense) ([]uint64, error) {
	limit := rowLimit(x.Shape()[1])
	for i := range x.Shape()[0] {
		if j, norm := farthest(x.Row(i).Data()); !(norm < limit) {
			return nil, fmt.Errorf("%s: after scaling, this row is outside the fixed-point range (its norm is not below %.0f) and this cell is the farthest out; correct or remove the row, or scale the feature (data.standardise: joint)",
				o.train.Where(i, min(j, len(o.train.Features)-1)), limit)
		}
	}
	format := fixedpoint.Format{FractionBits: r.job.Number.FractionBits, MaxAbs: limit}
	words := make([]uint64, x.Len())
	return words, format.EncodeAll(words, x.Data())
}

// farthest returns which number of a row is largest in magnitude, and the norm
// of the row with a 1 for the intercept.
func farthest(row []float64) (at int, norm float64) {
	square := 1.0
	for j, v := range row {
		square += v * v
		if math.Abs(v) > math.Abs(row[at]) {
			at = j
		}
	}
	return at, math.Sqrt(square)
}

type splitter = func(x []uint64, random io.Reader) ([3]mpc.Part, error)

// submit splits words and leaves a part for each server.
func (r *run) submit(what string, o *owner, words []uint64, split splitter) error {
	if r.servers == 1 {
		r.desk.leave(item{what, o.name, 0}, mpc.Plain(words))
		return nil
	}
	parts, err := split(words, rand.Reader)
	if err != nil {
		return fmt.Errorf("owner %s: %w", o.name, err)
	}
	for k, part := range parts {
		r.desk.leave(item{what, o.name, k}, part)
	}
	return nil
}

// collect waits for the same item from every server.
func collect[T any](ctx context.Context, r *run, what, owner string) ([]T, error) {
	from := make([]T, r.servers)
	for k := range from {
		var err error
		if from[k], err = take[T](ctx, r.desk, item{what, owner, k}); err != nil {
			return nil, err
		}
	}
	return from, nil
}
