package parties

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// scalar decodes a word, a number or true and false.
func (d decoder) scalar(n ast.Node, v reflect.Value, path string) *JobError {
	switch v.Kind() {
	case reflect.String:
		return d.word(n, v, path)
	case reflect.Float64:
		return d.float(n, v, path)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return d.mismatch(n, path, "true or false")
		}
		v.SetBool(b.Value)
		return nil
	default:
		return d.whole(n, v, path)
	}
}

// word takes a string, and a bare number or true as the letters it is written
// with: a column or an owner may be called 12.
func (d decoder) word(n ast.Node, v reflect.Value, path string) *JobError {
	switch n := n.(type) {
	case *ast.StringNode:
		v.SetString(n.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		v.SetString(text(n))
	default:
		return d.mismatch(n, path, "a word")
	}
	return nil
}

func (d decoder) whole(n ast.Node, v reflect.Value, path string) *JobError {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		return d.mismatch(n, path, "a whole number")
	}
	switch x := i.Value.(type) {
	case int64: // goccy: the negative ones
		if v.CanInt() && !v.OverflowInt(x) {
			v.SetInt(x)
			return nil
		}
	case uint64:
		if v.CanUint() {
			v.SetUint(x)
			return nil
		}
		if x <= math.MaxInt32 { // no setting of a job is larger, on any platform
			v.SetInt(int64(x))
			return nil
		}
	}
	return d.outOfRange(n, path)
}

func (d decoder) float(n ast.Node, v reflect.Value, path string) *JobError {
	switch n := n.(type) {
	case *ast.FloatNode:
		v.SetFloat(n.Value)
	case *ast.IntegerNode:
		return d.floatOfWhole(n, v, path)
	case *ast.InfinityNode, *ast.NanNode:
		return d.mismatch(n, path, "a finite number")
	case *ast.StringNode:
		x, ok := exponential(n)
		if !ok {
			return d.mismatch(n, path, "a number")
		}
		v.SetFloat(x)
	default:
		return d.mismatch(n, path, "a number")
	}
	if math.IsInf(v.Float(), 0) || math.IsNaN(v.Float()) {
		return d.mismatch(n, path, "a finite number")
	}
	return nil
}

// exponential reads a bare 1e-3 or 2E6, which YAML has as a number and goccy,
// for want of a point, as a string.
func exponential(n *ast.StringNode) (float64, bool) {
	if n.Token.Type != token.StringType || strings.Trim(n.Value, "0123456789+-.eE") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(n.Value, 64)
	return x, err == nil || errors.Is(err, strconv.ErrRange)
}

func (d decoder) floatOfWhole(n *ast.IntegerNode, v reflect.Value, path string) *JobError {
	switch x := n.Value.(type) {
	case int64:
		v.SetFloat(float64(x))
	case uint64:
		v.SetFloat(float64(x))
	default: // more than 64 bits
		return d.outOfRange(n, path)
	}
	return nil
}
