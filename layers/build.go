package layers

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Shapes returns the shape of a row of output of each layer for rows of this
// shape. An error names the layer, what it got and what it wants.
func Shapes(specs []Spec, in []int) ([][]int, error) {
	names, out := Names(specs), make([][]int, len(specs))
	for i, l := range specs {
		shape, err := l.Shape(in)
		if err != nil {
			return nil, fmt.Errorf("layers: %s: %w", names[i], err)
		}
		out[i], in = shape, shape
	}
	return out, nil
}

// Names returns the names of layers: the kind, and a number counted from 1 for
// each kind, as in Keras.
func Names(specs []Spec) []string {
	names, count := make([]string, len(specs)), map[string]int{}
	for i, l := range specs {
		count[l.Kind]++
		names[i] = fmt.Sprintf("%s%d", l.Kind, count[l.Kind])
	}
	return names
}

// Build makes a network for rows of this shape, with initial weights that depend
// on the seed.
func Build(s *tensor.Session, specs []Spec, in []int, seed uint64) (*Sequential, error) {
	shapes, err := Shapes(specs, in)
	if err != nil {
		return nil, err
	}
	names, ls := Names(specs), make([]Layer, len(specs))
	for i, l := range specs {
		ls[i] = l.build(s, names[i], in, seed+uint64(i)*seedStep)
		in = shapes[i]
	}
	return NewSequential("network", ls...), nil
}

// seedStep keeps the seeds of layers apart: 2^64 over the golden ratio.
const seedStep = 0x9e3779b97f4a7c15

// build makes the layer; its shape has been checked.
func (l Spec) build(s *tensor.Session, name string, in []int, seed uint64) Layer {
	switch l.Kind {
	case "linear":
		layer := NewLinear(s, name, in[0], l.Out)
		layer.noBias, layer.B.Frozen = l.NoBias, l.NoBias
		l.initialise(layer, seed)
		return layer
	case "conv2d":
		layer := NewConv2D(s, name, in[0], l.Out, l.window(), max(l.Groups, 1))
		layer.noBias, layer.B.Frozen = l.NoBias, l.NoBias
		l.initialise(layer, seed)
		return layer
	case "leaky_relu":
		return NewLeakyReLU(name, l.Slope)
	case "max_pool2d":
		return NewMaxPool2D(name, l.window())
	case "avg_pool2d":
		return NewAvgPool2D(name, l.window())
	case "batch_norm":
		return NewBatchNorm(s, name, in[0])
	case "reshape":
		return NewReshape(name, l.To...)
	case "dropout":
		return NewDropout(name, l.P, seed)
	}
	return l.buildPlain(name)
}

// buildPlain makes a layer that has a name only.
func (l Spec) buildPlain(name string) Layer {
	switch l.Kind {
	case "sigmoid":
		return NewSigmoidLayer(name)
	case "tanh":
		return NewTanh(name)
	case "silu":
		return NewSiLU(name)
	case "gelu":
		return NewGELU(name)
	case "flatten":
		return NewFlatten(name)
	}
	return NewReLU(name)
}

// initialise sets the weights as the description says.
func (l Spec) initialise(layer interface{ Init(init Init) }, seed uint64) {
	switch l.Init {
	case "zero":
	case "he_uniform":
		layer.Init(HeUniform(seed))
	case "glorot_normal":
		layer.Init(GlorotNormal(seed))
	case "glorot_uniform":
		layer.Init(GlorotUniform(seed))
	case "torch":
		layer.Init(Torch(seed))
	default:
		layer.Init(HeNormal(seed))
	}
}
