package layers

import "github.com/trefoil-ml/trefoil/tensor"

// ReLU is max(x, 0), element by element, as torch.nn.ReLU. Its derivative at 0
// is 1: [x ≥ 0] is what a comparison gives.
type ReLU struct {
	name     string
	positive tensor.SecretBits
}

// NewReLU returns the layer.
func NewReLU(name string) *ReLU { return &ReLU{name: name} }

// Name returns the name.
func (l *ReLU) Name() string { return l.name }

// Params returns none.
func (l *ReLU) Params() []*Param { return nil }

// Forward returns [x ≥ 0]∘x and keeps the bits. It watches that |x| < 2^14; see
// [tensor.Session.Alarm].
//
// Cost: 6 rounds, and 56 bytes for each element in all at a scale of 16; 41 if x is
// narrow.
func (l *ReLU) Forward(x tensor.Secret) (y tensor.Secret) {
	y, l.positive = x.ReLU()
	return y
}

// Backward returns [x ≥ 0]∘dy.
//
// Cost: 2 rounds, and 32 bytes for each element in all.
func (l *ReLU) Backward(dy tensor.Secret) tensor.Secret { return l.positive.Mul(dy) }

// LeakyReLU is x where it is not negative and slope·x elsewhere, as
// torch.nn.LeakyReLU.
type LeakyReLU struct {
	ReLU
	slope float64
}

// NewLeakyReLU returns the layer; torch takes a slope of 0.01.
func NewLeakyReLU(name string, slope float64) *LeakyReLU {
	return &LeakyReLU{ReLU{name: name}, slope}
}

// Forward returns slope·x + (1 − slope)·max(x, 0).
//
// Cost: as [ReLU.Forward], and a truncation.
func (l *LeakyReLU) Forward(x tensor.Secret) tensor.Secret { return l.mix(x, l.ReLU.Forward(x)) }

// Backward returns dy where x was not negative and slope·dy elsewhere.
//
// Cost: as [ReLU.Backward], and a truncation.
func (l *LeakyReLU) Backward(dy tensor.Secret) tensor.Secret { return l.mix(dy, l.ReLU.Backward(dy)) }

// slopeBits is the scale of a slope.
const slopeBits = 16

// mix returns slope·x + (1 − slope)·kept.
func (l *LeakyReLU) mix(x, kept tensor.Secret) tensor.Secret {
	return kept.Lift(x.Scale() + slopeBits).Add(x.Sub(kept).Times(l.slope, slopeBits)).Rescale(x.Scale())
}
