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
// learning rate folded into the velocity; when a schedule changes the rate, the
// velocity changes with it, as there. With Nesterov the weights move instead by
//
//	lr·(∇ + l2·w) + momentum·u
//
// with the new u.
//
// All terms are brought to one scale and truncated together, once per weight
// and step, in the message that also reshares the gradient; twice with Nesterov.
type SGD struct {
	LearningRate float64
	Momentum     float64
	L2           float64
	Nesterov     bool

	rateBits int
	params   []*layers.Param
	velocity tensor.Secret // of all parameters, one after another
	rate     float64       // factor of the step before
	terms    []tensor.Secret
	steps    []tensor.Descent
}

// start makes the velocity of these parameters, zero.
func (o *SGD) start(s *tensor.Session, params []*layers.Param) {
	o.params, o.rate = params, 1
	o.velocity = s.Zeros(s.WeightBits(), count(params), 1)
}

// step is one step.
//
// Cost: one fused truncation of all parameters, two with Nesterov: 2 or 3 rounds.
func (o *SGD) step(count, rate float64) {
	momentum := o.Momentum * (rate / o.rate)
	o.rate = rate
	if !o.Nesterov {
		o.descend(o.LearningRate*rate, count, momentum)
		return
	}
	velocity := o.withVelocity(o.gradient(count, rate), momentum)
	// g + m·u for the new u is (1 + m)·g + m·m'·u in the old one.
	moved := o.withVelocity(o.gradient(count, rate*(1+o.Momentum)), o.Momentum*momentum)
	both, n := tensor.Concat(velocity, moved).Rescale(o.velocity.Scale()), o.velocity.Rows()
	o.velocity.Assign(both.Slice(0, n))
	descend(o.params, both.Slice(n, 2*n))
}

// descend is a step without Nesterov.
func (o *SGD) descend(rate, count, momentum float64) {
	steps := o.steps[:0]
	for _, p := range o.params {
		d := tensor.Descent{Weights: p.Value, Gradient: gradient(p), Rate: rate / count}
		if p.Decay {
			d.Decay = rate * o.L2
		}
		steps = append(steps, d)
		p.Grad = tensor.Secret{}
	}
	o.steps = steps
	tensor.Descend(steps, o.velocity, momentum, o.rateBits)
}

func (o *SGD) moved() tensor.Secret { return o.velocity }

// withVelocity returns g + momentum·u before truncation.
func (o *SGD) withVelocity(g tensor.Secret, momentum float64) tensor.Secret {
	if o.Momentum == 0 {
		return g
	}
	return g.Add(o.velocity.Times(momentum, g.Scale()-o.velocity.Scale()))
}

// gradient returns lr·(∇ + l2·w) of all parameters as a column, before
// truncation. Local.
func (o *SGD) gradient(count, rate float64) tensor.Secret {
	terms := o.terms[:0]
	for _, p := range o.params {
		g := gradient(p).Times(o.LearningRate*rate/count, o.rateBits)
		if p.Decay && o.L2 != 0 {
			g = g.Add(p.Value.Times(o.LearningRate*rate*o.L2, g.Scale()-p.Value.Scale()))
		}
		terms = append(terms, g.Reshape(p.Value.Len(), 1))
	}
	o.terms = terms
	return tensor.Concat(terms...)
}

// descend subtracts u, a column at the scale of the weights, and drops the
// gradients. Local.
func descend(params []*layers.Param, u tensor.Secret) {
	at := 0
	for _, p := range params {
		n := p.Value.Len()
		p.Value.Assign(p.Value.Sub(u.Slice(at, at+n).Like(p.Value)))
		p.Grad = tensor.Secret{}
		at += n
	}
}
