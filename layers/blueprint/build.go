package blueprint

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Build returns the network on secrets, for flat rows (batch×values) of this
// shape, with initial weights that depend on the seed. Its parameters are those
// of Params, in order.
func Build(s *tensor.Session, list []Layer, input []int, seed uint64) (*layers.Sequential, error) {
	if _, err := Check(list, input); err != nil {
		return nil, err
	}
	return layers.Build(s, specs(list, input), []int{product(input)}, seed)
}
