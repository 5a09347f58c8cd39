package layers_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// narrowCase is a network whose first trained layer is a convolution.
type narrowCase struct {
	batch  int
	in     []int // of a row
	specs  []layers.Spec
	frozen string // prefix of the names of parameters

	conv     int // the first trained layer
	window   tensor.Window
	groups   int
	overlaps float64 // how many windows of a pool an element is in, at most
	saved    int64   // at least so many bytes, as layers/narrow.go declares them
}

func narrowCases() map[string]narrowCase {
	conv := func(out, kernel int) layers.Spec {
		return layers.Spec{Kind: "conv2d", Out: out, Kernel: [2]int{kernel, kernel}}
	}
	pool := layers.Spec{Kind: "max_pool2d", Kernel: [2]int{2, 2}}
	over := layers.Spec{Kind: "max_pool2d", Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}
	relu, flat, three := layers.Spec{Kind: "relu"}, layers.Spec{Kind: "flatten"}, layers.Spec{Kind: "linear", Out: 3}
	grouped := layers.Spec{Kind: "conv2d", Out: 8, Kernel: [2]int{3, 2}, Padding: [2]int{1, 0}, Groups: 2}
	strided := layers.Spec{Kind: "conv2d", Out: 6, Kernel: [2]int{3, 3}, Stride: [2]int{2, 1}, Padding: [2]int{0, 1}}
	return map[string]narrowCase{
		"pool": {
			batch: 32, in: []int{1, 16, 16}, specs: []layers.Spec{conv(4, 5), relu, pool, flat, three},
			window: tensor.Square(5, 1, 0), groups: 1, overlaps: 1, saved: 64*32*4*36 - 12*32*256 - 120*104 - 16*144*3,
		},
		"large batch": {
			batch: 300, in: []int{1, 6, 6}, specs: []layers.Spec{conv(4, 3), relu, pool, flat, three},
			window: tensor.Square(3, 1, 0), groups: 1, overlaps: 1, saved: 64*300*4*4 - 12*300*36 - 120*40 - 16*16*3,
		},
		"groups, and another convolution": {
			batch: 16, in: []int{2, 12, 13}, specs: []layers.Spec{grouped, relu, pool, conv(3, 3), relu, flat, three},
			window: tensor.Window{KernelH: 3, KernelW: 2, StrideH: 1, StrideW: 1, PadH: 1}, groups: 2, overlaps: 1,
			saved: 64*16*8*36 - 12*16*312 - 120*(8*6+8) - 16*8*9*3,
		},
		"stride, and a pool that overlaps": {
			batch: 16, in: []int{1, 15, 12}, specs: []layers.Spec{strided, relu, over, flat, three},
			window: tensor.Window{KernelH: 3, KernelW: 3, StrideH: 2, StrideW: 1, PadW: 1}, groups: 1, overlaps: 4,
			saved: (16+8*16)*16*6*24 - 12*16*180 - 120*60 - 16*6*24*3,
		},
		"no pool": {
			batch: 32, in: []int{1, 12, 12}, specs: []layers.Spec{conv(6, 3), relu, flat, three},
			window: tensor.Square(3, 1, 0), groups: 1, overlaps: 1, saved: 16*32*600 - 12*32*144 - 120*60 - 16*600*3,
		},
		"first layer frozen": {
			batch: 32, in: []int{1, 14, 14}, specs: []layers.Spec{conv(2, 3), relu, pool, conv(6, 3), relu, pool, flat, three},
			frozen: "conv2d1", conv: 3,
			window: tensor.Square(3, 1, 0), groups: 1, overlaps: 1, saved: 64*32*6*4 - 12*32*72 - 120*(6*18+6) - 16*24*3,
		},
		"offsets frozen": {
			batch: 32, in: []int{1, 16, 16}, specs: []layers.Spec{conv(4, 5), relu, pool, flat, three}, frozen: "conv2d1.bias",
			window: tensor.Square(5, 1, 0), groups: 1, overlaps: 1, saved: 64*32*4*36 - 12*32*256 - 120*104 - 16*144*3,
		},
	}
}

// program goes forwards once and backwards twice, with Backward of every layer
// and with Gradients. It returns the images of the convolution, the gradient of its
// output, and its gradients both ways.
func (c narrowCase) program(t *testing.T, bytes *[3][2]int64) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		n, err := layers.Build(s, c.specs, c.in, 1)
		if err != nil {
			return nil, err
		}
		for _, p := range n.Params() {
			p.Frozen = c.frozen != "" && strings.HasPrefix(p.Name, c.frozen)
		}
		ls, inputs, x := n.Layers(), []tensor.Secret{}, in[0]
		for _, l := range ls {
			inputs, x = append(inputs, x), l.Forward(x)
		}
		sent := func(way int, f func()) {
			_, before := s.Cost()
			f()
			_, after := s.Cost()
			bytes[max(0, s.Server())][way] = after - before
		}
		dy, conv := in[1], ls[c.conv].(*layers.Conv2D)
		sent(0, func() {
			for i := len(ls) - 1; i > c.conv; i-- {
				dy = ls[i].Backward(dy)
			}
			conv.Gradients(dy)
		})
		out := []tensor.Secret{inputs[c.conv], dy, conv.W.Grad, conv.B.Grad}
		for i, l := range ls { // forgot their batch; the bits of ReLU and pools stay
			switch l.(type) {
			case *layers.Conv2D, *layers.Linear:
				l.Forward(inputs[i])
			}
		}
		conv.W.Grad, conv.B.Grad = tensor.Secret{}, tensor.Secret{}
		sent(1, func() { n.Gradients(in[1]) })
		if out = append(out, conv.W.Grad); conv.B.Frozen {
			require.False(t, conv.B.Grad.Valid())
			out[3] = s.Zeros(0, 1, out[2].Rows())
			return append(out, out[3]), nil
		}
		images := s.FractionBits()
		if s.Narrows() {
			images = 8
		}
		require.Equal(t, conv.B.Grad.Scale()+images+tensor.ProductBits, conv.W.Grad.Scale())
		return append(out, conv.B.Grad), nil
	}
}

// bounds returns how far the narrow gradients of kernels and offsets may be from
// the wide ones, for images x and a wide gradient dy: docs/protocols/narrow.md.
func (c narrowCase) bounds(x, dy, dk tensor.Dense) (kernels tensor.Dense, offsets float64) {
	scale := math.Min(12, 19-math.Ceil(math.Log2(float64(c.batch))))
	image, grad := math.Ldexp(1.5, -8), c.overlaps*(math.Ldexp(1.5, -int(scale))+1.5*unit+unit/16)
	kernels = tensor.Zeros(dk.Shape()...)
	in, out := x.Shape(), dy.Shape()
	perGroup, perKernel := in[1]/c.groups, out[1]/c.groups
	for at := range kernels.Data() {
		fan := dk.Shape()[1]
		o, ch, i, j := at/fan, at%fan/(c.window.KernelH*c.window.KernelW), at/c.window.KernelW%c.window.KernelH, at%c.window.KernelW
		for p := range in[0] * out[2] * out[3] {
			n, row, col := p/(out[2]*out[3]), p/out[3]%out[2], p%out[3]
			d := math.Abs(dy.Data()[(n*out[1]+o)*out[2]*out[3]+row*out[3]+col])
			v := math.Abs(pixel(x, n, o/perKernel*perGroup+ch, row*c.window.StrideH+i-c.window.PadH, col*c.window.StrideW+j-c.window.PadW, 0))
			kernels.Data()[at] += d*image + (v+image)*grad
		}
	}
	return kernels, float64(in[0]*out[2]*out[3]) * grad
}

// The gradients of the first trained convolution mod 2^32 are the wide ones
// within the bound, and cost as many bytes less as is declared, on both engines;
// with exact rounding nothing is narrow.
func TestGradientsNarrow(t *testing.T) {
	for name, c := range narrowCases() {
		t.Run(name, func(t *testing.T) {
			outs, err := layers.Shapes(c.specs, c.in)
			require.NoError(t, err)
			x, dy := random(3, 16, 1, append([]int{c.batch}, c.in...)...), random(4, 16, 1, c.batch, outs[len(outs)-1][0])
			var bytes [3][2]int64
			secure := tensortest.Secure(t, tensortest.Options{}, c.program(t, &bytes), x, dy)
			require.NoError(t, secure.Err)
			require.Positive(t, c.saved)
			saved := bytes[0][0] + bytes[1][0] + bytes[2][0] - bytes[0][1] - bytes[1][1] - bytes[2][1]
			require.GreaterOrEqual(t, saved, c.saved)
			inClear := tensortest.Clear(t, tensortest.Options{}, c.program(t, &bytes), x, dy)
			require.NoError(t, inClear.Err)
			require.Empty(t, inClear.Range)
			c.compare(t, secure.Values)
			c.compare(t, inClear.Values)
			secure, inClear = tensortest.Both(t, tensortest.Options{Exact: true}, c.program(t, &bytes), x, dy)
			require.Equal(t, inClear.Values, secure.Values)
			require.Equal(t, secure.Values[2], secure.Values[4])
		})
	}
}

func (c narrowCase) compare(t *testing.T, v []tensor.Dense) {
	t.Helper()
	kernels, offsets := c.bounds(v[0], v[1], v[2])
	worst := 0.
	for i, bound := range kernels.Data() {
		off := math.Abs(v[2].Data()[i] - v[4].Data()[i])
		require.LessOrEqual(t, off, bound, "kernels, element %d", i)
		worst = max(worst, off/bound)
	}
	require.True(t, multiples(v[4], 20), "the gradient is narrow")
	for i, want := range v[3].Data() {
		require.InDelta(t, want, v[5].Data()[i], offsets, "offset %d", i)
	}
	t.Logf("largest error of a kernel: %.3f of the bound", worst)
}

// Where it does not pay, because the weights behind are many or the images are as
// large as what comes of them, where a batch is too large, and where nothing begins
// it, gradients have all their bits: they are no multiples of 2^−20, or 2^−12.
func TestGradientsStayWide(t *testing.T) {
	conv := layers.Spec{Kind: "conv2d", Out: 8, Kernel: [2]int{3, 3}}
	pool, flat, one := layers.Spec{Kind: "max_pool2d", Kernel: [2]int{2, 2}}, layers.Spec{Kind: "flatten"}, layers.Spec{Kind: "linear", Out: 1}
	few, mean, dense := conv, pool, one
	few.Out, mean.Kind, dense.Out = 1, "avg_pool2d", 20
	for name, c := range map[string]narrowCase{
		"many weights behind": {batch: 4, in: []int{1, 16, 16}, specs: []layers.Spec{conv, pool, flat, dense}},
		"few kernels":         {batch: 32, in: []int{2, 10, 10}, specs: []layers.Spec{few, {Kind: "relu"}, flat, one}},
		"large batch":         {batch: 2049, in: []int{1, 4, 4}, specs: []layers.Spec{conv, pool, flat, one}},
		"mean pool between":   {batch: 32, in: []int{1, 10, 10}, specs: []layers.Spec{conv, mean, flat, one}},
		"nothing behind":      {batch: 32, in: []int{1, 10, 10}, specs: []layers.Spec{conv, pool, flat}},
		"kernels frozen":      {batch: 32, in: []int{1, 10, 10}, specs: []layers.Spec{conv, pool, flat, one}, frozen: "conv2d1.weight"},
	} {
		t.Run(name, func(t *testing.T) {
			outs, err := layers.Shapes(c.specs, c.in)
			require.NoError(t, err)
			bits := 20
			r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				n, err := layers.Build(s, c.specs, c.in, 1)
				if err != nil {
					return nil, err
				}
				p := n.Params()
				if p[0].Frozen = c.frozen == p[0].Name; p[0].Frozen {
					p, bits = p[1:], 12
				}
				n.Forward(in[0])
				n.Gradients(in[1])
				return []tensor.Secret{p[0].Grad}, nil
			}, random(3, 16, 1, append([]int{c.batch}, c.in...)...), random(4, 16, 1, append([]int{c.batch}, outs[len(outs)-1]...)...))
			require.NoError(t, r.Err)
			require.False(t, multiples(r.Values[0], bits))
		})
	}
}

// multiples reports whether all numbers are multiples of 2^−bits.
func multiples(d tensor.Dense, bits int) bool {
	for _, v := range d.Data() {
		if units := math.Ldexp(v, bits); units != math.Trunc(units) {
			return false
		}
	}
	return true
}
