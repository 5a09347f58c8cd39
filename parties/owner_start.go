package parties

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// takeStart reads the model that training starts from, if this owner hands it in, or
// the job names a public one that is here. The path is the file of the job if it is
// empty. That it does not fit is an error here, before anything is handed in.
func (o *OwnerSide) takeStart(path string) error {
	s := o.job.Start
	switch {
	case path != "" && (s == nil || s.secret() && s.Owner != o.name):
		return o.job.ErrorAt("start", "%s is given to start from, and the job takes no model of owner %s", path, o.name)
	case s == nil || o.job.startOwner() != o.name && (s.secret() || path == "" && !o.job.startAtHand()):
		return nil
	}
	if path = cmp.Or(path, s.File); path == "" {
		return o.job.ErrorAt("start", "owner %s hands in the model to start from, and no file is named", o.name).
			withHint("trainer share --start FILE names the model.json")
	}
	file, err := o.job.openStart(path)
	if err != nil {
		return err
	}
	if err := o.job.checkStartModel(file, o.inputShape()); err != nil {
		return err
	}
	if o.images == nil {
		if err := o.job.checkStartFeatures(file, o.train.Features); err != nil {
			return err
		}
	}
	o.start = file
	return nil
}

// StartFile returns where the model is that the owner hands in for training to start
// from, as far as the job names it.
func (j *Job) StartFile(owner string) string {
	if j.Start == nil || j.Start.File == "" || j.startOwner() != owner {
		return ""
	}
	return j.Path(j.Start.File)
}

// inputShape is the shape of a row as the servers see it.
func (o *OwnerSide) inputShape() []int {
	if o.images != nil {
		return o.images.Shape()
	}
	return []int{o.width()}
}

// File returns a file that this owner hands in as it is, for every server to see, and
// whether the item is one.
func (o *OwnerSide) File(what string) ([]byte, bool) {
	if what != ItemStartFile || o.start == nil {
		return nil, false
	}
	return o.start.text, true
}

// startWords returns the weights of this owner's secret model that training starts
// from, one tensor after another, as finely as they are held in training.
func (o *OwnerSide) startWords() ([]uint64, error) {
	if o.start == nil {
		return nil, fmt.Errorf("owner %s has no model to start from", o.name)
	}
	known, err := blueprint.Params(o.job.startLayers(), o.inputShape())
	if err != nil {
		return nil, err
	}
	var all []float64
	for _, want := range o.job.startParams(known) {
		same := func(p blueprint.Param) bool { return p.Name == want.Name && slices.Equal(p.Shape, want.Shape) }
		i := slices.IndexFunc(o.start.params, same)
		if i < 0 {
			return nil, fmt.Errorf("owner %s: %s has no weights %s of shape %s", o.name, o.start.name, want.Name, tensor.ShapeString(want.Shape))
		}
		all = append(all, o.start.params[i].Data...)
	}
	words := make([]uint64, len(all))
	format := fixedpoint.Format{FractionBits: tensor.WeightBits(o.job.Number.FractionBits), MaxAbs: largestVariance}
	return words, format.EncodeAll(words, all)
}
