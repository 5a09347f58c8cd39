package train

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// LinearRegression is y = x·w + b, trained with the mean squared error, whose
// gradient at x·w + b is 2·(x·w + b − y), as torch.nn.MSELoss. With weight decay
// it is ridge regression: the optimiser adds L2·w to the gradient, so that
// L2 = 2α/n gives the solution of sklearn.linear_model.Ridge(alpha=α) on n rows.
type LinearRegression struct {
	Linear *layers.Linear

	params []*layers.Param
}

// NewLinearRegression returns a model with zero weights for this many features.
func NewLinearRegression(s *tensor.Session, features int) *LinearRegression {
	l := layers.NewLinear(s, "linear", features, 1)
	return &LinearRegression{Linear: l, params: l.Params()}
}

// Params returns the weights and the intercept.
func (m *LinearRegression) Params() []*layers.Param { return m.params }

// Step leaves the gradients for one batch, x (batch×features) and y (batch×1),
// both at the working scale, in the parameters: half their sum over the batch. It
// watches that |x·w + b − y| < MaxResidual.
//
// Cost: a fused truncation, and two comparisons per row in 64 bits: 10 rounds.
func (m *LinearRegression) Step(x, y tensor.Secret) (gain float64) {
	d, gain := m.residuals(x, y)
	s := x.Session()
	s.In("range", -1, func() { tensor.Concat(d, d.Neg()).WatchAbove(MaxResidual) })
	s.In("gradient", -1, func() { m.Linear.Gradients(d) })
	return gain
}

// residuals returns x·w + b − y, half the gradient.
func (m *LinearRegression) residuals(x, y tensor.Secret) (d tensor.Secret, gain float64) {
	x.Session().In("linear", -1, func() { d = m.Linear.Forward(x).Sub(y.Lift(x.Scale())) })
	return d, .5
}

// residual bounds twice the residual that is watched.
func (*LinearRegression) residual() float64 { return 2 * MaxResidual }
