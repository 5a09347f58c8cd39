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
}

// Largest numbers that an update is proven not to overflow for: features below
// MaxFeature, weights below MaxWeight (the range that Fit watches).
const (
	MaxFeature = 1 << 10
	MaxWeight  = 1 << 14
)

// minRateBits is the least precision of the learning rate that is accepted.
const minRateBits = 12

// Prepare chooses with how many bits the learning rate is held: as many as leave
// every possible update below the truncation limit of 2^62, since |∇| ≤
// MaxFeature. It refuses a rate so large that too few bits are left.
func (o *SGD) Prepare(fractionBits int) error {
	room := 62 - 2*fractionBits
	bound := o.LearningRate * (MaxFeature + o.L2*MaxWeight) / (1 - o.Momentum)
	o.rateBits = min(24, room-int(math.Ceil(math.Log2(math.Max(bound, 1)))))
	if o.rateBits < minRateBits {
		largest := math.Ldexp(1, room-minRateBits) * o.LearningRate / bound
		return fmt.Errorf("learning rate %g with momentum %g can make training diverge: an update could leave the fixed-point range; use at most %.3g", o.LearningRate, o.Momentum, largest)
	}
	return nil
}

// Step updates the parameters from their gradients, which are sums over a batch
// of the given size.
//
// Cost: one fused truncation of all parameters: 2 rounds.
func (o *SGD) Step(params []*layers.Param, batch int) {
	var terms []tensor.Secret
	for _, p := range params {
		terms = append(terms, o.gradient(p, batch))
	}
	sum := tensor.Concat(terms...)
	weightBits := params[0].Value.Scale()
	if o.velocity.Valid() && o.Momentum != 0 {
		sum = sum.Add(o.velocity.Times(o.Momentum, sum.Scale()-weightBits))
	}
	o.velocity = sum.Rescale(weightBits)
	at := 0
	for _, p := range params {
		n := p.Value.Len()
		p.Value = p.Value.Sub(o.velocity.Slice(at, at+n).Reshape(p.Value.Shape()...))
		p.Grad = tensor.Secret{}
		at += n
	}
}

// gradient returns lr·(∇ + l2·w) as a column, before truncation. Local.
func (o *SGD) gradient(p *layers.Param, batch int) tensor.Secret {
	n := p.Value.Len()
	g := p.Grad.Times(o.LearningRate/float64(batch), o.rateBits)
	if p.Decay && o.L2 != 0 {
		g = g.Add(p.Value.Times(o.LearningRate*o.L2, g.Scale()-p.Value.Scale()))
	}
	return g.Reshape(n, 1)
}
