package train

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Optimizer turns the gradients of a batch into new weights: [SGD] or [Adam]. It
// holds the state of one training; [Fit] starts it anew.
type Optimizer interface {
	// prepare chooses with how many bits public factors are held, or says why the
	// settings do not fit.
	prepare(p problem) error
	// start makes the state for these parameters.
	start(s *tensor.Session, params []*layers.Param)
	// step updates them from gradients that are `count` times the mean over the
	// batch. Rate multiplies the learning rate.
	step(count, rate float64)
	// moved returns what the last step was made of, for the check of the range.
	moved() tensor.Secret
}

// problem is what an optimiser has to know of a training beforehand.
type problem struct {
	fractionBits int
	batch        int     // the largest
	gradient     float64 // bounds the mean gradient of every weight, 0: nothing does
	slowest      float64 // the smallest factor of the learning rate
}

// trainable returns the parameters that are not frozen.
func trainable(params []*layers.Param) []*layers.Param {
	var out []*layers.Param
	for _, p := range params {
		if !p.Frozen {
			out = append(out, p)
		}
	}
	return out
}

// count returns the number of weights.
func count(params []*layers.Param) (n int) {
	for _, p := range params {
		n += p.Value.Len()
	}
	return n
}

// align brings the gradients to one scale: the largest, and at least twice the working
// scale. From that follows with how many bits factors of weights and velocity are held
// (see prepare), and gradients can come at far less: where only offsets are trained, or a
// first convolution. Local.
func align(params []*layers.Param) {
	scale := 2 * params[0].Value.Session().FractionBits()
	for _, p := range params {
		scale = max(scale, gradient(p).Scale())
	}
	for _, p := range params {
		p.Grad = p.Grad.Lift(scale)
	}
}

// gradient returns the gradient of a parameter.
func gradient(p *layers.Param) tensor.Secret {
	if !p.Grad.Valid() {
		p.Value.Session().Fail(fmt.Errorf("train: parameter %s has no gradient; a backward pass leaves one in every parameter that is not frozen", p.Name))
	}
	return p.Grad
}
