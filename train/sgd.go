package train

import (
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
