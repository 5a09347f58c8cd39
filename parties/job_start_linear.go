package parties

import (
	"maps"
	"slices"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// linearStart is what a logistic or linear regression has in its file in the place
// of layers: weights for the scaled features, and intercepts of sites.
type linearStart struct {
	Standardised   *Linear
	SiteIntercepts map[string]float64 `json:"site_intercepts"`
	Unit           *TargetUnit        `json:"target_unit"`
}

// asLayers gives the file of a linear model the form of a network of one layer,
// linear1: weights of the features, then of the sites, in the order of the job if
// they are its owners.
func (f *startFile) asLayers(owners []string) {
	f.Sites = slices.Sorted(maps.Keys(f.SiteIntercepts))
	if slices.Equal(f.Sites, slices.Sorted(slices.Values(owners))) {
		f.Sites = owners
	}
	unit := 1.
	if f.Unit != nil && f.Unit.Scale != 0 {
		unit = f.Unit.Scale
	}
	w := slices.Clone(f.Standardised.Coefficients)
	for _, site := range f.Sites {
		w = append(w, f.SiteIntercepts[site]/unit)
	}
	f.Input, f.Layers = []int{len(w)}, []any{map[string]any{"linear": map[string]any{"out": 1.}}}
	f.params = []blueprint.Param{
		{Name: "linear1.weight", Shape: []int{len(w), 1}, Data: w},
		{Name: "linear1.bias", Shape: []int{1, 1}, Data: []float64{f.Standardised.Intercept}},
	}
}
