package layers_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// convolved is the convolution from its definition.
func convolved(p []tensor.Dense, x tensor.Dense, w tensor.Window, groups int) tensor.Dense {
	k, b, in := p[0], p[1], x.Shape()
	outH, outW, err := w.Out(in[2], in[3])
	if err != nil {
		panic(err)
	}
	out, perGroup, kernels := k.Shape()[0], in[1]/groups, k.Shape()[0]/groups
	y := tensor.Zeros(in[0], out, outH, outW)
	at := 0
	for n := range in[0] {
		for o := range out {
			for r := range outH {
				for c := range outW {
					sum := b.At(0, o)
					for ch := range perGroup {
						for i := range w.KernelH {
							for j := range w.KernelW {
								sum += k.At(o, (ch*w.KernelH+i)*w.KernelW+j) *
									pixel(x, n, o/kernels*perGroup+ch, r*w.StrideH+i-w.PadH, c*w.StrideW+j-w.PadW, 0)
							}
						}
					}
					y.Data()[at] = sum
					at++
				}
			}
		}
	}
	return y
}

// pixel is an element of an image, or what stands for padding.
func pixel(x tensor.Dense, n, c, row, col int, padding float64) float64 {
	if s := x.Shape(); row < 0 || row >= s[2] || col < 0 || col >= s[3] {
		return padding
	}
	return x.At(n, c, row, col)
}

// pooled applies a function to the elements of every window.
func pooled(x tensor.Dense, w tensor.Window, padding float64, f func(v []float64) float64) tensor.Dense {
	in := x.Shape()
	outH, outW, err := w.Out(in[2], in[3])
	if err != nil {
		panic(err)
	}
	y := tensor.Zeros(in[0], in[1], outH, outW)
	for at := range y.Data() {
		plane, r, c := at/(outH*outW), at/outW%outH, at%outW
		var v []float64
		for i := range w.KernelH {
			for j := range w.KernelW {
				v = append(v, pixel(x, plane/in[1], plane%in[1], r*w.StrideH+i-w.PadH, c*w.StrideW+j-w.PadW, padding))
			}
		}
		y.Data()[at] = f(v)
	}
	return y
}

func largest(v []float64) float64 {
	most := math.Inf(-1)
	for _, x := range v {
		most = max(most, x)
	}
	return most
}

func mean(v []float64) (sum float64) {
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}

func TestConv2D(t *testing.T) {
	for _, tc := range []struct {
		w                       tensor.Window
		in, out, groups, height int
		width                   int
	}{
		{tensor.Square(3, 1, 0), 2, 3, 1, 5, 4},
		{tensor.Square(3, 1, 1), 2, 4, 2, 5, 4},
		{tensor.Square(2, 2, 1), 3, 3, 3, 4, 5},
		{tensor.Square(1, 1, 0), 1, 1, 1, 1, 1},
		{tensor.Window{KernelH: 2, KernelW: 3, StrideH: 3, StrideW: 1, PadH: 1, PadW: 2}, 1, 2, 1, 6, 3},
	} {
		t.Run(fmt.Sprintf("%+v", tc), func(t *testing.T) {
			h, w, err := tc.w.Out(tc.height, tc.width)
			require.NoError(t, err)
			fan := tc.in / tc.groups * tc.w.KernelH * tc.w.KernelW
			check{
				make: func(s *tensor.Session) layers.Layer {
					return layers.NewConv2D(s, "conv", tc.in, tc.out, tc.w, tc.groups)
				},
				params: []tensor.Dense{random(1, 30, 1, tc.out, fan), random(2, 30, 1, 1, tc.out)},
				x:      random(3, 16, 2, 3, tc.in, tc.height, tc.width), out: []int{3, tc.out, h, w},
				value: func(p []tensor.Dense, x tensor.Dense) tensor.Dense { return convolved(p, x, tc.w, tc.groups) },
				y:     unit, dx: unit, grad: 0,
			}.run(t)
		})
	}
}

var pools = []struct {
	w             tensor.Window
	height, width int
}{
	{tensor.Square(2, 2, 0), 4, 6},
	{tensor.Square(3, 2, 1), 5, 5},
	{tensor.Square(2, 1, 0), 3, 3},
	{tensor.Square(1, 1, 0), 2, 2},
	{tensor.Window{KernelH: 2, KernelW: 3, StrideH: 2, StrideW: 3, PadH: 1, PadW: 1}, 5, 5},
}

func TestPools(t *testing.T) {
	for name, tc := range map[string]struct {
		make    func(w tensor.Window) layers.Layer
		padding float64
		f       func(v []float64) float64
		off     float64
	}{
		"maximum": {func(w tensor.Window) layers.Layer { return layers.NewMaxPool2D("pool", w) }, math.Inf(-1), largest, 0},
		"mean":    {func(w tensor.Window) layers.Layer { return layers.NewAvgPool2D("pool", w) }, 0, mean, 2 * unit},
	} {
		for _, p := range pools {
			t.Run(fmt.Sprintf("%s %+v", name, p), func(t *testing.T) {
				h, w, err := p.w.Out(p.height, p.width)
				require.NoError(t, err)
				check{
					make: func(*tensor.Session) layers.Layer { return tc.make(p.w) },
					x:    random(3, 16, 2, 2, 3, p.height, p.width), out: []int{2, 3, h, w},
					value: func(_ []tensor.Dense, x tensor.Dense) tensor.Dense { return pooled(x, p.w, tc.padding, tc.f) },
					y:     tc.off, dx: 9 * tc.off, // of up to nine windows
				}.run(t)
			})
		}
	}
}

// Of equal elements, exactly one gets the gradient: the first in reading order.
func TestMaxPoolTies(t *testing.T) {
	x := tensor.NewDense([]float64{
		1, 1, -2, 3,
		1, 1, 3, 3,
		0, 2, -1, -1,
		2, 2, -1, -1,
	}, 1, 1, 4, 4)
	want := []float64{
		.5, 0, 0, .25,
		0, 0, 0, 0,
		0, 2, -3, 0,
		0, 0, 0, 0,
	}
	dy := tensor.NewDense([]float64{.5, .25, 2, -3}, 1, 1, 2, 2)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewMaxPool2D("pool", tensor.Square(2, 2, 0))
		return []tensor.Secret{l.Forward(in[0]), l.Backward(in[1])}, nil
	}, x, dy)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.Equal(t, []float64{1, 3, 2, -1}, v[0].Data())
		require.Equal(t, want, v[1].Data())
	}
}

// With overlapping windows an element that wins several gets all their gradients.
func TestMaxPoolOverlap(t *testing.T) {
	x := tensor.NewDense([]float64{0, 0, 0, 0, 5, 0, 0, 0, 0}, 1, 1, 3, 3)
	dy := tensor.NewDense([]float64{1, 2, 4, 8}, 1, 1, 2, 2)
	secure, _ := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewMaxPool2D("pool", tensor.Square(2, 1, 0))
		l.Forward(in[0])
		return []tensor.Secret{l.Backward(in[1])}, nil
	}, x, dy)
	require.Equal(t, []float64{0, 0, 0, 0, 15, 0, 0, 0, 0}, secure.Values[0].Data())
}
