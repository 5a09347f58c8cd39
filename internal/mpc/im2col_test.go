package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// drawConv draws a small convolution.
func drawConv(t *rapid.T) mpc.Conv {
	side, small := rapid.IntRange(1, 6), rapid.IntRange(1, 3)
	groups := small.Draw(t, "groups")
	c := mpc.Conv{
		Batch: rapid.IntRange(0, 3).Draw(t, "batch"), Height: side.Draw(t, "height"), Width: side.Draw(t, "width"),
		Groups: groups, Channels: groups * small.Draw(t, "channels"), Kernels: groups * small.Draw(t, "kernels"),
		StrideH: small.Draw(t, "strideH"), StrideW: small.Draw(t, "strideW"),
		PadH: rapid.IntRange(0, 2).Draw(t, "padH"), PadW: rapid.IntRange(0, 2).Draw(t, "padW"),
	}
	c.KernelH = rapid.IntRange(1, min(4, c.Height+2*c.PadH)).Draw(t, "kernelH")
	c.KernelW = rapid.IntRange(1, min(4, c.Width+2*c.PadW)).Draw(t, "kernelW")
	return c
}

// sees returns which element of the images element (i, j) of a kernel is over, for
// output (y, x) of a channel: −1 for padding.
func sees(c mpc.Conv, plane, i, j, y, x int) int {
	row, col := y*c.StrideH+i-c.PadH, x*c.StrideW+j-c.PadW
	if c.RepeatEdge {
		row, col = min(max(row, 0), c.Height-1), min(max(col, 0), c.Width-1)
	}
	if row < 0 || row >= c.Height || col < 0 || col >= c.Width {
		return -1
	}
	return (plane*c.Height+row)*c.Width + col
}

// eachProduct calls f with the places of the two factors and of the result, for
// every product of a convolution.
func eachProduct(c mpc.Conv, f func(image, kernel, out int)) {
	h, w := c.Out()
	channels, kernels := c.Channels/c.Groups, c.Kernels/c.Groups
	for n := range c.Batch {
		for o := range c.Kernels {
			for place := range h * w {
				for e := range channels * c.KernelH * c.KernelW {
					ch, i, j := e/(c.KernelH*c.KernelW), e/c.KernelW%c.KernelH, e%c.KernelW
					at := sees(c, n*c.Channels+o/kernels*channels+ch, i, j, place/w, place%w)
					if at >= 0 {
						f(at, o*channels*c.KernelH*c.KernelW+e, (n*c.Kernels+o)*h*w+place)
					}
				}
			}
		}
	}
}

// The convolution and its two gradients are sums of the same products.
func TestConv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		h, w := c.Out()
		outs := c.Batch * c.Kernels * h * w
		x, k := randomWords(c.Batch*c.Channels*c.Height*c.Width), randomWords(c.Kernels*c.Channels/c.Groups*c.KernelH*c.KernelW)
		b, dy := randomWords(c.Kernels), randomWords(outs)
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			useAndEnd(p)
			return p.Reshare(p.ConcatProducts(p.Conv(v[0], v[1], v[2], c), p.Conv(v[0], v[1], mpc.Arith{}, c),
				p.ConvKernels(v[0], v[3], c), p.ConvImages(v[1], v[3], c)))
		}, x, k, b, dy)
		want := make([]uint64, 2*outs+len(k)+len(x))
		y, plain, dk, dx := want[:outs], want[outs:2*outs], want[2*outs:][:len(k)], want[2*outs+len(k):]
		for i := range y {
			y[i] = b[i/(h*w)%c.Kernels]
		}
		eachProduct(c, func(image, kernel, out int) {
			y[out] += 2 * x[image] * k[kernel]
			plain[out] += 2 * x[image] * k[kernel]
			dk[kernel] += 2 * x[image] * dy[out]
			dx[image] += 2 * k[kernel] * dy[out]
		})
		require.Equal(t, want, got)
	})
}

// Windows copies what a kernel sees, and FromWindows adds it back.
func TestWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		c.RepeatEdge = rapid.Bool().Draw(t, "repeat edge")
		h, w := c.Out()
		planes := c.Batch * c.Channels
		x, dy := randomWords(planes*c.Height*c.Width), randomWords(planes*c.KernelH*c.KernelW*h*w)
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			useAndEnd(p)
			return p.Concat(p.Windows(v[0], c), p.FromWindows(v[1], c))
		}, x, dy)
		want := make([]uint64, len(dy)+len(x))
		for e := range dy {
			place, plane, element := e%(h*w), e/(h*w)%max(planes, 1), e/(h*w)/max(planes, 1)
			if at := sees(c, plane, element/c.KernelW, element%c.KernelW, place/w, place%w); at >= 0 {
				want[e] = x[at]
				want[len(dy)+at] += dy[e]
			}
		}
		require.Equal(t, want, got)
	})
}

func TestChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 5)
		batch, channels, positions, inner := size.Draw(t, "batch"), size.Draw(t, "channels"), size.Draw(t, "positions"), size.Draw(t, "inner")
		x, b, m, k := randomWords(batch*channels*positions), randomWords(channels), randomWords(batch*inner), randomWords(inner*channels)
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			useAndEnd(p)
			left, right := mpc.Operand{Rows: batch, Cols: inner}, mpc.Operand{Rows: inner, Cols: channels}
			affine := p.ConcatProducts(p.Affine(v[2], left, v[3], right, v[1]), p.Affine(v[2], left, v[3], right, mpc.Arith{}))
			return p.Concat(p.SumChannels(v[0], channels, positions), p.Spread(v[1], batch, positions), p.Reshare(affine))
		}, x, b, m, k)
		sums, spread := make([]uint64, channels), make([]uint64, len(x))
		for i, v := range x {
			sums[i/positions%channels] += v
			spread[i] = b[i/positions%channels]
		}
		affine, plain := make([]uint64, batch*channels), make([]uint64, batch*channels)
		for i := range affine {
			for l := range inner {
				plain[i] += m[i/channels*inner+l] * k[l*channels+i%channels] << mpc.ProductBits(batch, channels)
			}
			affine[i] = plain[i] + b[i%channels]
		}
		require.Equal(t, append(append(append(sums, spread...), affine...), plain...), got)
	})
}

// A convolution that is none is refused, and so are operands of other sizes.
func TestConvCheck(t *testing.T) {
	good := mpc.Conv{Batch: 2, Channels: 2, Height: 4, Width: 4, Kernels: 2, Groups: 2, KernelH: 2, KernelW: 2, StrideH: 1, StrideW: 1}
	require.NoError(t, good.Check())
	for want, spoil := range map[string]func(c *mpc.Conv){
		"got a batch of 2×2×4×4 and 0 kernels, want at least 1 of each":                    func(c *mpc.Conv) { c.Kernels = 0 },
		"got kernels of 2×2, strides of 0×1 and padding of 0×0, want at least 1, 1 and 0":  func(c *mpc.Conv) { c.StrideH = 0 },
		"got kernels of 5×2 for images of 4×4 with padding of 0×0, want kernels that fit":  func(c *mpc.Conv) { c.KernelH = 5 },
		"got 2 groups of 3 channels and 2 kernels, want a divisor of both":                 func(c *mpc.Conv) { c.Channels = 3 },
		"got 0 groups of 2 channels and 2 kernels, want a divisor of both":                 func(c *mpc.Conv) { c.Groups = 0 },
		"got kernels of 2×2, strides of 1×1 and padding of 0×-1, want at least 1, 1 and 0": func(c *mpc.Conv) { c.PadW = -1 },
	} {
		c := good
		spoil(&c)
		require.EqualError(t, c.Check(), "convolution: "+want)
	}
}

// Sums that leave the range are reported, also where only the sum over images
// does.
func TestConvRange(t *testing.T) {
	one := mpc.Conv{Batch: 2, Channels: 1, Height: 2, Width: 2, Kernels: 1, Groups: 1, KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 2}
	big := uint64(1) << 28
	for name, f := range map[string]func(c *mpc.Clear, x, k, dy mpc.Arith){
		"matrix product": func(c *mpc.Clear, x, k, _ mpc.Arith) { c.Conv(x, k, mpc.Arith{}, one) },
		"convolution":    func(c *mpc.Clear, x, _, dy mpc.Arith) { c.ConvKernels(x, dy, one) },
	} {
		for scale, reported := range map[int]bool{30: false, 31: true} {
			report, err := mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{}, func(c *mpc.Clear) error {
				f(c, c.Public([]uint64{big, big, big, big, big, big, big, big}),
					c.Public(constant(4, 1<<scale)), c.Public(constant(2, 1<<(scale+1))))
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, reported, len(report.Range) > 0, "%s, 2^%d: %v", name, scale, report.Range)
			if reported {
				require.Equal(t, name, report.Range[0].Op)
			}
		}
	}
}
