package ring

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawWindow draws a small window that fits.
func drawWindow(t *rapid.T) Window {
	side := rapid.IntRange(1, 9)
	small := rapid.IntRange(1, 4)
	w := Window{
		Channels: small.Draw(t, "channels"), Height: side.Draw(t, "height"), Width: side.Draw(t, "width"),
		StrideH: small.Draw(t, "strideH"), StrideW: small.Draw(t, "strideW"),
		PadH: rapid.IntRange(0, 5).Draw(t, "padH"), PadW: rapid.IntRange(0, 5).Draw(t, "padW"),
	}
	w.KernelH = rapid.IntRange(1, w.Height+2*w.PadH).Draw(t, "kernelH")
	w.KernelW = rapid.IntRange(1, w.Width+2*w.PadW).Draw(t, "kernelW")
	return w
}

// eachElement is the definition: at gives the place in the image that the
// matrix element is over, or -1 over padding.
func (w Window) eachElement(f func(element, at int)) {
	e := 0
	for c := range w.Channels {
		for i := range w.KernelH {
			for j := range w.KernelW {
				for y := range w.OutHeight() {
					for x := range w.OutWidth() {
						row, col := y*w.StrideH+i-w.PadH, x*w.StrideW+j-w.PadW
						at := -1
						if row >= 0 && row < w.Height && col >= 0 && col < w.Width {
							at = (c*w.Height+row)*w.Width + col
						}
						f(e, at)
						e++
					}
				}
			}
		}
	}
}

func TestIm2Col(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			w := drawWindow(rt)
			rng := newRand(1)
			image := words(rng, w.Channels*w.Height*w.Width)
			dst, intact := guarded(t, words(rng, w.Rows()*w.Cols()))
			want := make([]uint64, len(dst))
			w.eachElement(func(e, at int) {
				if at >= 0 {
					want[e] = image[at]
				}
			})
			Im2Col(dst, image, w)
			require.Equal(rt, want, dst)
			intact()
		})
	})
}

func TestCol2Im(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			w := drawWindow(rt)
			rng := newRand(1)
			matrix := words(rng, w.Rows()*w.Cols())
			dst, intact := guarded(t, words(rng, w.Channels*w.Height*w.Width))
			want := append([]uint64{}, dst...)
			w.eachElement(func(e, at int) {
				if at >= 0 {
					want[at] += matrix[e]
				}
			})
			Col2Im(dst, matrix, w)
			require.Equal(rt, want, dst)
			intact()
		})
	})
}

func TestWindowPanics(t *testing.T) {
	w := Window{Channels: 1, Height: 3, Width: 3, KernelH: 2, KernelW: 2, StrideH: 1, StrideW: 1}
	Im2Col(make([]uint64, 16), make([]uint64, 9), w)
	shapePanic(t, func() { Im2Col(make([]uint64, 15), make([]uint64, 9), w) })
	shapePanic(t, func() { Im2Col(make([]uint64, 16), make([]uint64, 8), w) })
	shapePanic(t, func() { Col2Im(make([]uint64, 9), make([]uint64, 15), w) })
	w.KernelH = 4
	shapePanic(t, func() { Im2Col(nil, make([]uint64, 9), w) })
	w.KernelH, w.StrideW = 2, 0
	shapePanic(t, func() { Im2Col(nil, make([]uint64, 9), w) })
}
