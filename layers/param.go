package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Param is a trainable tensor: its value at [tensor.Session.WeightBits], and
// after a backward pass the gradient summed over the batch, not yet rounded: at the
// scale at which it came out, a bit above twice the working scale at most.
type Param struct {
	Name   string
	Value  tensor.Secret
	Grad   tensor.Secret
	Decay  bool // weight decay (L2) applies; not to intercepts
	Frozen bool // not trained: no gradient is computed
}

// withBias lists the parameters of a layer with offsets b or without.
func withBias(w, b *Param, without bool) []*Param {
	if without {
		return []*Param{w}
	}
	return []*Param{w, b}
}
