package layers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

func TestShapes(t *testing.T) {
	shapes, err := layers.Shapes(leNet(), []int{1, 28, 28})
	require.NoError(t, err)
	require.Equal(t, [][]int{
		{20, 24, 24}, {20, 24, 24}, {20, 12, 12}, {50, 8, 8}, {50, 8, 8}, {50, 4, 4}, {800}, {500}, {500}, {10},
	}, shapes)
	require.Equal(t, []string{"conv2d1", "relu1", "max_pool2d1", "conv2d2", "relu2", "max_pool2d2", "flatten1", "linear1", "relu3", "linear2"}, layers.Names(leNet()))
}

func TestShapesRefuse(t *testing.T) {
	two, three := [2]int{2, 2}, [2]int{3, 3}
	for want, l := range map[string]layers.Spec{
		"got rows of shape 2×4×4, want vectors (flatten goes before it)":                                                  {Kind: "linear", Out: 3},
		"got 0 kernels, want at least 1":                                                                                  {Kind: "conv2d", Kernel: three},
		"got 3 groups for 2 channels and 3 kernels, want a divisor of both":                                               {Kind: "conv2d", Kernel: three, Out: 3, Groups: 3},
		"convolution: got kernels of 5×5 for images of 4×4 with padding of 0×0, want kernels that fit":                    {Kind: "conv2d", Kernel: [2]int{5, 5}, Out: 3},
		"convolution: got kernels of 0×0, strides of 0×0 and padding of 0×0, want at least 1, 1 and 0":                    {Kind: "max_pool2d"},
		"got padding of 2×2 for a kernel of 2×2, want at most half":                                                       {Kind: "avg_pool2d", Kernel: two, Padding: two},
		"got rows of 2×4×4 for 5×5, want as many numbers in 1 to 3 dimensions":                                            {Kind: "reshape", To: []int{5, 5}},
		"got p = 1, want 0 or more and less than 1":                                                                       {Kind: "dropout", P: 1},
		"got a slope of -1, want 0 or more and less than 1":                                                               {Kind: "leaky_relu", Slope: -1},
		`got initialisation "best", want one of he_normal, he_uniform, glorot_normal, glorot_uniform, torch, zero`:        {Kind: "conv2d", Kernel: three, Out: 3, Init: "best"},
		`got a layer of kind "rleu", want one of linear, conv2d, relu, leaky_relu, sigmoid, tanh, silu, gelu, max_pool2d`: {Kind: "rleu"},
	} {
		_, err := layers.Shapes([]layers.Spec{{Kind: "relu"}, l}, []int{2, 4, 4})
		require.ErrorContains(t, err, "layers: "+l.Kind+"1: "+want)
	}
	_, err := layers.Shapes([]layers.Spec{{Kind: "linear"}}, []int{3})
	require.EqualError(t, err, "layers: linear1: got 0 outputs, want at least 1")
	_, err = layers.Shapes([]layers.Spec{{Kind: "max_pool2d", Kernel: two}}, []int{3})
	require.EqualError(t, err, "layers: max_pool2d1: got rows of shape 3, want images of channels×height×width")
}

// Every kind can be built, and its output has the shape that was told.
func TestEveryKind(t *testing.T) {
	two := [2]int{2, 2}
	for _, kind := range layers.Kinds() {
		t.Run(kind, func(t *testing.T) {
			l := layers.Spec{Kind: kind, P: .25, Slope: .25}
			in := []int{4}
			switch kind {
			case "linear":
				l.Out = 3
			case "conv2d":
				l.Out, l.Kernel, in = 3, two, []int{1, 2, 2}
			case "max_pool2d", "avg_pool2d":
				l.Kernel, in = two, []int{1, 2, 2}
			case "flatten":
				in = []int{1, 2, 2}
			case "reshape":
				l.To = []int{2, 2, 1}
			}
			shapes, err := layers.Shapes([]layers.Spec{l}, in)
			require.NoError(t, err)
			x := random(1, 16, 2, append([]int{5}, in...)...)
			secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, v []tensor.Secret) ([]tensor.Secret, error) {
				n, err := layers.Build(s, []layers.Spec{l}, in, 1)
				require.NoError(t, err)
				y := n.Forward(v[0])
				return []tensor.Secret{y, n.Backward(y)}, nil
			}, x)
			require.Equal(t, append([]int{5}, shapes[0]...), secure.Values[0].Shape())
			require.Equal(t, x.Shape(), secure.Values[1].Shape())
			require.Equal(t, inClear.Values, secure.Values)
		})
	}
}
