package layers_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// check is a layer and what it computes in float64.
type check struct {
	make   func(s *tensor.Session) layers.Layer
	params []tensor.Dense // values for its parameters
	x      tensor.Dense
	out    []int // shape of the output

	// value is the layer's function.
	value func(params []tensor.Dense, x tensor.Dense) tensor.Dense

	// how far the output, the gradient of the input and those of the parameters
	// may be off
	y, dx, grad float64
}

// run checks forward against the function and backward against its finite
// differences, on both engines and with both roundings; with exact rounding the
// engines agree to the last bit.
func (c check) run(t *testing.T) {
	t.Helper()
	dy := random(99, 16, 1, c.out...)
	for _, exact := range []bool{false, true} {
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, c.program, c.x, dy)
		require.Empty(t, inClear.Range)
		if exact {
			require.Equal(t, inClear.Values, secure.Values)
		}
		c.compare(t, secure.Values, dy)
		c.compare(t, inClear.Values, dy)
	}
}

// program returns the output, the gradient of the input, and of the parameters,
// once with and once without that of the input.
func (c check) program(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
	l := c.make(s)
	for i, p := range l.Params() {
		p.Value.Assign(s.Constant(c.params[i], p.Value.Scale()))
	}
	y := l.Forward(in[0])
	out := []tensor.Secret{y, l.Backward(in[1])}
	for _, p := range l.Params() {
		out = append(out, p.Grad)
	}
	if learner, ok := l.(layers.Learner); ok {
		l.Forward(in[0])
		learner.Gradients(in[1])
		for _, p := range l.Params() {
			out = append(out, p.Grad)
		}
	}
	return out, nil
}

func (c check) compare(t *testing.T, got []tensor.Dense, dy tensor.Dense) {
	t.Helper()
	require.Equal(t, c.out, got[0].Shape())
	requireNear(t, "output", c.value(c.params, c.x), got[0], c.y)
	requireNear(t, "gradient of the input", c.slope(c.x, dy), got[1], c.dx)
	for i, g := range got[2:] {
		p := c.params[i%len(c.params)]
		requireNear(t, "gradient of a parameter", c.slope(p, dy), g, c.grad)
	}
}

// slope returns the derivative of Σ dy∘value with respect to at, the input or a
// parameter, by central differences.
func (c check) slope(at, dy tensor.Dense) tensor.Dense {
	const h = 1e-4
	out := tensor.Zeros(at.Shape()...)
	for i := range at.Data() {
		v := at.Data()[i]
		at.Data()[i] = v + h
		up := total(c.value(c.params, c.x), dy)
		at.Data()[i] = v - h
		out.Data()[i] = (up - total(c.value(c.params, c.x), dy)) / (2 * h)
		at.Data()[i] = v
	}
	return out
}

func total(y, dy tensor.Dense) (sum float64) {
	for i, v := range y.Data() {
		sum += v * dy.Data()[i]
	}
	return sum
}

func requireNear(t *testing.T, what string, want, got tensor.Dense, off float64) {
	t.Helper()
	require.Equal(t, want.Shape(), got.Shape(), what)
	for i, v := range want.Data() {
		require.InDelta(t, v, got.Data()[i], off+1e-6, "%s, element %d", what, i)
	}
}

// between returns random numbers that are at least 2^−5 from any multiple of 1/2,
// so that no difference crosses the bend of a function.
func between(seed uint64, most float64, shape ...int) tensor.Dense {
	d := random(seed, 16, most, shape...)
	for i, v := range d.Data() {
		if math.Abs(v*2-math.Round(v*2)) < 1./16 {
			d.Data()[i] = v + 1./16
		}
	}
	return d
}

// each applies a function to every element.
func each(x tensor.Dense, f func(float64) float64) tensor.Dense {
	y := tensor.Zeros(x.Shape()...)
	for i, v := range x.Data() {
		y.Data()[i] = f(v)
	}
	return y
}

func TestLinearLayer(t *testing.T) {
	check{
		make:   func(s *tensor.Session) layers.Layer { return layers.NewLinear(s, "linear", 5, 3) },
		params: []tensor.Dense{random(1, 30, 1, 5, 3), random(2, 30, 1, 1, 3)},
		x:      random(3, 16, 4, 7, 5), out: []int{7, 3},
		value: func(p []tensor.Dense, x tensor.Dense) tensor.Dense { return affine(x, p[0], p[1]) },
		y:     unit, dx: unit, grad: 0,
	}.run(t)
}

// Every element-wise layer is its function, and its backward pass the derivative.
func TestElementwiseLayers(t *testing.T) {
	const rough = 2e-4 // of GELU
	for name, tc := range map[string]struct {
		make  func() layers.Layer
		value func(x float64) float64
		y, dx float64
	}{
		"relu":       {func() layers.Layer { return layers.NewReLU("relu") }, func(x float64) float64 { return max(x, 0) }, 0, 0},
		"leaky_relu": {func() layers.Layer { return layers.NewLeakyReLU("leaky", .125) }, func(x float64) float64 { return max(x, x/8) }, unit, unit},
		"sigmoid":    {func() layers.Layer { return layers.NewSigmoidLayer("sigmoid") }, sigmoid, 2 * unit, 4 * unit},
		"tanh":       {func() layers.Layer { return layers.NewTanh("tanh") }, math.Tanh, 4 * unit, 8 * unit},
		"silu":       {func() layers.Layer { return layers.NewSiLU("silu") }, func(x float64) float64 { return x * sigmoid(x) }, 10 * unit, 24 * unit},
		"gelu":       {func() layers.Layer { return layers.NewGELU("gelu") }, gelu, rough, 4 * rough},
	} {
		t.Run(name, func(t *testing.T) {
			check{
				make: func(*tensor.Session) layers.Layer { return tc.make() },
				x:    between(1, 6, 5, 13), out: []int{5, 13},
				value: func(_ []tensor.Dense, x tensor.Dense) tensor.Dense { return each(x, tc.value) },
				y:     tc.y, dx: tc.dx,
			}.run(t)
		})
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func gelu(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }
