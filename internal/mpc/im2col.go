package mpc

import (
	"fmt"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Conv is the shape of a convolution of a batch of images, stored as
// Batch×Channels×Height×Width, with Kernels kernels. The channels and the kernels
// are cut into Groups groups, and each kernel sees the channels of its own; the
// kernels are the rows of a Kernels×(Channels/Groups·KernelH·KernelW) matrix.
// Around each image are Pad zeros on either side.
type Conv struct {
	Batch, Channels, Height, Width int
	Kernels, Groups                int
	KernelH, KernelW               int
	StrideH, StrideW               int
	PadH, PadW                     int
	RepeatEdge                     bool // [Party.Windows] pads with the nearest element instead
}

// Check returns an error unless the shape is one: positive sizes, kernels that
// fit into the padded image, and groups that divide channels and kernels.
func (c Conv) Check() error {
	switch {
	case c.Batch < 0 || min(c.Channels, c.Height, c.Width, c.Kernels) < 1:
		return fmt.Errorf("convolution: got a batch of %d×%d×%d×%d and %d kernels, want at least 1 of each", c.Batch, c.Channels, c.Height, c.Width, c.Kernels)
	case min(c.KernelH, c.KernelW, c.StrideH, c.StrideW) < 1 || min(c.PadH, c.PadW) < 0:
		return fmt.Errorf("convolution: got kernels of %d×%d, strides of %d×%d and padding of %d×%d, want at least 1, 1 and 0", c.KernelH, c.KernelW, c.StrideH, c.StrideW, c.PadH, c.PadW)
	case c.KernelH > c.Height+2*c.PadH || c.KernelW > c.Width+2*c.PadW:
		return fmt.Errorf("convolution: got kernels of %d×%d for images of %d×%d with padding of %d×%d, want kernels that fit", c.KernelH, c.KernelW, c.Height, c.Width, c.PadH, c.PadW)
	case c.Groups < 1 || c.Channels%c.Groups != 0 || c.Kernels%c.Groups != 0:
		return fmt.Errorf("convolution: got %d groups of %d channels and %d kernels, want a divisor of both", c.Groups, c.Channels, c.Kernels)
	}
	return nil
}

// Out returns the height and the width of what comes out.
func (c Conv) Out() (height, width int) {
	w := c.window()
	return w.OutHeight(), w.OutWidth()
}

// window is what the kernels of one group see of one image.
func (c Conv) window() ring.Window {
	return ring.Window{
		Channels: c.Channels / max(c.Groups, 1), Height: c.Height, Width: c.Width,
		KernelH: c.KernelH, KernelW: c.KernelW, StrideH: c.StrideH, StrideW: c.StrideW, PadH: c.PadH, PadW: c.PadW,
	}
}

// convSizes are the lengths of images, kernels and results, and of one group of
// them in one image.
type convSizes struct {
	w                    ring.Window
	x, kernels, y        int
	groupX, groupK, outs int // elements of a group's channels, its kernels, their outputs
	perGroup             int // kernels in a group
}

func (s *session) convSizes(c Conv) convSizes {
	if err := c.Check(); err != nil {
		s.Fail(err)
	}
	z := convSizes{w: c.window(), perGroup: c.Kernels / c.Groups}
	z.groupX = z.w.Channels * c.Height * c.Width
	z.groupK = z.perGroup * z.w.Rows()
	z.outs = z.perGroup * z.w.Cols()
	z.x, z.kernels, z.y = c.Batch*c.Groups*z.groupX, c.Groups*z.groupK, c.Batch*c.Groups*z.outs
	return z
}

// image, outputs and kernelsOf return the part of a vector that belongs to group
// g of image n.
func (z convSizes) image(v []uint64, c Conv, n, g int) []uint64 {
	return v[(n*c.Groups+g)*z.groupX:][:z.groupX]
}

func (z convSizes) outputs(v []uint64, c Conv, n, g int) ring.Matrix {
	return ring.Dense(v[(n*c.Groups+g)*z.outs:][:z.outs], z.perGroup, z.w.Cols())
}

func (z convSizes) kernelsOf(v []uint64, g int) ring.Matrix {
	return ring.Dense(v[g*z.groupK:][:z.groupK], z.perGroup, z.w.Rows())
}

// each calls f for all images and groups.
func (c Conv) each(f func(n, g int)) { c.images(0, c.Batch, f) }

// images calls f for images lo to hi−1 and all groups.
func (c Conv) images(lo, hi int, f func(n, g int)) {
	for n := lo; n < hi; n++ {
		for g := range c.Groups {
			f(n, g)
		}
	}
}

// ConvBits is [ProductBits] of convolutions, whatever their shape.
const ConvBits = 1

// Conv returns the summands of twice the convolution of the images x with kernels k
// plus one offset for each kernel, Batch×Kernels×outH×outW: for each image and
// group
//
//	Y = 2·K·Im2Col(X) + offset
//
// as [Party.MatMul], with the columns of one image on each core in memory at a time.
// An empty offset is none.
//
// Cost: local.
func (p *Party) Conv(x, k, offset Arith, c Conv) Product {
	a, b, s := p.operand(x), p.operand(k), p.convSizes(c)
	p.sameLen("convolution: images", len(a.own), s.x)
	p.sameLen("convolution: kernels", len(b.own), s.kernels)
	z, y := p.newProduct(s.y)
	p.beginWith(y.sum, offset, c.Kernels, s.w.Cols())
	kernels, images := p.factors(b, a)
	s.eachPart(c, func(each imageRange) {
		columns := p.columns(s.w)
		each(func(n, g int) {
			ring.Im2Col(columns.Data, s.image(images.words, c, n, g), s.w)
			ring.MatMulAdd(s.outputs(y.sum, c, n, g), s.kernelsOf(kernels.words, g), columns)
		})
		p.free(columns.Data)
	})
	p.release(images)
	p.release(kernels)
	return z
}

// A core does at least leastWork multiply-adds of a convolution at a time, if there
// are as many: they take about 100 µs. A batch is cut into no more than mostParts.
const (
	leastWork = 1 << 20
	mostParts = 32
)

// imageRange calls f for some images and all groups.
type imageRange func(f func(n, g int))

// eachPart calls f for parts of the batch, on every core.
func (z convSizes) eachPart(c Conv, f func(each imageRange)) {
	work := c.Groups * z.outs * z.w.Rows()
	size := max(1, leastWork/work, (c.Batch+mostParts-1)/mostParts)
	ring.EachPart((c.Batch+size-1)/size, func(i int) {
		f(func(g func(n, g int)) { c.images(i*size, min((i+1)*size, c.Batch), g) })
	})
}

// columns returns working memory for what a window sees.
func (p *Party) columns(w ring.Window) ring.Matrix {
	return ring.Dense(p.words(w.Rows()*w.Cols()), w.Rows(), w.Cols())
}

// ConvKernels returns the summands of twice the gradient of the kernels of
// [Party.Conv] for dy, that of its result: 2·Σ over the images of dY·Im2Col(X)ᵀ. Of
// narrow sharings they are right mod 2^32.
//
// Cost: local.
func (p *Party) ConvKernels(x, dy Arith, c Conv) Product {
	a, b, s := p.operand(x), p.operand(dy), p.convSizes(c)
	p.sameLen("convolution: images", len(a.own), s.x)
	p.sameLen("convolution: gradient", len(b.own), s.y)
	z, dk := p.newProduct(s.kernels)
	clear(dk.sum)
	outputs, images := p.factors(b, a)
	var one sync.Mutex
	s.eachPart(c, func(each imageRange) {
		columns, sum := p.columns(s.w), p.words(s.kernels)
		clear(sum)
		each(func(n, g int) {
			ring.Im2Col(columns.Data, s.image(images.words, c, n, g), s.w)
			ring.MatMulAdd(s.kernelsOf(sum, g), s.outputs(outputs.words, c, n, g), columns.T())
		})
		one.Lock()
		ring.Add(dk.sum, dk.sum, sum)
		one.Unlock()
		p.free(columns.Data)
		p.free(sum)
	})
	p.release(images)
	p.release(outputs)
	return z
}

// ConvImages returns the summands of twice the gradient of the images of
// [Party.Conv]: 2·Col2Im(Kᵀ·dY) for each.
//
// Cost: local.
func (p *Party) ConvImages(k, dy Arith, c Conv) Product {
	a, b, s := p.arith(k), p.arith(dy), p.convSizes(c)
	p.sameLen("convolution: kernels", len(a.own), s.kernels)
	p.sameLen("convolution: gradient", len(b.own), s.y)
	z, dx := p.newProduct(s.x)
	clear(dx.sum)
	kernels, outputs := p.factors(a, b)
	s.eachPart(c, func(each imageRange) {
		columns := p.columns(s.w)
		each(func(n, g int) {
			clear(columns.Data)
			ring.MatMulAdd(columns, s.kernelsOf(kernels.words, g).T(), s.outputs(outputs.words, c, n, g))
			ring.Col2Im(s.image(dx.sum, c, n, g), columns.Data, s.w)
		})
		p.free(columns.Data)
	})
	p.release(kernels)
	p.release(outputs)
	return z
}
