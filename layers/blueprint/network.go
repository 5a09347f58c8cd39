package blueprint

import (
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/layers"
)

// Param is one tensor of trained weights.
type Param struct {
	Name  string    // layer and part, as in linear1.weight
	Shape []int     // weight of a linear layer: in×out; of a convolution: out×(in/groups·kernel²)
	Data  []float64 // row by row
}

// Network is a trained network, in the clear.
type Network struct {
	Input  []int // shape of a row: features, or channels, height, width
	Layers []Layer
	Params []Param
}

// Names returns the names of the layers: kind and number, as conv2d1.
func Names(list []Layer) []string {
	specs := make([]layers.Spec, len(list))
	for i, l := range list {
		specs[i].Kind = l.Kind
	}
	return layers.Names(specs)
}

// Params returns names and shapes of the weights of a list of layers, without
// data: the parameters in the order in which Build's network has them, then its
// buffers. The error is that of Check.
func Params(list []Layer, input []int) (all []Param, err error) {
	shapes, err := Check(list, input)
	if err != nil {
		return nil, err
	}
	var buffers []Param
	for i, name := range Names(list) {
		k, _ := find(list[i].Kind)
		in := before(shapes, list, input, i)
		all = append(all, named(name, k.weights(list[i], in))...)
		buffers = append(buffers, named(name, k.buffers(list[i], in))...)
	}
	return append(all, buffers...), nil
}

func named(layer string, params []Param) []Param {
	for i := range params {
		params[i].Name = layer + "." + params[i].Name
	}
	return params
}

// Count returns the number of weights.
func Count(params []Param) (n int) {
	for _, p := range params {
		n += product(p.Shape)
	}
	return n
}

// NewNetwork returns the network with weights cut from one vector, in the order
// of Params.
func NewNetwork(list []Layer, input []int, weights []float64) (*Network, error) {
	params, err := Params(list, input)
	if err != nil {
		return nil, err
	}
	if want := Count(params); len(weights) != want {
		return nil, fmt.Errorf("blueprint: got %d weights, want %d", len(weights), want)
	}
	for i, p := range params {
		n := product(p.Shape)
		params[i].Data, weights = slices.Clone(weights[:n]), weights[n:]
	}
	return &Network{Input: input, Layers: list, Params: params}, nil
}

// rows are some rows between two layers.
type rows struct {
	x     []float64 // n·product(shape)
	n     int
	shape []int
}

// Forward returns the output for rows of x, row by row: n·out numbers for n·in. It
// is what Build's network gives in use, in float64. It panics unless x is made of
// whole rows, and the network is one that NewNetwork makes.
func (n *Network) Forward(x []float64) []float64 {
	shapes, err := Check(n.Layers, n.Input)
	if err != nil {
		panic(err.Error())
	}
	width := product(n.Input)
	if len(x)%width != 0 {
		panic(fmt.Sprintf("blueprint: got %d numbers, want rows of %d", len(x), width))
	}
	r := rows{x: x, n: len(x) / width}
	weights, buffers := n.Params, n.Params[n.trained(shapes):]
	for i, l := range n.Layers {
		k, _ := find(l.Kind)
		r.shape = before(shapes, n.Layers, n.Input, i)
		own, kept := len(k.weights(l, r.shape)), len(k.buffers(l, r.shape))
		r.x = k.plain(r, l, slices.Concat(weights[:own], buffers[:kept]))
		weights, buffers = weights[own:], buffers[kept:]
	}
	return r.x
}

// trained counts the tensors that are trained.
func (n *Network) trained(shapes [][]int) (count int) {
	for i, l := range n.Layers {
		k, _ := find(l.Kind)
		count += len(k.weights(l, before(shapes, n.Layers, n.Input, i)))
	}
	return count
}

// Outputs returns how many numbers the network gives for a row; 0 if its layers
// do not fit.
func (n *Network) Outputs() int {
	shapes, err := Check(n.Layers, n.Input)
	if err != nil {
		return 0
	}
	return product(shapes[len(shapes)-1])
}
