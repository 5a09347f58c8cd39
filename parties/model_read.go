package parties

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// UnmarshalJSON reads what MarshalJSON writes: the model.json of a job.
func (m *Model) UnmarshalJSON(text []byte) error {
	var in networkJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	if in.Layers == nil {
		type plain Model // without this method
		return json.Unmarshal(text, (*plain)(m))
	}
	net := &blueprint.Network{Input: in.Input, Layers: in.Layers}
	want, err := blueprint.Params(net.Layers, net.Input)
	if err != nil {
		return err
	}
	for i, p := range in.Parameters {
		w, err := decodeWeights(p)
		if err != nil {
			return err
		}
		if i >= len(want) || want[i].Name != w.Name || !slices.Equal(want[i].Shape, w.Shape) {
			return fmt.Errorf("parties: weights %s of shape %s do not fit the layers of the model", w.Name, tensor.ShapeString(w.Shape))
		}
		net.Params = append(net.Params, w)
	}
	if len(net.Params) != len(want) {
		return fmt.Errorf("parties: the model has %d tensors of weights, want %d", len(net.Params), len(want))
	}
	*m = Model{
		Kind: in.Kind, Target: in.Target, Classes: in.Classes, Features: in.Features, Sites: in.Sites,
		Standardiser: in.Standardiser, Pixel: in.Pixel, Unit: in.Unit, Network: net,
	}
	return nil
}

// UnmarshalJSON reads layers as [blueprint.Layer] writes them: words, or one kind
// with its options each.
func (l *Layers) UnmarshalJSON(text []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	list := make(Layers, len(items))
	for i, item := range items {
		var err error
		if list[i], err = layerOfJSON(item); err != nil {
			return err
		}
	}
	*l = list
	return nil
}

func layerOfJSON(text json.RawMessage) (l blueprint.Layer, err error) {
	var word string
	if json.Unmarshal(text, &word) == nil {
		return blueprint.New(word, nil)
	}
	var kinds map[string]map[string]any
	if err := json.Unmarshal(text, &kinds); err != nil {
		return l, err
	}
	if len(kinds) != 1 {
		return l, errors.New("parties: got a layer of no kind, or of several, want one")
	}
	for kind, given := range kinds {
		known, err := blueprint.Options(kind)
		if err != nil {
			return l, err
		}
		options := map[string]float64{}
		for name, v := range given {
			if options[name], err = optionOfJSON(known, name, v); err != nil {
				return l, err
			}
		}
		l, err = blueprint.New(kind, options)
		return l, err
	}
	return l, nil
}

// optionOfJSON returns the number that an option has, or its word stands for.
func optionOfJSON(known []blueprint.Option, name string, v any) (float64, error) {
	i := slices.IndexFunc(known, func(o blueprint.Option) bool { return o.Name == name })
	switch v := v.(type) {
	case float64:
		return v, nil
	case string:
		if i >= 0 {
			return known[i].Parse(v)
		}
	case bool:
		if i >= 0 && known[i].Switch {
			return switched(v), nil
		}
	}
	return 0, fmt.Errorf("parties: got option %s of a layer that is no number and no word", name)
}
