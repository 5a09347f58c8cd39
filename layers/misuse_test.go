package layers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// An error names the layer, what it got and what it wants.
func TestMisuse(t *testing.T) {
	for want, do := range map[string]func(s *tensor.Session, x tensor.Secret){
		"layers: fc: got a batch of shape 3×4, want any×5": func(s *tensor.Session, x tensor.Secret) {
			layers.NewLinear(s, "fc", 5, 2).Forward(x)
		},
		"layers: fc: got a gradient without a batch, want Forward before each Backward": func(s *tensor.Session, x tensor.Secret) {
			layers.NewLinear(s, "fc", 5, 4).Gradients(x)
		},
		"layers: conv: got images of shape 3×4, want any×2×any×any": func(s *tensor.Session, x tensor.Secret) {
			layers.NewConv2D(s, "conv", 2, 2, tensor.Square(1, 1, 0), 1).Forward(x)
		},
		"layers: conv: got a gradient without a batch": func(s *tensor.Session, x tensor.Secret) {
			layers.NewConv2D(s, "conv", 2, 2, tensor.Square(1, 1, 0), 1).Backward(x)
		},
		"convolution: got kernels of 3×3 for images of 2×1 with padding of 0×0": func(s *tensor.Session, x tensor.Secret) {
			layers.NewConv2D(s, "conv", 2, 2, tensor.Square(3, 1, 0), 1).Forward(x.Reshape(3, 2, 2, 1))
		},
		"layers: pool: got images of shape 3×4, want any×any×any×any": func(_ *tensor.Session, x tensor.Secret) {
			layers.NewMaxPool2D("pool", tensor.Square(2, 2, 0)).Forward(x)
		},
		"layers: tanh: got a gradient without a batch": func(_ *tensor.Session, x tensor.Secret) {
			layers.NewTanh("tanh").Backward(x)
		},
		"layers: softmax cross-entropy: got targets of shape 3×1, want 3×4": func(_ *tensor.Session, x tensor.Secret) {
			layers.SoftmaxCrossEntropy{}.Gradient(x, x.T().Slice(0, 1).T())
		},
		"layers: mean squared error: got outputs of shape 3×2×2, want any×any": func(_ *tensor.Session, x tensor.Secret) {
			layers.MSE{}.Gradient(x.Reshape(3, 2, 2), x)
		},
	} {
		t.Run(want, func(t *testing.T) {
			program := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				do(s, in[0])
				return nil, nil
			}
			require.ErrorContains(t, tensortest.Clear(t, tensortest.Options{}, program, random(1, 16, 1, 3, 4)).Err, want)
			require.ErrorContains(t, tensortest.Secure(t, tensortest.Options{}, program, random(1, 16, 1, 3, 4)).Err, want)
		})
	}
}
