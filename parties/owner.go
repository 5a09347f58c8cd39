package parties

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// OwnerSide is one data owner's side of a job. Its rows never leave it but as
// parts for the servers.
//
//	for each phase: hand in Parts of its items that the phase needs,
//	                then Accept what the phase gives
type OwnerSide struct {
	job         *Job
	name        string
	index       int // place in the job
	train, test *datasets.Table
	common      bool // the test rows are those of the job, not of this owner
	standard    datasets.Standardiser
	unit        metrics.Unit // of a target that is a number

	images, testImages *datasets.Images // instead of tables, in a job with images

	warn func(format string, args ...any)

	start *startFile // model to go on from, if this owner has it

	model   *Model // if the job lets it have the model
	metrics OwnerMetrics
	pooled  *Score // if the job lets it have the metrics
}

// Parts returns this owner's item for each of the three servers. It draws fresh
// randomness: parts of two calls do not go together.
func (o *OwnerSide) Parts(what string) (parts [3]mpc.Part, err error) {
	words, err := o.words(what)
	if err != nil {
		return parts, err
	}
	split := mpc.Split
	if what == ItemSums {
		split = mpc.SplitWide
	}
	if parts, err = split(words, rand.Reader); err != nil {
		err = fmt.Errorf("owner %s: %w", o.name, err)
	}
	return parts, err
}

// words returns an item of this owner as ring elements, or as wide numbers.
func (o *OwnerSide) words(what string) ([]uint64, error) {
	switch what {
	case ItemSums:
		sums := datasets.SumsOf(o.scaledTable(o.train))
		return append(sums.Words, uint64(o.train.Rows()), 0, 0), nil
	case ItemFeatures:
		return o.features()
	case ItemTargets:
		return o.targets()
	case ItemStart:
		return o.startWords()
	case ItemCounts:
		return o.counts()
	}
	return nil, fmt.Errorf("owner %s has no %s to hand in", o.name, what)
}

// Result returns what the owner may see of the outcome of the job, and the
// openings and costs of its phases as the servers tell them.
func (o *OwnerSide) Result(phases [3][]*PhaseReport) *Result {
	r := &run{job: o.job, owners: []*OwnerSide{o}, servers: servers, reports: phases, opt: Options{Engine: EngineSecure}}
	return r.result()
}

// Accept uses what the three servers delivered of an item (or the one of the
// clear engine).
func (o *OwnerSide) Accept(ctx context.Context, what string, from []Delivered) error {
	if err := o.accept(ctx, what, from); err != nil {
		return fmt.Errorf("owner %s: %s: %w", o.name, what, err)
	}
	return nil
}

func (o *OwnerSide) accept(ctx context.Context, what string, from []Delivered) error {
	switch what {
	case ItemStandardiser:
		return o.acceptSums(from)
	case ItemModel:
		return o.acceptModel(ctx, from)
	case ItemMetrics:
		defer o.warnIfPoor()
		return o.acceptMetrics(from)
	}
	return errors.New("no owner is given that")
}

// acceptSums makes the standardiser that all owners use from their joint sums.
func (o *OwnerSide) acceptSums(from []Delivered) error {
	words, err := combineWide(from)
	if err != nil {
		return err
	}
	n, features := len(words)-mpc.WideWords, o.scaledTable(o.train).Features
	if want := 2 * mpc.WideWords * len(features); n != want {
		return fmt.Errorf("got %d words of sums, want %d", n, want)
	}
	st, err := datasets.FromSums(features, datasets.Sums{Rows: int(words[n]), Words: words[:n]})
	if err == nil {
		o.setScale(st)
	}
	return err
}

func (o *OwnerSide) warnOfConstants() {
	for _, name := range o.standard.Constant {
		o.warn("feature %q has the same value in all training rows: its coefficient stays 0", name)
	}
}

// features returns the standardised rows, row by row.
func (o *OwnerSide) features() ([]uint64, error) {
	if o.images != nil {
		return o.pixels()
	}
	if o.standard.Mean == nil {
		return nil, fmt.Errorf("owner %s cannot scale its rows yet: it has not got the %s", o.name, ItemStandardiser)
	}
	x := o.standard.Apply(o.train.X)
	if o.job.Data.SiteIntercepts {
		x = datasets.AppendSite(x, o.index, len(o.job.Data.Owners))
	}
	return o.encode(x)
}

// encode turns features into ring elements. A row whose norm is beyond the
// limit, on which the proof that nothing wraps around rests, is an error that
// names its most extreme cell.
func (o *OwnerSide) encode(x tensor.Dense) ([]uint64, error) {
	limit := rowLimit(x.Shape()[1])
	for i := range x.Shape()[0] {
		if j, norm := farthest(x.Row(i).Data()); !(norm < limit) {
			return nil, fmt.Errorf("%s: after scaling, this row is outside the fixed-point range (its norm is not below %.0f) and this cell is the farthest out; correct or remove the row, or scale the feature (data.standardise: joint)",
				o.train.Where(i, min(j, len(o.train.Features)-1)), limit)
		}
	}
	format := fixedpoint.Format{FractionBits: o.job.Number.FractionBits, MaxAbs: limit}
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
