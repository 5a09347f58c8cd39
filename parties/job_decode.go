package parties

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder fills a job from the syntax tree of its file and notes where each
// value stood. It is stricter than yaml.Strict, which takes 1.5 or "7" for a
// whole number and a key without value for its default: a job must say what it
// is agreed to mean.
type decoder struct {
	src *source
	job *Job
}

func decodeInto(src *source, body ast.Node, j *Job) error {
	d := decoder{src, j}
	if err := d.value(body, reflect.ValueOf(j).Elem(), ""); err != nil {
		return err
	}
	return nil
}

// value decodes node n, which stands at path, into v.
func (d decoder) value(n ast.Node, v reflect.Value, path string) *JobError {
	d.src.note(path, n)
	switch v.Interface().(type) {
	case Audience:
		return d.audience(n, v, path)
	case [2]float64:
		return d.array(n, v, path)
	case Layers:
		return d.layers(n, v, path)
	}
	if list, ok := n.(*ast.SequenceNode); ok && path == "model" {
		v.SetString(NeuralNetwork)
		return d.layers(list, reflect.ValueOf(&d.job.Layers).Elem(), path)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.structure(n, v, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if x, ok := v.Interface().(interface{ defaults() }); ok {
			x.defaults()
		}
		return d.value(n, v.Elem(), path)
	case reflect.Slice:
		return d.slice(n, v, path)
	case reflect.Map:
		return d.dictionary(n, v, path)
	default:
		return d.scalar(n, v, path)
	}
}

// entries calls f with every key and value of a mapping.
func (d decoder) entries(n ast.Node, path string, f func(key string, kv *ast.MappingValueNode) *JobError) *JobError {
	m, ok := n.(ast.MapNode)
	if !ok {
		return d.mismatch(n, path, "a mapping of keys to values")
	}
	seen := map[string]place{}
	for it := m.MapRange(); it.Next(); {
		kv := it.KeyValue()
		key, at := text(kv.Key), placeOf(kv.Key.GetToken())
		if first, twice := seen[key]; twice {
			return d.src.errorHere(at, fmt.Sprintf("duplicate key %q%s, first given in line %d", key, within(path), first.line))
		}
		seen[key] = at
		if _, null := kv.Value.(*ast.NullNode); null {
			return d.src.errorHere(at, fmt.Sprintf("%s has no value", join(path, key)))
		}
		if err := f(key, kv); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) structure(n ast.Node, v reflect.Value, path string) *JobError {
	if x, ok := v.Addr().Interface().(fromWord); ok {
		if word, isWord := n.(*ast.StringNode); isWord {
			return d.wordOf(word, x, path)
		}
	}
	fields := fieldsOf(v)
	return d.entries(n, path, func(key string, kv *ast.MappingValueNode) *JobError {
		field, ok := fields[key]
		if !ok {
			return d.unknownKey(kv, path, key, v.Type())
		}
		return d.value(kv.Value, field, join(path, key))
	})
}

// fromWord is a mapping that may be written as one word.
type fromWord interface {
	fromWord(word string) bool
	words() []string
}

func (d decoder) wordOf(n *ast.StringNode, x fromWord, path string) *JobError {
	if x.fromWord(n.Value) {
		return nil
	}
	return d.src.errorHere(placeOf(n.GetToken()), fmt.Sprintf("%s is %s, which is unknown", path, quote(n.Value))).
		withHint("%s", suggest(n.Value, x.words()))
}

func (d decoder) dictionary(n ast.Node, v reflect.Value, path string) *JobError {
	v.Set(reflect.MakeMap(v.Type()))
	return d.entries(n, path, func(key string, kv *ast.MappingValueNode) *JobError {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(kv.Value, elem, join(path, key)); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key), elem)
		return nil
	})
}

func (d decoder) slice(n ast.Node, v reflect.Value, path string) *JobError {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		return d.mismatch(n, path, "a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	return d.elements(s, v, path)
}

func (d decoder) array(n ast.Node, v reflect.Value, path string) *JobError {
	s, ok := n.(*ast.SequenceNode)
	if !ok || len(s.Values) != v.Len() {
		return d.mismatch(n, path, "[minimum, maximum]")
	}
	return d.elements(s, v, path)
}

func (d decoder) elements(s *ast.SequenceNode, v reflect.Value, path string) *JobError {
	for i, n := range s.Values {
		if err := d.value(n, v.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

// audience takes `all`, one owner or a list of owners.
func (d decoder) audience(n ast.Node, v reflect.Value, path string) *JobError {
	if _, ok := n.(*ast.SequenceNode); ok {
		return d.slice(n, v, path)
	}
	var one string
	if err := d.scalar(n, reflect.ValueOf(&one).Elem(), path); err != nil {
		return d.mismatch(n, path, "all or a list of owners")
	}
	v.Set(reflect.ValueOf(Audience{one}))
	return nil
}

// fieldsOf maps the keys of a mapping to the fields of v.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for _, key := range keysOf(v.Type()) {
		fields[key.name] = v.Field(key.field)
	}
	return fields
}

type fieldKey struct {
	name  string
	field int
}

func keysOf(t reflect.Type) []fieldKey {
	var keys []fieldKey
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			keys = append(keys, fieldKey{name, i})
		}
	}
	return keys
}
