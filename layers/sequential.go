package layers

import (
	"slices"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Sequential applies layers one after another, as torch.nn.Sequential. It is a
// [Layer] itself.
type Sequential struct {
	name   string
	layers []Layer
	params []*Param
}

// NewSequential returns a network of these layers. A maximum right after a ReLU
// is taken before it: the two commute, and fewer numbers are compared.
func NewSequential(name string, ls ...Layer) *Sequential {
	n := &Sequential{name: name, layers: poolFirst(ls)}
	for i, l := range n.layers {
		n.params = append(n.params, l.Params()...)
		if a, ok := l.(affine); ok {
			a.between(n.signed(i, -1), n.signed(i, 1))
		}
	}
	return n
}

// Layers returns the layers in the order in which they are applied.
func (n *Sequential) Layers() []Layer { return n.layers }

// Name returns the name.
func (n *Sequential) Name() string { return n.name }

// Params returns those of all layers, in order.
func (n *Sequential) Params() []*Param { return n.params }

// Buffers returns those of all layers, in order.
func (n *Sequential) Buffers() (all []*Param) {
	for _, l := range n.layers {
		if b, ok := l.(Buffered); ok {
			all = append(all, b.Buffers()...)
		}
	}
	return all
}

// SetTraining sets the mode of all layers.
func (n *Sequential) SetTraining(on bool) {
	for _, l := range n.layers {
		if m, ok := l.(Moded); ok {
			m.SetTraining(on)
		}
	}
}

// Training says whether any layer is in training.
func (n *Sequential) Training() bool {
	return slices.ContainsFunc(n.layers, func(l Layer) bool {
		m, ok := l.(Moded)
		return ok && m.Training()
	})
}

// InUse runs body with all layers in use, and gives each of them the mode back that
// it had.
func (n *Sequential) InUse(body func()) { inUse(n.layers, body) }

func inUse(ls []Layer, body func()) {
	if len(ls) == 0 {
		body()
		return
	}
	rest := func() { inUse(ls[1:], body) }
	switch l := ls[0].(type) {
	case *Sequential:
		l.InUse(rest)
	case Moded:
		defer l.SetTraining(l.Training())
		l.SetTraining(false)
		rest()
	default:
		rest()
	}
}

// Forward applies all layers, each as a step of its name.
func (n *Sequential) Forward(x tensor.Secret) tensor.Secret {
	for _, l := range n.layers {
		x.Session().In(l.Name(), -1, func() { x = l.Forward(x) })
	}
	return x
}

// Backward goes through all layers backwards.
func (n *Sequential) Backward(dy tensor.Secret) tensor.Secret {
	for i := range slices.Backward(n.layers) {
		dy = n.back(i, dy)
	}
	return dy
}

// Gradients is [Sequential.Backward] down to the first layer that is trained,
// without the gradient of its input. Where that layer is a convolution and it saves
// bytes, its gradients are computed mod 2^32; see narrowFrom.
func (n *Sequential) Gradients(dy tensor.Secret) {
	first := n.firstTrained()
	if first == len(n.layers) {
		return
	}
	from := n.narrowFrom(first)
	for i := len(n.layers) - 1; i > max(first, from); i-- {
		dy = n.back(i, dy)
	}
	if from > first {
		n.gradientsNarrow(first, from, dy)
		return
	}
	last, ok := n.layers[first].(Learner)
	if !ok {
		n.back(first, dy)
		return
	}
	dy.Session().In(last.Name(), -1, func() { last.Gradients(dy) })
}

func (n *Sequential) back(i int, dy tensor.Secret) (dx tensor.Secret) {
	l := n.layers[i]
	dy.Session().In(l.Name(), -1, func() { dx = l.Backward(dy) })
	return dx
}

// firstTrained returns the number of the first layer with a parameter that is
// not frozen, or that of layers.
func (n *Sequential) firstTrained() int {
	for i, l := range n.layers {
		if trained(l) {
			return i
		}
	}
	return len(n.layers)
}

func trained(l Layer) bool {
	for _, p := range l.Params() {
		if !p.Frozen {
			return true
		}
	}
	return false
}

// affine is a layer whose results are rounded, and may be held in fewer bits where
// they go to a layer that takes signs.
type affine interface {
	// between says whether the layer before is one (the gradient of the input goes
	// there), and the layer after.
	between(before, after bool)
}

// signed reports whether the neighbour of layer i, forwards (1) or backwards (−1)
// and past changes of shape, is a ReLU or a maximum.
func (n *Sequential) signed(i, step int) bool {
	for i += step; i >= 0 && i < len(n.layers); i += step {
		switch n.layers[i].(type) {
		case *Flatten, *Reshape:
		case *ReLU, *MaxPool2D:
			return true
		default:
			return false
		}
	}
	return false
}

// rounding is how an affine layer rounds its output and the gradient of its input.
type rounding struct{ before, after bool }

func (r *rounding) between(before, after bool) { *r = rounding{before, after} }

// output rounds what Forward returns.
func (r *rounding) output(y tensor.Secret, scale int) tensor.Secret {
	if r.after {
		return y.Activate(scale)
	}
	return y.Rescale(scale)
}

// input rounds what Backward returns.
func (r *rounding) input(dx tensor.Secret, scale int) tensor.Secret {
	if r.before {
		return dx.Activate(scale)
	}
	return dx.Rescale(scale)
}

// commuting is a layer that takes the maximum of some of its inputs, so that
// increasing functions may be applied after it.
type commuting interface{ takesMaximum() }

// poolFirst moves each ReLU behind a maximum that follows it.
func poolFirst(ls []Layer) []Layer {
	out := append([]Layer(nil), ls...)
	for i := range len(out) - 1 {
		_, relu := out[i].(*ReLU)
		if _, maximum := out[i+1].(commuting); relu && maximum {
			out[i], out[i+1] = out[i+1], out[i]
		}
	}
	return out
}
