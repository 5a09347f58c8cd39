package parties

import (
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/train/metrics"
)

// targets returns what the model is to predict, as its loss wants it: 0 and 1, a
// 1 in the column of the class, or numbers in units of their joint deviation.
func (o *OwnerSide) targets() ([]uint64, error) {
	switch o.job.task() {
	case predictsClasses:
		return o.oneHot(), nil
	case predictsNumbers:
		return o.scaledTargets()
	}
	words := make([]uint64, o.train.Y.Len())
	for i, y := range o.train.Y.Data() {
		words[i] = uint64(y)
	}
	return words, nil
}

func (o *OwnerSide) oneHot() []uint64 {
	k, n := o.job.Data.Classes, o.trainRows()
	words := make([]uint64, n*k)
	for i := range n {
		class := 0
		if o.images != nil {
			class = int(o.images.Labels[i])
		} else {
			class = int(o.train.Y.At(i))
		}
		words[i*k+class] = 1
	}
	return words
}

// largestTarget is what scaled targets stay below: far enough from
// train.MaxResidual, which training watches.
const largestTarget = 32

func (o *OwnerSide) scaledTargets() ([]uint64, error) {
	scaled := make([]float64, o.train.Rows())
	for i, y := range o.train.Y.Data() {
		scaled[i] = (y - o.unit.Center) / o.unit.Scale
		if !(math.Abs(scaled[i]) < largestTarget) {
			wide := o.train.WithTarget()
			return nil, fmt.Errorf("%s: after scaling, this target is not within ±%d; correct or remove the row, or scale the target (data.standardise: joint)",
				wide.Where(i, len(wide.Features)-1), largestTarget)
		}
	}
	words := make([]uint64, len(scaled))
	format := fixedpoint.Format{FractionBits: o.job.Number.FractionBits, MaxAbs: largestTarget}
	return words, format.EncodeAll(words, scaled)
}

// scaledTable is the table of which every column is scaled: with the target if
// that is a number.
func (o *OwnerSide) scaledTable(t *datasets.Table) *datasets.Table {
	if o.job.task() == predictsNumbers {
		return t.WithTarget()
	}
	return t
}

// setScale takes the scaling of all columns of scaledTable.
func (o *OwnerSide) setScale(st datasets.Standardiser) {
	o.standard, o.unit = st, metrics.Unit{Scale: 1}
	if o.job.task() == predictsNumbers {
		o.standard, o.unit.Center, o.unit.Scale = st.CutLast()
	}
	o.warnOfConstants()
}
