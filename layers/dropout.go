package layers

import (
	"math"
	"math/rand/v2"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Dropout sets each element to 0 with probability p in training and multiplies the
// others by 1/(1−p), as torch.nn.Dropout. Which ones is public, and the same on
// every server: a mask depends on the seed and the number of the batch only.
type Dropout struct {
	name     string
	p        float64
	source   *rand.Rand
	training bool
	mask     tensor.Dense
}

// NewDropout returns a layer for 0 ≤ p < 1.
func NewDropout(name string, p float64, seed uint64) *Dropout {
	return &Dropout{name: name, p: p, source: source(seed), training: true}
}

// Name returns the name.
func (l *Dropout) Name() string { return l.name }

// Params returns none.
func (l *Dropout) Params() []*Param { return nil }

// SetTraining turns the mask on and off.
func (l *Dropout) SetTraining(on bool) { l.training = on }

// Training says whether the mask is on.
func (l *Dropout) Training() bool { return l.training }

// Forward returns mask∘x/(1−p) in training, else x.
//
// Cost: a truncation: 1 or 2 rounds; none in use.
func (l *Dropout) Forward(x tensor.Secret) tensor.Secret {
	l.mask = tensor.Dense{}
	if !l.training || l.p == 0 {
		return x
	}
	l.mask = tensor.Zeros(x.Shape()...)
	keep := uint64(math.Ldexp(1-l.p, 53))
	for i := range l.mask.Data() {
		if l.source.Uint64()>>11 < keep {
			l.mask.Data()[i] = 1 / (1 - l.p)
		}
	}
	return l.apply(x)
}

// Backward returns mask∘dy/(1−p), as in Forward.
//
// Cost: a truncation: 1 or 2 rounds; none in use.
func (l *Dropout) Backward(dy tensor.Secret) tensor.Secret {
	if l.mask.Len() == 0 {
		return dy
	}
	return l.apply(dy)
}

func (l *Dropout) apply(x tensor.Secret) tensor.Secret {
	return x.TimesDense(l.mask, maskBits).Rescale(x.Scale())
}

// maskBits is the scale of 1/(1−p): the relative error is below 2^−13.
const maskBits = 12
