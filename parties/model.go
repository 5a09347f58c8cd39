package parties

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// acceptModel rebuilds the joint model and judges it.
func (o *OwnerSide) acceptModel(ctx context.Context, from []Delivered) error {
	v, err := combine(from)
	if err != nil {
		return err
	}
	if o.job.network() != nil {
		o.model, err = o.newNetwork(v.Data())
	} else {
		o.model, err = o.newLinear(v.Data())
	}
	if err != nil {
		return err
	}
	o.evaluate(ctx)
	return nil
}

// width is the number of columns that the servers see: features and sites, or
// pixels.
func (o *OwnerSide) width() int {
	if o.images != nil {
		return o.images.Features()
	}
	return o.job.columns(len(o.train.Features))
}

// newLinear turns trained weights (features, sites, intercept) into a model in
// original units.
func (o *OwnerSide) newLinear(w []float64) (*Model, error) {
	if want := o.width() + 1; len(w) != want {
		return nil, fmt.Errorf("got %d weights, want %d", len(w), want)
	}
	features := o.train.Features
	d, unit := len(features), 1.
	m := &Model{
		Kind: o.job.Model, Target: o.job.Data.Target, Features: features,
		Standardiser: &Standardiser{Mean: o.standard.Mean, Scale: o.standard.Scale},
		Standardised: &Linear{Coefficients: w[:d], Intercept: w[len(w)-1]},
	}
	m.Coefficients, m.Intercept = o.standard.Unstandardise(w[:d], w[len(w)-1])
	if o.job.task() == predictsNumbers {
		unit = o.unit.Scale
		m.Unit = &TargetUnit{Mean: o.unit.Center, Scale: unit}
		for j := range m.Coefficients {
			m.Coefficients[j] *= unit
		}
		m.Intercept = o.unit.Center + unit*m.Intercept
	}
	if o.job.Data.SiteIntercepts {
		m.SiteIntercepts = map[string]float64{}
		for i, other := range o.job.OwnerNames() {
			m.SiteIntercepts[other] = unit * w[d+i]
		}
	}
	return m, nil
}

// Logits returns intercept + site + Σ_j coefficients[j]·x[j] for every row of x
// (n×features, original units), for a model that has them. A site that the model
// does not know adds 0.
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
