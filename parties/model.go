package parties

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// receiveModel rebuilds the joint model at an owner, in original units.
func (r *run) receiveModel(ctx context.Context, o *owner) error {
	v, err := r.receive(ctx, o, itemModel)
	if err != nil {
		return fmt.Errorf("owner %s: joint model: %w", o.name, err)
	}
	o.model = r.newModel(o, v)
	return nil
}

// newModel turns trained weights (features, sites, intercept) into a model.
func (r *run) newModel(o *owner, weights tensor.Dense) *Model {
	features := o.train.Features
	d, w := len(features), weights.Data()
	m := &Model{
		Kind: r.job.Model, Target: r.job.Data.Target, Features: features,
		Standardiser: &Standardiser{Mean: o.standard.Mean, Scale: o.standard.Scale},
		Standardised: &Linear{Coefficients: w[:d], Intercept: w[len(w)-1]},
	}
	m.Coefficients, m.Intercept = o.standard.Unstandardise(w[:d], w[len(w)-1])
	if r.job.Data.SiteIntercepts {
		m.SiteIntercepts = map[string]float64{}
		for i, other := range r.owners {
			m.SiteIntercepts[other.name] = w[d+i]
		}
	}
	return m
}

// Logits returns intercept + site + Σ_j coefficients[j]·x[j] for every row of x
// (n×features, original units). A site that the model does not know adds 0.
func (m *Model) Logits(x tensor.Dense, site string) []float64 {
	out := make([]float64, x.Shape()[0])
	for i := range out {
		z := m.Intercept + m.SiteIntercepts[site]
		for j, v := range x.Row(i).Data() {
			z += m.Coefficients[j] * v
		}
		out[i] = z
	}
	return out
}
