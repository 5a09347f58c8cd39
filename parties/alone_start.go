package parties

import (
	"slices"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// startAlone returns what training on this owner's rows alone starts from, if the
// owner has the model. There are no sites then, so the first layer is that of the
// owner's site.
func (o *OwnerSide) startAlone() (*Start, *startFile) {
	s := o.job.Start
	if s == nil || o.start == nil {
		return nil, nil
	}
	list := o.job.startLayers()
	known, err := blueprint.Params(list, o.inputShape())
	if err != nil || !o.job.Data.SiteIntercepts || !s.takes(layerName(known[0])) {
		return s, o.start
	}
	if list[0].Kind != "linear" || list[0].Options["bias"] == 0 {
		o.warn("owner %s: training on its own rows alone does not start from the model: its first layer is not a linear one with offsets, so there is no model for a single site in it", o.name)
		return nil, nil
	}
	params := atSite(o.start.params, o.index, len(o.job.Data.Owners))
	taken := slices.DeleteFunc(layerNames(params), func(layer string) bool { return !s.takes(layer) })
	return &Start{Owner: o.name, Only: taken, Freeze: s.Freeze}, &startFile{name: o.start.name, params: params}
}

// atSite returns the parameters of a model for one of the sites, the last columns of
// its rows: x·W + b in linear1, with the row of W for this site added to b, and
// without the rows for sites.
func atSite(params []blueprint.Param, site, sites int) []blueprint.Param {
	params = slices.Clone(params)
	var own []float64
	for i, p := range params {
		if p.Name == "linear1.weight" {
			features, out := p.Shape[0]-sites, p.Shape[1]
			own = p.Data[(features+site)*out:][:out]
			params[i].Shape, params[i].Data = []int{features, out}, p.Data[:features*out]
		}
	}
	for i, p := range params {
		if p.Name == "linear1.bias" && own != nil {
			params[i].Data = slices.Clone(p.Data)
			for c, v := range own {
				params[i].Data[c] += v
			}
		}
	}
	return params
}
