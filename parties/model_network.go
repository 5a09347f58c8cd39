package parties

import (
	"runtime"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// newNetwork turns trained weights into a model.
func (o *OwnerSide) newNetwork(w []float64) (*Model, error) {
	input := []int{o.width()}
	if o.images != nil {
		input = o.images.Shape()
	}
	net, err := blueprint.NewNetwork(o.job.network(), input, w)
	if err != nil {
		return nil, err
	}
	m := &Model{Kind: o.job.Model, Target: o.job.Data.Target, Classes: o.job.Data.Classes, Network: net}
	if o.images != nil {
		pixel := o.job.pixel()
		m.Pixel = &pixel
		return m, nil
	}
	m.Features = o.train.Features
	m.Standardiser = &Standardiser{Mean: o.standard.Mean, Scale: o.standard.Scale}
	if o.job.Data.SiteIntercepts {
		m.Sites = o.job.OwnerNames()
	}
	if o.job.task() == predictsNumbers {
		m.Unit = &TargetUnit{Mean: o.unit.Center, Scale: o.unit.Scale}
	}
	return m, nil
}

// Outputs returns what the model says of every row of x (n×features, original
// units): a logit, one logit for each class, or the number predicted. A site that
// the model does not know is that of no owner.
func (m *Model) Outputs(x tensor.Dense, site string) []float64 {
	if m.Network == nil {
		return m.Logits(x, site)
	}
	z := m.standardiser().Apply(x)
	if len(m.Sites) > 0 {
		z = appendSite(z, slices.Index(m.Sites, site), len(m.Sites))
	}
	out := m.forward(z.Data())
	if m.Unit != nil {
		for i := range out {
			out[i] = m.Unit.Mean + m.Unit.Scale*out[i]
		}
	}
	return out
}

func (m *Model) standardiser() datasets.Standardiser {
	return datasets.Standardiser{Features: m.Features, Mean: m.Standardiser.Mean, Scale: m.Standardiser.Scale}
}

// appendSite is datasets.AppendSite, with zeros for a site of -1.
func appendSite(x tensor.Dense, site, sites int) tensor.Dense {
	if site >= 0 {
		return datasets.AppendSite(x, site, sites)
	}
	wide := datasets.AppendSite(x, 0, sites)
	for i := range x.Shape()[0] {
		wide.Row(i).Data()[x.Shape()[1]] = 0
	}
	return wide
}

// imageOutputs returns what the model says of images.
func (m *Model) imageOutputs(images *datasets.Images) []float64 {
	return m.forward(images.Dense(*m.Pixel).Data())
}

// forwardRows is how many rows are applied together: their values stay in the
// cache.
const forwardRows = 16

// forward applies the network to flat rows, on all processors.
func (m *Model) forward(x []float64) []float64 {
	width, outs := blueprint.Size(m.Network.Input), m.Network.Outputs()
	out := make([]float64, len(x)/width*outs)
	var all sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for lo := range next {
				hi := min(lo+forwardRows, len(x)/width)
				copy(out[lo*outs:hi*outs], m.Network.Forward(x[lo*width:hi*width]))
			}
		})
	}
	for lo := 0; lo < len(x)/width; lo += forwardRows {
		next <- lo
	}
	close(next)
	all.Wait()
	return out
}
