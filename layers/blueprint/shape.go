package blueprint

import (
	"errors"
	"fmt"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// LayerError says which layer of a list does not fit, and why.
type LayerError struct {
	Index int    // in the list, from 0
	Name  string // one of Names
	In    []int  // shape of the rows that it got; nil if its options are wrong
	Err   error
}

// Error names the layer.
func (e *LayerError) Error() string {
	return fmt.Sprintf("blueprint: %s: %v", e.Name, e.Err)
}

// Unwrap returns the reason.
func (e *LayerError) Unwrap() error { return e.Err }

// MaxWidth is the largest number of values of one row between two layers, and of
// the weights of one layer.
const MaxWidth = 1 << 26

// Check returns the shape of one row behind every layer, for rows of the input
// shape: features, or channels, height, width. The error is a *LayerError about
// the first layer that does not fit. At the input, and only there, images are
// taken for flat rows by a linear layer.
func Check(list []Layer, input []int) (shapes [][]int, err error) {
	if len(list) == 0 {
		return nil, errors.New("blueprint: got no layers, want at least one")
	}
	at := inputOf(list, input)
	for i, l := range list {
		if err := l.Check(); err != nil {
			return nil, &LayerError{i, Names(list)[i], nil, err}
		}
		out, err := l.out(at)
		if err != nil {
			return nil, &LayerError{i, Names(list)[i], at, err}
		}
		shapes, at = append(shapes, out), out
	}
	return shapes, nil
}

// out returns the shape behind a layer for rows of a shape before it.
func (l Layer) out(in []int) ([]int, error) {
	out, err := l.spec().Shape(in)
	if err != nil {
		return nil, err
	}
	k, err := find(l.Kind)
	if err != nil {
		return nil, err
	}
	if weights := k.weights(l, in); product(out) > MaxWidth || len(weights) > 0 && product(weights[0].Shape) > MaxWidth {
		return nil, fmt.Errorf("%s from %s makes more than %d numbers", tensor.ShapeString(out), tensor.ShapeString(in), MaxWidth)
	}
	return out, nil
}

// inputOf is the shape that the first layer sees.
func inputOf(list []Layer, input []int) []int {
	if list[0].Kind == "linear" {
		return []int{product(input)}
	}
	return input
}

// before returns the shape of a row before layer i.
func before(shapes [][]int, list []Layer, input []int, i int) []int {
	if i > 0 {
		return shapes[i-1]
	}
	return inputOf(list, input)
}

// specs is the list as package layers has it, for flat rows.
func specs(list []Layer, input []int) []layers.Spec {
	var all []layers.Spec
	if len(inputOf(list, input)) > 1 {
		all = append(all, layers.Spec{Kind: "reshape", To: input})
	}
	for _, l := range list {
		all = append(all, l.spec())
	}
	return all
}

// Size is how many numbers a row of a shape has.
func Size(shape []int) int { return product(shape) }

// product multiplies sizes, and stops growing far above MaxWidth.
func product(shape []int) int {
	n := 1
	for _, v := range shape {
		if n *= v; n > 1<<40 {
			return 1 << 40
		}
	}
	return n
}
