package layers

import "github.com/trefoil-ml/trefoil/tensor"

// MaxPool2D is the maximum over windows of each channel of images
// (batch×channels×height×width), as torch.nn.MaxPool2d. Where several elements of
// a window are the largest, the first in reading order gets the whole gradient,
// as in torch. Padding never wins.
type MaxPool2D struct {
	name   string
	window tensor.Window
	shape  []int
	winner tensor.Winner
}

// NewMaxPool2D returns the layer. Padding must be at most half a kernel, as in
// torch.
func NewMaxPool2D(name string, w tensor.Window) *MaxPool2D {
	w.RepeatEdge = true
	return &MaxPool2D{name: name, window: w}
}

func (l *MaxPool2D) takesMaximum() {}

// Name returns the name.
func (l *MaxPool2D) Name() string { return l.name }

// Params returns none.
func (l *MaxPool2D) Params() []*Param { return nil }

// Forward returns the maxima, batch×channels×outH×outW, and keeps on shares where
// they were. It watches that numbers of one window differ by less than 2^14.
//
// Cost: for each of the ⌈log2 k⌉ levels of a tournament of the k elements of a
// window 6 rounds; k − 1 comparisons for each output, 56 bytes each in all, 41 if x
// is narrow.
func (l *MaxPool2D) Forward(x tensor.Secret) (y tensor.Secret) {
	wantShape(l.name, "images", x, anySize, anySize, anySize, anySize)
	l.shape = x.Shape()
	parts := x.Windows(l.window)
	if len(parts) == 1 {
		return parts[0]
	}
	y, l.winner = tensor.MaxOf(parts...)
	return y
}

// Backward gives each element of dy to the place of its maximum.
//
// Cost: bits times values, for each element of a window but one: 2 rounds and 32
// bytes in all.
func (l *MaxPool2D) Backward(dy tensor.Secret) tensor.Secret {
	return l.backwardNarrow(dy.Widen(), dy.Scale())
}

// backwardNarrow is Backward for a gradient that may be narrow; then so is the
// result, for 16 bytes instead of 32.
func (l *MaxPool2D) backwardNarrow(dy tensor.Secret, _ int) tensor.Secret {
	parts := []tensor.Secret{dy}
	if l.window.KernelH*l.window.KernelW > 1 {
		parts = l.winner.Route(dy)
	}
	return tensor.FromWindows(parts, l.window, l.shape...)
}

// AvgPool2D is the mean over windows of each channel of images, as
// torch.nn.AvgPool2d: padding counts as zeros.
type AvgPool2D struct {
	name   string
	window tensor.Window
	shape  []int
}

// NewAvgPool2D returns the layer.
func NewAvgPool2D(name string, w tensor.Window) *AvgPool2D { return &AvgPool2D{name: name, window: w} }

// Name returns the name.
func (l *AvgPool2D) Name() string { return l.name }

// Params returns none.
func (l *AvgPool2D) Params() []*Param { return nil }

// Forward returns the means, batch×channels×outH×outW.
//
// Cost: a truncation of the result: 1 or 2 rounds.
func (l *AvgPool2D) Forward(x tensor.Secret) tensor.Secret {
	wantShape(l.name, "images", x, anySize, anySize, anySize, anySize)
	l.shape = x.Shape()
	parts := x.Windows(l.window)
	sum := parts[0]
	for _, p := range parts[1:] {
		sum = sum.Add(p)
	}
	return l.share(sum)
}

// Backward gives each element of a window its part of dy.
//
// Cost: a truncation of dy: 1 or 2 rounds.
func (l *AvgPool2D) Backward(dy tensor.Secret) tensor.Secret {
	parts := make([]tensor.Secret, l.window.KernelH*l.window.KernelW)
	part := l.share(dy)
	for i := range parts {
		parts[i] = part
	}
	return tensor.FromWindows(parts, l.window, l.shape...)
}

// share divides by the number of elements of a window.
func (l *AvgPool2D) share(x tensor.Secret) tensor.Secret {
	return over(x, l.window.KernelH*l.window.KernelW, x.Scale(), meanIntegers)
}
