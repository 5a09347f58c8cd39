package train

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// LogisticRegression is P(y = 1) = σ(x·w + b), trained with the cross-entropy
// loss, whose gradient at x·w + b is σ − y.
type LogisticRegression struct {
	Linear  *layers.Linear
	Sigmoid layers.Activation

	params []*layers.Param
}

// NewLogisticRegression returns a model with zero weights for this many
// features.
func NewLogisticRegression(s *tensor.Session, features int, sigmoid layers.Activation) *LogisticRegression {
	l := layers.NewLinear(s, "linear", features, 1)
	return &LogisticRegression{Linear: l, Sigmoid: sigmoid, params: l.Params()}
}

// Params returns the weights and the intercept.
func (m *LogisticRegression) Params() []*layers.Param { return m.params }

// scaledActivation is an activation that is cheaper up to a factor.
type scaledActivation interface {
	ForwardScaled(z tensor.Secret) (scaled tensor.Secret, gain float64)
}

// Step leaves the gradients for one batch, x (batch×features) and y (batch×1,
// whole numbers 0 and 1), in the parameters: gain times their sum over the batch.
func (m *LogisticRegression) Step(x, y tensor.Secret) (gain float64) {
	s := x.Session()
	var z, p tensor.Secret
	s.In("linear", -1, func() { z = m.Linear.Forward(x) })
	s.In("sigmoid", -1, func() { p, gain = m.activate(z) })
	s.In("gradient", -1, func() { m.Linear.Backward(p.Sub(y.Times(gain, p.Scale()))) })
	return gain
}

func (m *LogisticRegression) activate(z tensor.Secret) (p tensor.Secret, gain float64) {
	if a, ok := m.Sigmoid.(scaledActivation); ok {
		return a.ForwardScaled(z)
	}
	return m.Sigmoid.Forward(z), 1
}
