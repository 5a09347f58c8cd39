package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Conv2D is a two-dimensional convolution (cross-correlation, as everywhere) of
// images x (batch×in×height×width) with `out` kernels W and offsets b, as
// torch.nn.Conv2d:
//
//	y[n,o,·,·] = b[o] + Σ_c W[o,c] ⋆ x[n,c]
//
// over the channels c of the group of o. W is held as a matrix of one row for
// each kernel, out×(in/groups·KernelH·KernelW); b is 1×out.
type Conv2D struct {
	W, B   *Param
	noBias bool // B stays 0
	name   string
	window tensor.Window
	in     int
	groups int
	x      tensor.Secret
	rounding
}

// NewConv2D returns a layer with all weights zero; see [Conv2D.Init]. Groups must
// divide in and out; 1 is the usual.
func NewConv2D(s *tensor.Session, name string, in, out int, w tensor.Window, groups int) *Conv2D {
	fan := in / max(groups, 1) * w.KernelH * w.KernelW
	return &Conv2D{
		name: name, window: w, in: in, groups: groups,
		W: &Param{Name: name + ".weight", Value: s.Zeros(s.WeightBits(), out, fan), Decay: true},
		B: &Param{Name: name + ".bias", Value: s.Zeros(s.WeightBits(), 1, out)},
	}
}

// Init sets the weights to public random numbers and b to zero.
func (l *Conv2D) Init(init Init) {
	shape := l.W.Value.Shape()
	init.fill(l.W, shape[1], shape[0]/l.groups*l.window.KernelH*l.window.KernelW)
}

// Name returns the name.
func (l *Conv2D) Name() string { return l.name }

// Params returns the kernels and, if there are any, the offsets.
func (l *Conv2D) Params() []*Param { return withBias(l.W, l.B, l.noBias) }

// Forward returns the convolution, batch×out×outH×outW with
// outH = ⌊(height + 2·PadH − KernelH)/StrideH⌋ + 1, at the working scale.
//
// Cost: one fused truncation: 2 or 3 rounds; before a ReLU or a maximum see
// [tensor.Secret.Activate].
func (l *Conv2D) Forward(x tensor.Secret) tensor.Secret {
	wantShape(l.name, "images", x, anySize, l.in, anySize, anySize)
	l.x = x
	return l.output(x.Conv2D(l.W.Value, l.B.Value, l.window, l.groups), x.Scale())
}

// Backward returns the gradient of the images and leaves those of W and b as
// [Conv2D.Gradients] does.
//
// Cost: one fused truncation: 2 or 3 rounds. The optimiser truncates the others.
func (l *Conv2D) Backward(dy tensor.Secret) tensor.Secret {
	dx := l.input(l.images(dy, l.W.Value), dy.Scale())
	l.Gradients(dy)
	return dx
}

// backwardNarrow is Backward with a narrow result at a scale.
func (l *Conv2D) backwardNarrow(dy tensor.Secret, scale int) tensor.Secret {
	dx := l.images(dy, coarse(l.W.Value, dy, scale)).Activate(scale)
	l.Gradients(dy)
	return dx
}

// images returns the gradient of the images for kernels w, before it is rounded.
func (l *Conv2D) images(dy, w tensor.Secret) tensor.Secret {
	wantForward(l.name, l.x, dy)
	return dy.Conv2DImages(w, l.window, l.groups, l.x.Shape()...)
}

// Gradients leaves the gradients of W and b for dy, the gradient of the output,
// and keeps nothing of the batch.
//
// Cost: local; the optimiser truncates.
func (l *Conv2D) Gradients(dy tensor.Secret) {
	wantForward(l.name, l.x, dy)
	if !l.W.Frozen {
		l.W.Grad = l.x.Conv2DKernels(dy, l.window, l.groups)
	}
	if !l.B.Frozen {
		l.B.Grad = dy.SumChannels()
	}
	l.x = tensor.Secret{}
}
