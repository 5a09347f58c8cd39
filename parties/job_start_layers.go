package parties

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/trefoil-ml/trefoil/layers"
)

// layerForm is one layer in its JSON form, without what only matters at the
// beginning of training and in it: init, and dropout as a whole.
type layerForm struct {
	index      int // in the list
	name, kind string
	options    map[string]any
}

// layerForms reads a list of layers as JSON has it: words, and mappings of a kind to
// its options.
func layerForms(list []any) (forms []layerForm) {
	specs := make([]layers.Spec, len(list))
	for i, l := range list {
		f := layerForm{index: i}
		f.kind, _ = l.(string)
		if m, ok := l.(map[string]any); ok {
			for kind, options := range m {
				f.kind = kind
				f.options, _ = options.(map[string]any)
			}
		}
		delete(f.options, "init")
		specs[i].Kind = f.kind
		forms = append(forms, f)
	}
	for i, name := range layers.Names(specs) {
		forms[i].name = name
	}
	return slices.DeleteFunc(forms, func(f layerForm) bool { return f.kind == "dropout" })
}

// layerNames lists the layers of the file.
func (f *startFile) layerNames() (names []string) {
	for _, l := range layerForms(f.Layers) {
		names = append(names, l.name)
	}
	return names
}

// withoutBias tells whether a layer of the file is one without offsets.
func (f *startFile) withoutBias(layer string) bool {
	return slices.ContainsFunc(layerForms(f.Layers), func(l layerForm) bool { return l.name == layer && l.options["bias"] == false })
}

// checkStartLayers tells whether the layers of the file are those of the job, up to
// the last one that is taken. Of layers with weights that are not taken only the
// kind has to be the same.
func (j *Job) checkStartLayers(file *startFile, taken, weighted []string) *JobError {
	var list []any
	text, err := json.Marshal(j.startLayers())
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		return j.ErrorAt("model", "%v", err)
	}
	mine, theirs := layerForms(list), layerForms(file.Layers)
	last := 0
	for i, f := range mine {
		if slices.Contains(taken, f.name) {
			last = i + 1
		}
	}
	for i, f := range mine[:last] {
		other := layerForm{name: "no layer"}
		if i < len(theirs) {
			other = theirs[i]
		}
		var e *JobError
		if other.kind != f.kind {
			e = j.ErrorAt(j.layerPath(f.index), "%s stands where %s has %s", f.name, file.name, other.name)
		} else if slices.Contains(taken, f.name) || !slices.Contains(weighted, f.name) {
			e = j.differing(file.name, f, other)
		}
		if e != nil {
			return e.withHint("up to %s, all layers must be those of the file; start.only lists the layers to take", mine[last-1].name)
		}
	}
	return nil
}

// differing refuses another value of an option.
func (j *Job) differing(file string, f, other layerForm) *JobError {
	for _, option := range slices.Sorted(maps.Keys(f.options)) {
		if want, got := f.options[option], other.options[option]; want != got {
			return j.ErrorAt(j.layerPath(f.index), "%s has %s: %v, and in %s %v", f.name, option, want, file, got)
		}
	}
	return nil
}
