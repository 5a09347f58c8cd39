package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Linear is the affine map y = x·W + b, with x (batch×in), W (in×out) and b
// (1×out), as torch.nn.Linear (whose weight is out×in).
type Linear struct {
	W, B   *Param
	noBias bool // B stays 0
	name   string
	x      tensor.Secret
	rounding
}

// NewLinear returns a layer with all weights zero, which is right for models
// without hidden layers; see [Linear.Init].
func NewLinear(s *tensor.Session, name string, in, out int) *Linear {
	return &Linear{
		name: name,
		W:    &Param{Name: name + ".weight", Value: s.Zeros(s.WeightBits(), in, out), Decay: true},
		B:    &Param{Name: name + ".bias", Value: s.Zeros(s.WeightBits(), 1, out)},
	}
}

// Init sets the weights to public random numbers and b to zero.
func (l *Linear) Init(init Init) {
	shape := l.W.Value.Shape()
	init.fill(l.W, shape[0], shape[1])
}

// Name returns the name.
func (l *Linear) Name() string { return l.name }

// Params returns the weights and, if there is one, the intercept.
func (l *Linear) Params() []*Param { return withBias(l.W, l.B, l.noBias) }

// Forward returns x·W + b at the working scale.
//
// Cost: one fused truncation: 2 or 3 rounds; before a ReLU see [tensor.Secret.Activate].
func (l *Linear) Forward(x tensor.Secret) tensor.Secret {
	wantShape(l.name, "a batch", x, anySize, l.W.Value.Rows())
	l.x = x
	return l.output(x.Affine(l.W.Value, l.B.Value), x.Scale())
}

// Backward returns the gradient of the input, dy·Wᵀ, and leaves those of W and b
// as [Linear.Gradients] does.
//
// Cost: one fused truncation: 2 or 3 rounds. The optimiser truncates the others.
func (l *Linear) Backward(dy tensor.Secret) tensor.Secret {
	dx := l.input(dy.MatMul(l.W.Value.T()), dy.Scale())
	l.Gradients(dy)
	return dx
}

// backwardNarrow is Backward with a narrow result at a scale.
func (l *Linear) backwardNarrow(dy tensor.Secret, scale int) tensor.Secret {
	dx := dy.MatMul(coarse(l.W.Value, dy, scale).T()).Activate(scale)
	l.Gradients(dy)
	return dx
}

// Gradients leaves the gradients of W and b for dy, the gradient of the output,
// and keeps nothing of the batch: ∂W = xᵀ·dy, ∂b = Σ_rows dy.
//
// Cost: local; the optimiser truncates.
func (l *Linear) Gradients(dy tensor.Secret) {
	wantForward(l.name, l.x, dy)
	if !l.W.Frozen {
		l.W.Grad = l.x.T().MatMul(dy)
	}
	if !l.B.Frozen {
		l.B.Grad = dy.SumRows()
	}
	l.x = tensor.Secret{}
}
