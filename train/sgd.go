package train

import (
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// SGD is gradient descent with momentum and L2 weight decay:
//
//	u ← lr·(∇ + l2·w) + momentum·u
//	w ← w − u
//
// with ∇ the gradient averaged over the batch. It is torch.optim.SGD with the
// learning rate folded into the velocity.
//
// All terms are brought to one scale and truncated together, once per weight
// and step, in the message that also reshares the gradient.
type SGD struct {
	LearningRate float64
	Momentum     float64
	L2           float64

	rateBits int
	velocity tensor.Secret // of all parameters, one after another
	terms    []tensor.Secret
}

// Largest numbers that an update is proven not to overflow for: features below
// MaxFeature, weights below MaxWeight (the range that Fit watches).
const (
	MaxFeature = 1000
	MaxWeight  = 1 << 14
)

// Prepare chooses with how many bits the learning rate is held, for batches of at
// most this size: as many as leave every possible update below the truncation
// limit of 2^62, since |∇| ≤ MaxFeature. It refuses rates that are too large for
// that, or too small to be held to within 2 %.
func (o *SGD) Prepare(fractionBits, batch int) error {
	room := 62 - 2*fractionBits
	bound := o.LearningRate * (MaxFeature + o.L2*MaxWeight) / (1 - o.Momentum)
	o.rateBits = min(maxRateBits, room-int(math.Ceil(math.Log2(bound))))
	perRow := o.LearningRate / float64(batch)
	switch {
	case coarse(perRow, maxRateBits):
		return fmt.Errorf("learning rate %g is too small: over a batch of %d it is below the resolution of the arithmetic; use a larger rate or a smaller batch", o.LearningRate, batch)
	case o.rateBits < 1:
		return fmt.Errorf("learning rate %g with momentum %g makes training diverge: an update could leave the fixed-point range; use a smaller rate", o.LearningRate, o.Momentum)
	case coarse(perRow, o.rateBits) || coarse(o.Momentum, o.rateBits):
		return fmt.Errorf("learning rate %g over a batch of %d, momentum %g and %d fraction bits do not fit together: only %d bits are left for the step size; use a smaller batch or momentum, or fewer fraction bits", o.LearningRate, batch, o.Momentum, fractionBits, o.rateBits)
	case coarse(o.LearningRate*o.L2, o.rateBits):
		return fmt.Errorf("weight decay %g at learning rate %g is below the resolution of the arithmetic (2^-%d); use 0 or a larger one", o.L2, o.LearningRate, o.rateBits)
	}
	return nil
}

// maxRateBits is the most precision that a learning rate is held with.
const maxRateBits = 30

// coarse reports whether c, held with so many bits, is off by more than 2 %.
func coarse(c float64, bits int) bool {
	scaled := math.Ldexp(c, bits)
	return math.Abs(math.Round(scaled)-scaled) > .02*scaled
}

// Step updates the parameters from their gradients, which are `count` times the
// mean over the batch: its size, times the gain of the model.
//
// Cost: one fused truncation of all parameters: 2 rounds.
func (o *SGD) Step(params []*layers.Param, count float64) {
	terms := o.terms[:0]
	for _, p := range params {
		terms = append(terms, o.gradient(p, count))
	}
	o.terms = terms
	sum := tensor.Concat(terms...)
	weightBits := params[0].Value.Scale()
	if o.Momentum != 0 {
		sum = sum.Add(o.velocity.Times(o.Momentum, sum.Scale()-weightBits))
	}
	u := sum.Rescale(weightBits)
	o.velocity.Assign(u)
	at := 0
	for _, p := range params {
		n := p.Value.Len()
		p.Value.Assign(p.Value.Sub(u.Slice(at, at+n).Like(p.Value)))
		p.Grad = tensor.Secret{}
		at += n
	}
}

// start makes the velocity of these parameters, zero.
func (o *SGD) start(s *tensor.Session, params []*layers.Param) {
	n := 0
	for _, p := range params {
		n += p.Value.Len()
	}
	o.velocity = s.Zeros(params[0].Value.Scale(), n, 1)
}

// gradient returns lr·(∇ + l2·w) as a column, before truncation. Local.
func (o *SGD) gradient(p *layers.Param, count float64) tensor.Secret {
	n := p.Value.Len()
	g := p.Grad.Times(o.LearningRate/count, o.rateBits)
	if p.Decay && o.L2 != 0 {
		g = g.Add(p.Value.Times(o.LearningRate*o.L2, g.Scale()-p.Value.Scale()))
	}
	return g.Reshape(n, 1)
}
