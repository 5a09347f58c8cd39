package train

import (
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Adam is torch.optim.Adam, with weight decay as there:
//
//	∇ ← ∇ + l2·w
//	m ← β1·m + (1 − β1)·∇,  v ← β2·v + (1 − β2)·∇²
//	w ← w − lr·m̂/√(v̂ + ε²),  m̂ = m/(1 − β1^t),  v̂ = v/(1 − β2^t)
//
// but for ε, which is under the root. With AMSGrad the largest v so far takes its
// place. ∇ is the gradient averaged over the batch, as units of 2^−24; where its
// root mean square is far below 1e-6, steps are smaller than torch's.
type Adam struct {
	LearningRate float64 // 0 stands for torch's 0.001
	Beta1, Beta2 float64 // 0 stands for torch's 0.9 and 0.999
	Epsilon      float64 // 0 stands for 1e-6, the least
	L2           float64
	AMSGrad      bool

	params     []*layers.Param
	m, v, most tensor.Secret // of all parameters; v is over 1 − β2
	rateBits   int
	powers     [2]float64 // β1^t and β2^t
}

// Scales of what is on shares, and of public factors. With them squares of
// gradients may add up to 2^14, and steps to 2^(14 − bits of the rate).
const (
	adamGradient = 24
	adamMoment   = 32
	adamRoot     = 16 // 1/√v
	adamFactor   = 16 // β1, β2
	adamMean     = 20 // 1/batch, l2
	adamRate     = 14 // the rate, for steps up to 1
	maxAdamBits  = 24
)

func (o *Adam) withDefaults() Adam {
	c := *o
	for _, d := range []struct {
		value   *float64
		instead float64
	}{{&c.LearningRate, .001}, {&c.Beta1, .9}, {&c.Beta2, .999}, {&c.Epsilon, leastEpsilon}} {
		if *d.value == 0 {
			*d.value = d.instead
		}
	}
	return c
}

const leastEpsilon = 1e-6

// unit is the least that a root is taken of.
const unit = 1. / (1 << adamMoment)

// prepare checks the settings. No step is larger than
//
//	lr·(1 − β1)/√((1 − β2)·(1 − β1²/β2))
//
// whatever the gradients are; the smaller that is, the more bits hold the rate.
func (o *Adam) prepare(p problem) error {
	c := o.withDefaults()
	largest := c.LearningRate * (1 - c.Beta1) / math.Sqrt((1-c.Beta2)*(1-c.Beta1*c.Beta1/c.Beta2))
	switch {
	case !(c.LearningRate > 0):
		return fmt.Errorf("got a learning rate of %g, want a number above 0", c.LearningRate)
	case !(c.Beta1 >= 0 && c.Beta1 < 1) || !(c.Beta2 >= .5 && c.Beta2 <= .9999) || c.Beta1*c.Beta1 > .99*c.Beta2:
		return fmt.Errorf("got β1 = %g and β2 = %g, want β2 from 0.5 to 0.9999 and β1² clearly below it", c.Beta1, c.Beta2)
	case !(c.Epsilon >= leastEpsilon && c.Epsilon <= 1):
		return fmt.Errorf("got ε = %g, want %g to 1", c.Epsilon, leastEpsilon)
	case !(c.L2 >= 0 && c.L2 <= 1) || coarse(c.L2, adamMean):
		return fmt.Errorf("got a weight decay of %g, want 0, or 3e-5 to 1", c.L2)
	case !(largest < .9):
		return fmt.Errorf("learning rate %g lets a step move a weight by %.2g, which is too much; use at most %.2g", c.LearningRate, largest, roundDown(c.LearningRate*.9/largest))
	}
	o.rateBits = min(maxAdamBits, adamRate-ceilLog2(largest))
	if coarse(c.LearningRate*p.slowest, o.rateBits) {
		return fmt.Errorf("learning rate %g is below the resolution of the arithmetic (2^-%d)", c.LearningRate*p.slowest, o.rateBits)
	}
	return nil
}

// start makes both moments, zero.
func (o *Adam) start(s *tensor.Session, params []*layers.Param) {
	n := count(params)
	o.params, o.powers = params, [2]float64{1, 1}
	o.m, o.v = s.Zeros(adamMoment, n, 1), s.Zeros(adamMoment, n, 1)
	if o.AMSGrad {
		o.most = s.Zeros(adamMoment, n, 1)
	}
}

// step is one step.
//
// Cost: three truncations of all parameters in sequence, [tensor.Secret.InvSqrt]
// and, with AMSGrad, a comparison.
func (o *Adam) step(count, rate float64) {
	c := o.withDefaults()
	g := o.gradient(count)
	o.moments(g, c)
	v := o.v
	if o.AMSGrad {
		largest, _ := tensor.Max(o.most, o.v)
		o.most.Assign(largest)
		v = o.most
	}
	mean, square := o.corrections(c)
	root := v.AddScalar(max(c.Epsilon*c.Epsilon*square, unit)).InvSqrt(adamRoot)
	u := o.m.Mul(root).Times(c.LearningRate*rate*math.Sqrt(square)/mean, o.rateBits)
	descend(o.params, u.Rescale(o.params[0].Value.Scale()))
}

// gradient returns ∇ + l2·w of all parameters as a column.
func (o *Adam) gradient(count float64) tensor.Secret {
	var terms []tensor.Secret
	for _, p := range o.params {
		g := gradient(p).Times(1/count, adamMean)
		if p.Decay && o.L2 != 0 {
			g = g.Add(p.Value.Times(o.L2, g.Scale()-p.Value.Scale()))
		}
		terms = append(terms, g.Reshape(p.Value.Len(), 1))
	}
	return tensor.Concat(terms...).Rescale(adamGradient)
}

// moments brings m and v/(1 − β2) up to date, in one message.
func (o *Adam) moments(g tensor.Secret, c Adam) {
	m := o.m.Times(c.Beta1, adamFactor).Add(g.Times(1-c.Beta1, adamMoment+adamFactor-adamGradient))
	v := o.v.Times(c.Beta2, adamFactor).Add(g.Mul(g))
	both, n := tensor.Concat(m, v).Rescale(adamMoment), o.m.Rows()
	o.m.Assign(both.Slice(0, n))
	o.v.Assign(both.Slice(n, 2*n))
}

// corrections returns for the next step 1 − β1^t, over which m is taken, and
// (1 − β2^t)/(1 − β2), over which v/(1 − β2) is. Products and sums are not fused,
// so that all processors get the same numbers.
func (o *Adam) corrections(c Adam) (mean, square float64) {
	o.powers = [2]float64{float64(o.powers[0] * c.Beta1), float64(o.powers[1] * c.Beta2)}
	return 1 - o.powers[0], (1 - o.powers[1]) / (1 - c.Beta2)
}

func (o *Adam) moved() tensor.Secret { return o.m }
