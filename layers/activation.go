package layers

import "github.com/trefoil-ml/trefoil/tensor"

// element is an element-wise layer that keeps its derivative on shares.
type element struct {
	name  string
	slope tensor.Secret // derivative at each element of the batch, at the working scale
	apply func(x tensor.Secret) (y, slope tensor.Secret)
}

// Name returns the name.
func (l *element) Name() string { return l.name }

// Params returns none.
func (l *element) Params() []*Param { return nil }

// Forward returns the function of x and keeps its derivative.
func (l *element) Forward(x tensor.Secret) (y tensor.Secret) {
	y, l.slope = l.apply(x)
	return y
}

// Backward returns the derivative times dy.
//
// Cost: one fused truncation: 2 or 3 rounds.
func (l *element) Backward(dy tensor.Secret) tensor.Secret {
	wantForward(l.name, l.slope, dy)
	dx := dy.Mul(l.slope).Rescale(dy.Scale())
	l.slope = tensor.Secret{}
	return dx
}

// Sigmoid is 1/(1+e^−x), element by element, as torch.nn.Sigmoid.
type Sigmoid struct{ element }

// NewSigmoidLayer returns the layer. It is within 2^−15 of the function at 16
// fraction bits, for |x| < 2^14, which it watches.
//
// Cost: forward [tensor.Secret.Sigmoid] and one fused truncation more.
func NewSigmoidLayer(name string) *Sigmoid {
	return &Sigmoid{element{name: name, apply: func(x tensor.Secret) (y, slope tensor.Secret) {
		y = x.Sigmoid()
		return y, y.Mul(y.Neg().AddScalar(1)).Rescale(x.Scale())
	}}}
}

// Tanh is the hyperbolic tangent, element by element, as torch.nn.Tanh.
type Tanh struct{ element }

// NewTanh returns the layer. It is within 2^−14 of the function at 16 fraction
// bits, for |x| < 2^14, which it watches.
//
// Cost: forward [tensor.Secret.Tanh] and one fused truncation more.
func NewTanh(name string) *Tanh {
	return &Tanh{element{name: name, apply: func(x tensor.Secret) (y, slope tensor.Secret) {
		y = x.Tanh()
		return y, y.Mul(y).Neg().Rescale(x.Scale()).AddScalar(1)
	}}}
}

// SiLU is x·σ(x), element by element, as torch.nn.SiLU.
type SiLU struct{ element }

// NewSiLU returns the layer. Its value is within (1+|x|)·2^−15 of the function
// at 16 fraction bits, for |x| < 2^14, which it watches.
//
// Cost: forward [tensor.Secret.Sigmoid] and two fused truncations more.
func NewSiLU(name string) *SiLU {
	return &SiLU{element{name: name, apply: func(x tensor.Secret) (y, slope tensor.Secret) {
		p := x.Sigmoid()
		both := tensor.Concat(x.Mul(p), p.Mul(p.Neg().AddScalar(1))).Rescale(x.Scale())
		y, steep := both.Slice(0, x.Rows()), both.Slice(x.Rows(), 2*x.Rows())
		return y, x.Mul(steep).Rescale(x.Scale()).Add(p)
	}}}
}
