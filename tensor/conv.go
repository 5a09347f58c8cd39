package tensor

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Window says how a kernel moves over images: sizes in elements, with Pad zeros
// on either side of an image.
type Window struct {
	KernelH, KernelW int
	StrideH, StrideW int
	PadH, PadW       int

	// RepeatEdge has [Secret.Windows] pad with the nearest element of the image, not
	// with zeros: an element more than once, which changes no maximum.
	RepeatEdge bool
}

// Square returns a window of equal height and width.
func Square(kernel, stride, pad int) Window {
	return Window{KernelH: kernel, KernelW: kernel, StrideH: stride, StrideW: stride, PadH: pad, PadW: pad}
}

// Out returns the height and width of what comes out for images of this height
// and width, or an error if the window does not fit them.
func (w Window) Out(height, width int) (outH, outW int, err error) {
	c := w.conv(vector(1), 1, 1)
	c.Channels, c.Height, c.Width = 1, height, width
	if err := c.Check(); err != nil {
		return 0, 0, err
	}
	outH, outW = c.Out()
	return outH, outW, nil
}

// conv is the window over images of this shape with so many kernels and groups.
func (w Window) conv(images dims, kernels, groups int) mpc.Conv {
	return mpc.Conv{
		Batch: images.size[0], Channels: images.size[1], Height: images.size[2], Width: images.size[3],
		Kernels: kernels, Groups: groups,
		KernelH: w.KernelH, KernelW: w.KernelW, StrideH: w.StrideH, StrideW: w.StrideW, PadH: w.PadH, PadW: w.PadW, RepeatEdge: w.RepeatEdge,
	}
}

// images fails unless d has the four dimensions of a batch of images.
func (s *Session) images(op string, d dims) {
	if d.n != maxDims {
		s.failf("%s: got shape %s, want batch×channels×height×width", op, d)
	}
}

// convShape fails unless the shape is that of a convolution, and returns that of
// its result.
func (s *Session) convShape(op string, c mpc.Conv) dims {
	if err := c.Check(); err != nil {
		s.failf("%s: %w", op, err)
	}
	h, w := c.Out()
	return dims{[maxDims]int{c.Batch, c.Kernels, h, w}, maxDims}
}

// kernelShape fails unless d holds the kernels of c as a matrix.
func (s *Session) kernelShape(op string, c mpc.Conv, d dims) {
	if want := matrix(c.Kernels, c.Channels/c.Groups*c.KernelH*c.KernelW); d != want {
		s.failf("%s: got kernels %s, want %s", op, d, want)
	}
}

// Affine returns x·w + b, m×n, for x (m×k), w (k×n) and b (1×n), at the
// scale of [Secret.MatMul]. Local; the result is lazy.
func (x Secret) Affine(w, b Secret) Secret {
	t := x.open()
	s := t.session
	u, v := s.operand("affine", w), s.operand("affine", b)
	if !t.shape.isMatrix() || !u.shape.isMatrix() || t.shape.size[1] != u.shape.size[0] || v.shape != matrix(1, u.shape.size[1]) {
		s.failf("affine: got shapes %s, %s and %s, want m×k, k×n and 1×n", t.shape, u.shape, v.shape)
	}
	va, oa := t.asStored()
	vb, ob := u.asStored()
	scale := productScale(t, u)
	z := s.engine.Affine(va, oa, vb, ob, b.Lift(scale).open().arith())
	return s.product(z, scale, matrix(t.shape.size[0], u.shape.size[1]))
}

// Conv2D returns the convolution of images x (batch×channels×height×width) with
// k (kernels×(channels/groups·KernelH·KernelW)) plus b (1×kernels) a bit above the sum of
// the scales of x and k: batch×kernels×outH×outW, as torch.nn.functional.conv2d.
// Local; the result is lazy.
func (x Secret) Conv2D(k, b Secret, w Window, groups int) Secret {
	t := x.open()
	s := t.session
	kernels, offset := s.operand("convolution", k), s.operand("convolution", b)
	s.images("convolution", t.shape)
	c := w.conv(t.shape, kernels.shape.size[0], groups)
	out := s.convShape("convolution", c)
	s.kernelShape("convolution", c, kernels.shape)
	if want := matrix(1, c.Kernels); offset.shape != want {
		s.failf("convolution: got offsets %s, want %s", offset.shape, want)
	}
	scale := t.scale + kernels.scale + ProductBits
	return s.product(s.engine.Conv(t.arith(), kernels.arith(), b.Lift(scale).open().arith(), c), scale, out)
}

// Conv2DKernels returns the gradient of the kernels of x.Conv2D for dy, that of
// its result, a bit above the sum of their scales. Local; the result is lazy.
func (x Secret) Conv2DKernels(dy Secret, w Window, groups int) Secret {
	t, s := x.open(), x.Session()
	d, c, shape := t.kernels(dy, w, groups)
	return s.product(s.engine.ConvKernels(t.arith(), d.arith(), c), t.scale+d.scale+ProductBits, shape)
}

// kernels opens the gradient of a convolution of images t, and returns the
// convolution and the shape of its kernels.
func (t *secret) kernels(dy Secret, w Window, groups int) (d *secret, c mpc.Conv, shape dims) {
	s := t.session
	d = s.operand("convolution", dy)
	s.images("convolution", t.shape)
	s.images("convolution", d.shape)
	c = w.conv(t.shape, d.shape.size[1], groups)
	if want := s.convShape("convolution", c); d.shape != want {
		s.failf("convolution: got a gradient %s, want %s", d.shape, want)
	}
	return d, c, matrix(c.Kernels, c.Channels/c.Groups*c.KernelH*c.KernelW)
}

// Conv2DImages returns the gradient of images of this shape for x, the gradient
// of the result of a convolution with k, a bit above the sum of their scales. Local; the
// result is lazy.
func (x Secret) Conv2DImages(k Secret, w Window, groups int, shape ...int) Secret {
	t := x.open()
	s := t.session
	kernels := s.operand("convolution", k)
	images := s.dims("convolution", shape)
	s.images("convolution", images)
	c := w.conv(images, kernels.shape.size[0], groups)
	if want := s.convShape("convolution", c); t.shape != want {
		s.failf("convolution: got a gradient %s, want %s", t.shape, want)
	}
	s.kernelShape("convolution", c, kernels.shape)
	return s.product(s.engine.ConvImages(kernels.arith(), t.arith(), c), t.scale+kernels.scale+ProductBits, images)
}

// Windows returns what each element of the kernel sees of images x:
// KernelH·KernelW tensors of batch×channels×outH×outW, row by row, with what the
// window says for the padding. Local.
func (x Secret) Windows(w Window) []Secret {
	t := x.open()
	s := t.session
	s.images("windows", t.shape)
	c := w.conv(t.shape, t.shape.size[1], t.shape.size[1])
	shape := s.convShape("windows", c)
	v, _ := t.stored()
	all, n := s.engine.Windows(v, c), shape.len()
	parts := make([]Secret, w.KernelH*w.KernelW)
	for j := range parts {
		parts[j] = t.view(s.engine.Slice(all, j*n, (j+1)*n), shape)
	}
	return parts
}

// FromWindows adds what each element of the kernel has for each place back to
// images of this shape: the transpose of [Secret.Windows]. If all are narrow, so is
// the result. It panics if there are no parts. Local.
func FromWindows(parts []Secret, w Window, shape ...int) Secret {
	all := Concat(parts...).open()
	s := all.session
	images := s.dims("from windows", shape)
	s.images("from windows", images)
	c := w.conv(images, images.size[1], images.size[1])
	out := s.convShape("from windows", c)
	if want := out.withRows(w.KernelH * w.KernelW * out.size[0]); all.shape != want {
		s.failf("from windows: got %d tensors, together %s, want %s", len(parts), all.shape, want)
	}
	return all.view(s.engine.FromWindows(all.words(), c), images)
}

// channels returns how many channels and positions a batch of this shape has:
// the columns of a matrix are channels with one position.
func (d dims) channels() (channels, positions int) {
	channels, positions = 1, 1
	if d.n > 1 {
		channels = d.size[1]
	}
	for _, v := range d.size[min(2, d.n):d.n] {
		positions *= v
	}
	return channels, positions
}

// SumChannels returns the sum of x over all dimensions but the second, 1×channels.
// Local.
func (x Secret) SumChannels() Secret {
	t := x.open()
	channels, positions := t.shape.channels()
	return t.session.secret(t.session.engine.SumChannels(t.arith(), channels, positions), t.scale, matrix(1, channels))
}

// SpreadChannels returns x (1×channels) repeated in the shape of y, whose second
// dimension is the channels. Local.
func (x Secret) SpreadChannels(y Secret) Secret {
	t := x.open()
	d := t.session.operand("spread", y).shape
	channels, positions := d.channels()
	if t.shape != matrix(1, channels) {
		t.session.failf("spread: got %s for %s, want 1×%d", t.shape, d, channels)
	}
	return t.session.secret(t.session.engine.Spread(t.arith(), d.size[0], positions), t.scale, d)
}
