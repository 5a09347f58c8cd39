package parties

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// Layers are the layers of a network, in order.
type Layers []blueprint.Layer

// layers decodes a list of layers: words, or mappings of one kind to its options.
func (d decoder) layers(n ast.Node, v reflect.Value, path string) *JobError {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		return d.mismatch(n, path, "a list of layers")
	}
	if v.Len() > 0 {
		return d.src.errorHere(placeOf(n.GetToken()), "the layers are given twice, as model and as layers")
	}
	list := make(Layers, len(s.Values))
	for i, item := range s.Values {
		l, err := d.layer(item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return err
		}
		list[i] = l
	}
	v.Set(reflect.ValueOf(list))
	return nil
}

func (d decoder) layer(n ast.Node, path string) (l blueprint.Layer, err *JobError) {
	d.src.note(path, n)
	if word, ok := n.(*ast.StringNode); ok {
		return d.newLayer(n, word.Value, nil)
	}
	if _, ok := n.(ast.MapNode); ok {
		return d.layerWithOptions(n)
	}
	return l, d.mismatch(n, "this item", "a layer, such as relu or linear: {out: 10}")
}

// layerWithOptions decodes {kind: {option: value, …}}. Its errors name the kind, and by
// their place say which of that kind.
func (d decoder) layerWithOptions(n ast.Node) (l blueprint.Layer, err *JobError) {
	found := 0
	err = d.entries(n, "", func(kind string, kv *ast.MappingValueNode) *JobError {
		if found++; found > 1 {
			return d.src.errorHere(placeOf(kv.Key.GetToken()), fmt.Sprintf("this item has a second kind of layer, %s, want one in each item of the list", quote(kind)))
		}
		if err := d.knownLayer(kv.Key, kind); err != nil {
			return err
		}
		options, err := d.layerOptions(kv.Value, kind)
		if err != nil {
			return err
		}
		l, err = d.newLayer(kv.Key, kind, options)
		return err
	})
	if err == nil && found == 0 {
		err = d.mismatch(n, "this item", "a layer, such as relu or linear: {out: 10}")
	}
	return l, err
}

func (d decoder) knownLayer(at ast.Node, kind string) *JobError {
	if slices.Contains(blueprint.Kinds(), kind) {
		return nil
	}
	e := d.src.errorHere(placeOf(at.GetToken()), "unknown layer "+quote(kind))
	if strings.ToLower(kind) == withinLoss(SoftmaxCrossEntropy) {
		return e.withHint("leave it out: it is part of %s", SoftmaxCrossEntropy)
	}
	return e.withHint("%s", suggest(kind, blueprint.Kinds()))
}

func (d decoder) layerOptions(n ast.Node, kind string) (map[string]float64, *JobError) {
	values := map[string]float64{}
	err := d.entries(n, kind, func(name string, kv *ast.MappingValueNode) *JobError {
		known, _ := blueprint.Options(kind) // knownLayer has looked
		i := slices.IndexFunc(known, func(o blueprint.Option) bool { return o.Name == name })
		if i < 0 {
			e := d.src.errorHere(placeOf(kv.Key.GetToken()), fmt.Sprintf("unknown option %s of %s", quote(name), kind))
			if len(known) == 0 {
				return e.withHint("%s has no options: write - %s", kind, kind)
			}
			return e.withHint("%s", suggest(name, blueprint.OptionNames(kind)))
		}
		v, err := d.layerOption(kv.Value, known[i], join(kind, name))
		values[name] = v
		return err
	})
	return values, err
}

// layerOption decodes one value and checks it.
func (d decoder) layerOption(n ast.Node, o blueprint.Option, path string) (v float64, err *JobError) {
	if len(o.Words) > 0 {
		word, bad := o.Parse(text(n))
		if bad != nil {
			return 0, d.src.errorHere(placeOf(n.GetToken()), bad.Error()).withHint("%s", suggest(text(n), o.Words))
		}
		return word, nil
	}
	if o.Switch {
		var on bool
		err := d.scalar(n, reflect.ValueOf(&on).Elem(), path)
		return switched(on), err
	}
	if err := d.float(n, reflect.ValueOf(&v).Elem(), path); err != nil {
		return 0, err
	}
	if bad := o.Check(v); bad != nil {
		return 0, d.src.errorHere(placeOf(n.GetToken()), parent(path)+"."+bad.Error())
	}
	return v, nil
}

// switched is the number of an option that is on or off.
func switched(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// newLayer completes a layer with defaults.
func (d decoder) newLayer(at ast.Node, kind string, options map[string]float64) (blueprint.Layer, *JobError) {
	if err := d.knownLayer(at, kind); err != nil {
		return blueprint.Layer{}, err
	}
	known, _ := blueprint.Options(kind)
	for _, o := range known {
		if _, given := options[o.Name]; o.Required && !given {
			return blueprint.Layer{}, d.src.errorHere(placeOf(at.GetToken()), fmt.Sprintf("%s has no %s", kind, o.Name)).
				withHint("write - %s: {%s: …}", kind, o.Name)
		}
	}
	l, err := blueprint.New(kind, options)
	if err != nil {
		return l, d.src.errorHere(placeOf(at.GetToken()), err.Error())
	}
	return l, nil
}
