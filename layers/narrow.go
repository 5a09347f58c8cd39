package layers

import (
	"math/bits"

	"github.com/trefoil-ml/trefoil/tensor"
)

// The gradients of the first trained convolution need no more than the images and
// the gradient dy of its output, and nothing needs dy but they. So dy is held
// mod 2^32 on its way from the layer behind, and only the sums are widened; they
// are few. For that the numbers have small scales:
//
//	images      imageBits
//	dy          narrowScale: gradientBits, or fewer for large batches
//	∂K          the sum of both and [tensor.ProductBits], |∂K| < 2^rowBits for each row of the batch
//
// See docs/protocols/narrow.md for the error.
const (
	imageBits         = 8
	gradientBits      = 12
	leastGradientBits = 8
	rowBits           = 2
	wideBits          = 30 // |∂K| < 2^wideBits units can be widened
)

// Bytes in all servers for each number: what narrow gradients at least save (see
// [MaxPool2D]), and at most cost. Of the costs, the first is [tensor.Secret.Activate]
// of the images, the second what becomes of a gradient ([tensor.Secret.Conv2DNarrow]
// and its comparison), the third [tensor.Secret.Rescale] of the weights of the layer
// behind.
const (
	widenBytes, routeBytes              = 16, 16
	imageBytes, kernelBytes, coarseness = 12, 120, 16
)

// narrowing is a layer that passes on a gradient that is, or is to be, narrow.
type narrowing interface {
	Layer
	// backwardNarrow is Backward with a result at this scale, narrow where the
	// session makes such.
	backwardNarrow(dy tensor.Secret, scale int) tensor.Secret
}

// narrowFrom returns the layer from which on the gradient for the first trained
// layer is narrow: the next one behind it with weights, if there are but maxima,
// ReLU and changes of shape between, and it pays; else −1.
func (n *Sequential) narrowFrom(first int) int {
	conv, ok := n.layers[first].(*Conv2D)
	if !ok {
		return -1
	}
	next := first + 1
	for next < len(n.layers) && passes(n.layers[next]) {
		next++
	}
	if next == len(n.layers) {
		return -1
	}
	switch l := n.layers[next].(type) {
	case *Conv2D, *Linear:
		if conv.narrowPays(n.layers[first+1], l.Params()[0].Value.Len()) {
			return next
		}
	}
	return -1
}

// passes reports whether a layer gives a narrow gradient on as one.
func passes(l Layer) bool {
	switch l.(type) {
	case *Flatten, *Reshape, *ReLU, *MaxPool2D:
		return true
	}
	return false
}

// gradientsNarrow is Gradients from layer `from` on, for dy, the gradient of its
// output.
func (n *Sequential) gradientsNarrow(first, from int, dy tensor.Secret) {
	conv, s := n.layers[first].(*Conv2D), dy.Session()
	scale := conv.narrowScale()
	for i := from; i > first; i-- {
		l, ok := n.layers[i].(narrowing)
		if !ok {
			dy = n.back(i, dy)
			continue
		}
		s.In(l.Name(), -1, func() { dy = l.backwardNarrow(dy, scale) })
	}
	s.In(conv.Name(), -1, func() { conv.gradientsNarrow(dy) })
}

// narrowScale is the scale of dy at which ∂K is below 2^wideBits units.
func (l *Conv2D) narrowScale() int {
	rows := bits.Len(uint(l.x.Rows() - 1)) // ⌈log2⌉
	return min(gradientBits, l.x.Scale(), wideBits-imageBits-tensor.ProductBits-rowBits-rows)
}

// narrowPays reports whether a narrow gradient, with this layer behind and so many
// weights in the one that the gradient comes from, saves more bytes than it costs.
// It depends on shapes only.
func (l *Conv2D) narrowPays(behind Layer, weights int) bool {
	if !l.x.Valid() || l.W.Frozen || !l.x.Session().Narrows() || l.narrowScale() < min(leastGradientBits, l.x.Scale()) {
		return false
	}
	shape := l.x.Shape()
	shape[1] = l.W.Value.Rows()
	saved := widenBytes * places(l.window, shape)
	if p, ok := behind.(*MaxPool2D); ok {
		saved = (widenBytes + routeBytes*(p.window.KernelH*p.window.KernelW-1)) * places(p.window, p.shape)
	}
	return saved > imageBytes*l.x.Len()+kernelBytes*(l.W.Value.Len()+l.B.Value.Len())+coarseness*weights
}

// places is how many results a window has over images of this shape, in all
// channels.
func places(w tensor.Window, images []int) int {
	h, wd, err := w.Out(images[2], images[3])
	if err != nil { // of which Forward would have told
		return 0
	}
	return images[0] * images[1] * h * wd
}

// gradientsNarrow is [Conv2D.Gradients] for a narrow dy at narrowScale.
//
// Cost: 1 round and 12 bytes in all for each element of the images, and that of
// [tensor.Secret.Conv2DNarrow].
func (l *Conv2D) gradientsNarrow(dy tensor.Secret) {
	wantForward(l.name, l.x, dy)
	dk, db := l.x.Activate(min(imageBits, l.x.Scale())).Conv2DNarrow(dy, l.window, l.groups)
	l.W.Grad = dk
	if !l.B.Frozen {
		l.B.Grad = db
	}
	l.x = tensor.Secret{}
}

// coarse returns weights w at a scale that lets dy·w be activated at another.
//
// Cost: a truncation of w: 1 or 2 rounds, where its scale is too large.
func coarse(w, dy tensor.Secret, scale int) tensor.Secret {
	return w.Rescale(min(w.Scale(), scale+tensor.Widest-dy.Scale()-tensor.ProductBits))
}
