package layers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// small is a network with every kind of step that images go through.
func small() []layers.Spec {
	return []layers.Spec{
		{Kind: "reshape", To: []int{1, 6, 6}},
		{Kind: "conv2d", Out: 2, Kernel: [2]int{3, 3}},
		{Kind: "relu"},
		{Kind: "max_pool2d", Kernel: [2]int{2, 2}},
		{Kind: "flatten"},
		{Kind: "linear", Out: 5},
		{Kind: "relu"},
		{Kind: "linear", Out: 3},
	}
}

// smallValue is the network in float64.
func smallValue(p []tensor.Dense, x tensor.Dense) tensor.Dense {
	relu := func(v float64) float64 { return max(v, 0) }
	rows := x.Shape()[0]
	y := convolved(p[:2], tensor.NewDense(x.Data(), rows, 1, 6, 6), tensor.Square(3, 1, 0), 1)
	y = each(pooled(y, tensor.Square(2, 2, 0), 0, largest), relu)
	y = each(affine(tensor.NewDense(y.Data(), rows, 8), p[2], p[3]), relu)
	return affine(y, p[4], p[5])
}

// A whole network is its function, and its backward pass the derivative.
func TestSequential(t *testing.T) {
	params := []tensor.Dense{
		random(1, 30, 1, 2, 9), random(2, 30, 1, 1, 2), random(3, 30, 1, 8, 5), random(4, 30, 1, 1, 5),
		random(5, 30, 1, 5, 3), random(6, 30, 1, 1, 3),
	}
	check{
		make: func(s *tensor.Session) layers.Layer {
			n, err := layers.Build(s, small(), []int{36}, 1)
			require.NoError(t, err)
			return n
		},
		params: params, x: random(7, 16, 1, 4, 36), out: []int{4, 3},
		value: smallValue,
		// A unit of error in each of 8 numbers, times weights below 1, in each of 5, and
		// likewise backwards.
		y: 50 * unit, dx: 50 * unit, grad: 200 * unit,
	}.run(t)
}

// Pools go before the ReLU that stands before them, and nothing else moves.
func TestPoolBeforeReLU(t *testing.T) {
	relu, other := layers.NewReLU("relu"), layers.NewReLU("other")
	maximum := layers.NewMaxPool2D("max", tensor.Square(2, 2, 0))
	average := layers.NewAvgPool2D("mean", tensor.Square(2, 2, 0))
	leaky := layers.NewLeakyReLU("leaky", .1)
	n := layers.NewSequential("net", relu, maximum, other, average, leaky, maximum)
	require.Equal(t, []layers.Layer{maximum, relu, other, average, leaky, maximum}, n.Layers())
}

// Frozen parameters get no gradient, and the pass ends at the first that is
// trained.
func TestFrozen(t *testing.T) {
	tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		n, err := layers.Build(s, small(), []int{36}, 1)
		require.NoError(t, err)
		p := n.Params()
		for _, frozen := range p[:3] {
			frozen.Frozen = true
		}
		n.Forward(in[0])
		n.Gradients(in[1])
		for i, v := range p {
			require.Equal(t, i >= 3, v.Grad.Valid(), v.Name)
		}
		for _, v := range p {
			v.Frozen, v.Grad = true, tensor.Secret{}
		}
		n.Forward(in[0])
		n.Gradients(in[1])
		for _, v := range p {
			require.False(t, v.Grad.Valid(), v.Name)
		}
		return nil, nil
	}, random(1, 16, 1, 2, 36), random(2, 16, 1, 2, 3))
}

// spy notes how it is gone back through.
type spy struct {
	*layers.Linear
	calls *[]string
}

func (l spy) Backward(dy tensor.Secret) tensor.Secret {
	*l.calls = append(*l.calls, l.Name()+" backward")
	return l.Linear.Backward(dy)
}

func (l spy) Gradients(dy tensor.Secret) {
	*l.calls = append(*l.calls, l.Name()+" gradients")
	l.Linear.Gradients(dy)
}

// Only the layers behind the first that is trained compute the gradient of their
// input.
func TestBackwardEndsEarly(t *testing.T) {
	for frozen, want := range [][]string{
		{"c backward", "b backward", "a gradients"},
		{"c backward", "b gradients"},
		{"c gradients"},
		nil,
	} {
		r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			var calls []string
			var all []layers.Layer
			for i, name := range []string{"a", "b", "c"} {
				l := spy{layers.NewLinear(s, name, 3, 3), &calls}
				l.W.Frozen, l.B.Frozen = i < frozen, i < frozen
				all = append(all, l)
			}
			n := layers.NewSequential("net", all...)
			n.Forward(in[0])
			n.Gradients(in[0])
			require.Equal(t, want, calls)
			return nil, nil
		}, random(1, 16, 1, 2, 3))
		require.NoError(t, r.Err)
	}
}

// A network tells its parameters, by name, and steps are named after layers.
func TestNetworkNames(t *testing.T) {
	r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		n, err := layers.Build(s, small(), []int{36}, 1)
		require.NoError(t, err)
		var names []string
		for _, p := range n.Params() {
			names = append(names, p.Name)
		}
		require.Equal(t, []string{"conv2d1.weight", "conv2d1.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"}, names)
		n.Forward(in[0])
		return nil, nil
	}, tensor.NewDense([]float64{1, 2}, 1, 2))
	require.ErrorContains(t, r.Err, "at reshape1: ")
}
