package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Linear is the affine map y = x·W + b, with x (batch×in), W (in×out) and b
// (1×out), as torch.nn.Linear.
type Linear struct {
	W, B *Param
	x    tensor.Secret
}

// NewLinear returns a layer with all weights zero, which is right for models
// without hidden layers.
func NewLinear(s *tensor.Session, name string, in, out int) *Linear {
	return &Linear{
		W: &Param{Name: name + ".weight", Value: s.Zeros(s.WeightBits(), in, out), Decay: true},
		B: &Param{Name: name + ".bias", Value: s.Zeros(s.WeightBits(), 1, out)},
	}
}

// Params returns the weights and the intercept.
func (l *Linear) Params() []*Param { return []*Param{l.W, l.B} }

// Forward returns x·W + b at the working scale.
//
// Cost: one fused truncation: 2 rounds.
func (l *Linear) Forward(x tensor.Secret) tensor.Secret {
	l.x = x
	z := x.MatMul(l.W.Value)
	b := l.B.Value.Lift(z.Scale()).Repeat(x.Rows())
	return z.Add(b).Rescale(x.Scale())
}

// Backward leaves the gradients of W and b for dy, the gradient of the output,
// and keeps nothing of the batch: ∂W = xᵀ·dy, ∂b = Σ_rows dy.
//
// Cost: local; the optimiser truncates.
func (l *Linear) Backward(dy tensor.Secret) {
	l.W.Grad = l.x.T().MatMul(dy)
	l.B.Grad = dy.SumRows().Lift(l.W.Grad.Scale())
	l.x = tensor.Secret{}
}
