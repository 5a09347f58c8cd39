package train

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Network is a stack of layers that is trained with a loss.
type Network struct {
	Layers *layers.Sequential
	Loss   layers.Loss
}

// NewNetwork returns a network of these layers.
func NewNetwork(l *layers.Sequential, loss layers.Loss) *Network {
	return &Network{Layers: l, Loss: loss}
}

// Params returns the parameters of all layers, frozen ones too.
func (m *Network) Params() []*layers.Param { return m.Layers.Params() }

// Step leaves the gradients for one batch in the parameters that are not frozen:
// gain times their sum over the batch. The first dimension of x and of y is the
// batch; y is what the loss wants.
func (m *Network) Step(x, y tensor.Secret) (gain float64) {
	g, gain := m.residuals(x, y)
	m.Layers.Gradients(g)
	return gain
}

// residuals returns gain times the gradient at the output. It watches that the
// output is in range: cross-entropies do so themselves.
func (m *Network) residuals(x, y tensor.Secret) (d tensor.Secret, gain float64) {
	out := m.Layers.Forward(x)
	x.Session().In("loss", -1, func() {
		if _, unwatched := m.Loss.(layers.MSE); unwatched {
			out.AtLeast(0)
		}
		d, gain = m.Loss.Gradient(out, y)
	})
	return d, gain
}

// NewSoftmaxRegression returns multi-class logistic regression with zero weights:
// P(y = c) = softmax(x·W + b)_c, trained with the cross-entropy. Targets are one-hot
// rows, n×classes.
func NewSoftmaxRegression(s *tensor.Session, features, classes int) *Network {
	l := layers.NewLinear(s, "linear", features, classes)
	return NewNetwork(layers.NewSequential("softmax regression", l), layers.SoftmaxCrossEntropy{})
}
