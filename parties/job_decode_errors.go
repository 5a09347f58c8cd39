package parties

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// mismatch says what stands at path and what was wanted there.
func (d decoder) mismatch(n ast.Node, path, want string) *JobError {
	at := placeOf(n.GetToken())
	if path == "" {
		return d.src.errorHere(at, fmt.Sprintf("the job file is %s, want %s", describe(n), want))
	}
	e := d.src.errorHere(at, fmt.Sprintf("%s is %s, want %s", path, describe(n), want))
	switch path {
	case "model":
		return e.withHint("one of %s, or a list of layers", strings.Join(words("model"), ", "))
	case "data.test":
		return e.withHint("write test: {file: test.csv}")
	}
	return e
}

// unknownKey names the key that was probably meant.
func (d decoder) unknownKey(kv *ast.MappingValueNode, path, key string, t reflect.Type) *JobError {
	at := placeOf(kv.Key.GetToken())
	if hint := reserved(join(path, key)); hint != "" {
		msg := fmt.Sprintf("%s is not in this version", join(path, key))
		return d.src.errorHere(at, msg).withHint("%s", hint)
	}
	var known []string
	for _, k := range keysOf(t) {
		known = append(known, k.name)
	}
	e := d.src.errorHere(at, fmt.Sprintf("unknown key %s%s", quote(key), within(path)))
	return e.withHint("%s", suggest(key, known))
}

func (d decoder) outOfRange(n ast.Node, path string) *JobError {
	return d.src.errorHere(placeOf(n.GetToken()), fmt.Sprintf("%s is %s, which is out of range", path, text(n)))
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// text is a scalar as written.
func text(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return strings.TrimSpace(n.GetToken().Value)
}

// quote quotes the beginning of what may be a whole file.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// describe says what a node is in the words of a user.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return quote(n.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return text(n)
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "empty"
	case *ast.AnchorNode, *ast.AliasNode:
		return "an anchor or alias"
	case *ast.LiteralNode:
		return "a text block"
	default:
		return "of another kind"
	}
}
