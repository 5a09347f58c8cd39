package blueprint

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/trefoil-ml/trefoil/layers"
)

// Layer describes one layer.
type Layer struct {
	Kind    string             // such as linear
	Options map[string]float64 // by name; New fills in those that are not given
}

// New returns the description of a layer with every option filled in. The options
// that are given are copied.
func New(kind string, options map[string]float64) (Layer, error) {
	k, err := find(kind)
	if err != nil {
		return Layer{}, err
	}
	l := Layer{Kind: kind, Options: maps.Clone(options)}
	if l.Options == nil {
		l.Options = map[string]float64{}
	}
	for _, o := range k.options {
		if _, given := l.Options[o.Name]; given {
			continue
		}
		if o.Required {
			return Layer{}, fmt.Errorf("blueprint: %s has no %s", kind, o.Name)
		}
		l.Options[o.Name] = o.Default
		if o.Like != "" {
			l.Options[o.Name] = l.Options[o.Like]
		}
	}
	return l, l.Check()
}

// Zero describes a linear layer whose weights begin with 0, which suits a model
// that is nothing else.
func Zero(out int) Layer {
	zero := float64(slices.Index(layers.Inits(), "zero"))
	return Layer{Kind: "linear", Options: map[string]float64{"out": float64(out), "init": zero, "bias": 1}}
}

// Check returns an error unless the kind is known, and all its options and no
// others are there, with values that they may have.
func (l Layer) Check() error {
	k, err := find(l.Kind)
	if err != nil {
		return err
	}
	for name := range l.Options {
		if !slices.ContainsFunc(k.options, func(o Option) bool { return o.Name == name }) {
			return fmt.Errorf("blueprint: %s has no option %q, want one of %s", l.Kind, name, strings.Join(OptionNames(l.Kind), ", "))
		}
	}
	for _, o := range k.options {
		v, given := l.Options[o.Name]
		if !given {
			return fmt.Errorf("blueprint: %s has no %s", l.Kind, o.Name)
		}
		if err := o.Check(v); err != nil {
			return fmt.Errorf("blueprint: %s: %w", l.Kind, err)
		}
	}
	return nil
}

// MarshalJSON writes {"linear":{"out":128}} with every option in the order of
// Options, but for switches at their default, and a bare word for a kind without options.
func (l Layer) MarshalJSON() ([]byte, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	options, _ := Options(l.Kind)
	if len(options) == 0 {
		return []byte(strconv.Quote(l.Kind)), nil
	}
	var parts []string
	for _, o := range options {
		if v := l.Options[o.Name]; !o.Switch || v != o.Default { // for the hashes of jobs from before there was one
			parts = append(parts, strconv.Quote(o.Name)+":"+o.text(v))
		}
	}
	return []byte("{" + strconv.Quote(l.Kind) + ":{" + strings.Join(parts, ",") + "}}"), nil
}

// get returns an option that is a whole number.
func (l Layer) get(name string) int { return int(l.Options[name]) }

// Kinds lists the kinds of layers.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Options lists the options of a kind.
func Options(kind string) ([]Option, error) {
	k, err := find(kind)
	return k.options, err
}

// OptionNames lists the names of the options of a kind that is known.
func OptionNames(kind string) []string {
	k, _ := find(kind)
	names := make([]string, len(k.options))
	for i, o := range k.options {
		names[i] = o.Name
	}
	return names
}

func find(name string) (kind, error) {
	all := kinds()
	if i := slices.IndexFunc(all, func(k kind) bool { return k.name == name }); i >= 0 {
		return all[i], nil
	}
	return kind{}, fmt.Errorf("blueprint: no kind of layer is named %q, want one of %s", name, strings.Join(Kinds(), ", "))
}
