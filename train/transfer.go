package train

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// SetWeights gives parameters the public values of another model, by name, to
// start from. Parameters without one keep theirs: leave out the last layer to
// train it for other classes. Values are rounded to the scale of the weights.
func SetWeights(params []*layers.Param, values map[string]tensor.Dense) error {
	shapes := map[string][]int{}
	for name, v := range values {
		shapes[name] = v.Shape()
	}
	chosen, err := match(params, shapes)
	if err != nil {
		return err
	}
	for _, p := range chosen {
		s := p.Value.Session()
		s.Temporary(func() { p.Value.Assign(s.Constant(values[p.Name], p.Value.Scale())) })
	}
	return nil
}

// SetSecretWeights is [SetWeights] for values that stay on shares, at a scale not
// above that of the weights.
func SetSecretWeights(params []*layers.Param, values map[string]tensor.Secret) error {
	shapes := map[string][]int{}
	for name, v := range values {
		shapes[name] = v.Shape()
	}
	chosen, err := match(params, shapes)
	if err != nil {
		return err
	}
	for _, p := range chosen {
		p.Value.Session().Temporary(func() { p.Value.Assign(values[p.Name].Lift(p.Value.Scale())) })
	}
	return nil
}

// match returns the parameters that are named, or says what does not fit.
func match(params []*layers.Param, shapes map[string][]int) (chosen []*layers.Param, err error) {
	byName := map[string]*layers.Param{}
	for _, p := range params {
		byName[p.Name] = p
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		p := byName[name]
		if p == nil {
			return nil, fmt.Errorf("train: got weights %q, which the model does not have; it has %s", name, quoted(params))
		}
		if want := p.Value.Shape(); !slices.Equal(want, shapes[name]) {
			return nil, fmt.Errorf("train: got weights %q of shape %s, want %s", name, tensor.ShapeString(shapes[name]), tensor.ShapeString(want))
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

func quoted(params []*layers.Param) string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = fmt.Sprintf("%q", p.Name)
	}
	return strings.Join(names, ", ")
}

// Freeze keeps the parameters of the named layers as they are in training: layer
// "linear 1" has the parameters "linear 1.weight" and "linear 1.bias". A backward
// pass ends at the first layer that is not frozen.
func Freeze(params []*layers.Param, names ...string) error {
	for _, name := range names {
		found := false
		for _, p := range params {
			if strings.HasPrefix(p.Name, name+".") {
				p.Frozen, found = true, true
			}
		}
		if !found {
			return fmt.Errorf("train: got layer %q to freeze, which has no parameters; the model has %s", name, quoted(params))
		}
	}
	return nil
}
