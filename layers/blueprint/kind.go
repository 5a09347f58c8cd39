package blueprint

import (
	"math"
	"slices"

	"github.com/trefoil-ml/trefoil/layers"
)

// kind is a kind of layer.
type kind struct {
	name    string
	options []Option
	weights func(l Layer, in []int) []Param // names and shapes, in the order of layers.Layer.Params
	buffers func(l Layer, in []int) []Param // likewise, of layers.Buffered
	plain   func(r rows, l Layer, w []Param) []float64
}

// kinds is the table of all kinds.
func kinds() []kind {
	return []kind{
		{"linear", []Option{whole("out", 1, 1<<20).required(), start(), bias()}, linearWeights, none, plainLinear},
		{"conv2d", convOptions(), convWeights, none, plainConv2D},
		each("relu", func(_ Layer, v float64) float64 { return math.Max(v, 0) }),
		each("leaky_relu", func(l Layer, v float64) float64 { return math.Max(v, 0) + l.Options["slope"]*math.Min(v, 0) },
			Option{Name: "slope", Default: .01, Max: .999}),
		each("sigmoid", func(_ Layer, v float64) float64 { return logistic(v) }),
		each("tanh", func(_ Layer, v float64) float64 { return math.Tanh(v) }),
		each("silu", func(_ Layer, v float64) float64 { return v * logistic(v) }),
		each("gelu", func(_ Layer, v float64) float64 { return v * .5 * math.Erfc(-v/math.Sqrt2) }),
		{"max_pool2d", poolOptions(), none, none, plainMaxPool2D},
		{"avg_pool2d", poolOptions(), none, none, plainAvgPool2D},
		{"flatten", nil, none, none, unchanged},
		{"dropout", []Option{{Name: "p", Default: .5, Max: .99}}, none, none, unchanged},
		{"batch_norm", nil, perChannel("weight", "bias"), perChannel("running_mean", "running_var"), plainBatchNorm},
	}
}

// spec is the description as package layers has it.
func (l Layer) spec() layers.Spec {
	pair := func(name string) [2]int { return [2]int{l.get(name), l.get(name)} }
	s := layers.Spec{
		Kind: l.Kind, Out: l.get("out"), Kernel: pair("kernel"), Stride: pair("stride"), Padding: pair("padding"),
		Groups: l.get("groups"), Slope: l.Options["slope"], P: l.Options["p"],
	}
	if with, given := l.Options["bias"]; given {
		s.NoBias = with == 0
	}
	if i, given := l.Options["init"]; given {
		s.Init = layers.Inits()[int(i)]
	}
	return s
}

// start is how the weights of a layer begin.
func start() Option {
	names := layers.Inits()
	return Option{Name: "init", Words: names, Max: float64(len(names) - 1), Default: float64(slices.Index(names, "he_normal"))}
}

// bias is whether a layer has offsets.
func bias() Option { return Option{Name: "bias", Switch: true, Whole: true, Max: 1, Default: 1} }

func convOptions() []Option {
	return []Option{
		whole("out", 1, 1<<16).required(), whole("kernel", 1, 64).required(), whole("stride", 1, 64).or(1),
		whole("padding", 0, 63), whole("groups", 1, 1<<16).or(1), start(), bias(),
	}
}

func poolOptions() []Option {
	return []Option{whole("kernel", 1, 64).required(), whole("stride", 1, 64).like("kernel"), whole("padding", 0, 32)}
}

func linearWeights(l Layer, in []int) []Param {
	return weightAndBias(l, in[0], l.get("out"))
}

func convWeights(l Layer, in []int) []Param {
	fan := in[0] / l.get("groups") * l.get("kernel") * l.get("kernel")
	return weightAndBias(l, l.get("out"), fan)
}

func weightAndBias(l Layer, rows, cols int) []Param {
	list := []Param{{Name: "weight", Shape: []int{rows, cols}}, {Name: "bias", Shape: []int{1, l.get("out")}}}
	return list[:1+l.get("bias")]
}

// perChannel are tensors of one number for each channel.
func perChannel(names ...string) func(Layer, []int) []Param {
	return func(_ Layer, in []int) []Param {
		list := make([]Param, len(names))
		for i, name := range names {
			list[i] = Param{Name: name, Shape: []int{1, in[0]}}
		}
		return list
	}
}

// none are the weights of a layer without any.
func none(Layer, []int) []Param { return nil }

// unchanged is what a layer does that only matters in training.
func unchanged(r rows, _ Layer, _ []Param) []float64 { return r.x }

// each is a layer that applies a function to every number.
func each(name string, f func(Layer, float64) float64, options ...Option) kind {
	return kind{name, options, none, none, func(r rows, l Layer, _ []Param) []float64 {
		y := make([]float64, len(r.x))
		for i, v := range r.x {
			y[i] = f(l, v)
		}
		return y
	}}
}

func logistic(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
