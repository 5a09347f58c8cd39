package train

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Model is what Fit trains: [LogisticRegression], [LinearRegression] or a
// [Network].
type Model interface {
	// Params returns the trainable tensors, always the same.
	Params() []*layers.Param
	// Step leaves in them gain times the gradients of one batch, summed over it.
	Step(x, y tensor.Secret) (gain float64)
}

// linear is a model of one linear map with one output, whose range Fit proves.
type linear interface {
	Model
	// residual bounds the gradients at the output: by their nature, or because Step
	// watches them.
	residual() float64
}

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

// Step leaves the gradients for one batch, x (batch×features) and y (batch×1,
// whole numbers 0 and 1), in the parameters: gain times their sum over the batch.
func (m *LogisticRegression) Step(x, y tensor.Secret) (gain float64) {
	d, gain := m.residuals(x, y)
	x.Session().In("gradient", -1, func() { m.Linear.Gradients(d) })
	return gain
}

// residuals returns gain·(σ(x·w + b) − y).
func (m *LogisticRegression) residuals(x, y tensor.Secret) (d tensor.Secret, gain float64) {
	s := x.Session()
	var z tensor.Secret
	s.In("linear", -1, func() { z = m.Linear.Forward(x) })
	s.In("sigmoid", -1, func() {
		p, g := m.activate(z)
		d, gain = p.Sub(y.Times(g, p.Scale())), g
	})
	return d, gain
}

func (*LogisticRegression) residual() float64 { return 1 }

func (m *LogisticRegression) activate(z tensor.Secret) (p tensor.Secret, gain float64) {
	if a, ok := m.Sigmoid.(layers.ScaledActivation); ok {
		return a.ForwardScaled(z)
	}
	return m.Sigmoid.Forward(z), 1
}
