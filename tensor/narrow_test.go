package tensor_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// uniform returns multiples of 2^−bits below most in magnitude.
func uniform(r *rand.Rand, bits int, most float64, shape ...int) tensor.Dense {
	d := tensor.Zeros(shape...)
	unit := float64(int(1) << bits)
	for i := range d.Data() {
		d.Data()[i] = float64(int((2*r.Float64()-1)*most*unit)) / unit
	}
	return d
}

// What is activated is within 1.5 units, product or not, and widened it stays as
// it is.
func TestActivate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	x := uniform(r, f, 100, 8, 9)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		y := in[0].Activate(12)
		return []tensor.Secret{y.Widen(), in[0].Lift(2 * f).Add(in[0].Mul(in[0]).Sub(in[0].Mul(in[0]))).Activate(12), y}, nil
	}, x)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		for i, want := range x.Data() {
			require.InDelta(t, want, v[0].Data()[i], 1.5/(1<<12))
			require.InDelta(t, want, v[1].Data()[i], 1.5/(1<<12))
		}
		require.Equal(t, v[0], v[2])
	}
}

// A narrow gradient goes to the first of the largest, as it is, and to no other.
func TestRouteNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	for _, k := range []int{2, 3, 4, 5, 7, 9} {
		for _, n := range []int{1, 64, 130} {
			var in []tensor.Dense
			for range k + 1 {
				in = append(in, fewValues(r, n, 2))
			}
			secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				_, w := tensor.MaxOf(in[:k]...)
				g := in[k].Activate(12)
				return append(w.Route(g), g), nil
			}, in...)
			require.Empty(t, inClear.Range)
			for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
				require.Equal(t, winners(in[:k], v[k])[1:], v[:k], "%d tensors of %d", k, n)
			}
		}
	}
}

// sent returns the bytes that a program sends in all after another.
func sent(t *testing.T, before, program func(in []tensor.Secret) []tensor.Secret, in ...tensor.Dense) int64 {
	var bytes [2]int64
	for i, on := range []bool{false, true} {
		bytes[i] = tensortest.Secure(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			if in = before(in); on {
				program(in)
			}
			return nil, nil
		}, in...).Bytes
	}
	return bytes[1] - bytes[0]
}

func TestCostOfRoute(t *testing.T) {
	x := ones(64, 4)
	var w [3]tensor.Winner // of each server
	for bits, want := range map[int]int64{12: 16 * 256, 0: 32 * 256} {
		require.Equal(t, want, sent(t, func(in []tensor.Secret) []tensor.Secret {
			g := in[1]
			if bits > 0 {
				g = g.Activate(bits)
			}
			_, w[g.Session().Server()] = tensor.MaxOf(in[0], in[1])
			return []tensor.Secret{g}
		}, func(in []tensor.Secret) []tensor.Secret { return w[in[0].Session().Server()].Route(in[0]) }, x, x))
	}
}

var kernelGradients = []struct {
	w                            tensor.Window
	batch, in, out, groups, h, v int
}{
	{tensor.Square(5, 1, 0), 3, 1, 4, 1, 8, 8},
	{tensor.Square(3, 1, 1), 2, 2, 4, 2, 5, 4},
	{tensor.Square(2, 2, 1), 2, 3, 3, 3, 4, 5},
	{tensor.Square(1, 1, 0), 1, 1, 1, 1, 1, 1},
	{tensor.Window{KernelH: 2, KernelW: 3, StrideH: 3, StrideW: 1, PadH: 1, PadW: 2}, 2, 1, 2, 1, 6, 3},
	{tensor.Square(3, 1, 1), 2, 4, 32, 1, 5, 4},
}

// Mod 2^32, the gradients of a convolution are exactly those of the same numbers
// in 64 bits, whatever the window and the groups.
func TestConv2DNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	for _, tc := range kernelGradients {
		t.Run(fmt.Sprintf("%+v", tc), func(t *testing.T) {
			outH, outW, err := tc.w.Out(tc.h, tc.v)
			require.NoError(t, err)
			x, dy := uniform(r, f, 2, tc.batch, tc.in, tc.h, tc.v), uniform(r, f, 1, tc.batch, tc.out, outH, outW)
			secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				x, dy := in[0].Activate(8), in[1].Activate(12)
				dk, db := x.Conv2DNarrow(dy, tc.w, tc.groups)
				require.Equal(t, []int{21, 12}, []int{dk.Scale(), db.Scale()})
				if s.Alarm(tensortest.Permit()) {
					return nil, fmt.Errorf("alarm")
				}
				return []tensor.Secret{dk, x.Conv2DKernels(dy, tc.w, tc.groups), db, dy.SumChannels()}, nil
			}, x, dy)
			require.Empty(t, inClear.Range)
			for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
				require.Equal(t, v[1], v[0])
				require.Equal(t, v[3], v[2])
			}
		})
	}
}

func TestCostOfConv2DNarrow(t *testing.T) {
	require.Equal(t, int64(48*4*25+24*4), sent(t, func(in []tensor.Secret) []tensor.Secret {
		return []tensor.Secret{in[0].Activate(8), in[1].Activate(12)}
	}, func(in []tensor.Secret) []tensor.Secret {
		in[0].Conv2DNarrow(in[1], tensor.Square(5, 1, 0), 1)
		return nil
	}, ones(2, 1, 8, 8), ones(2, 4, 4, 4)))
}

// kernelAlarm says whether the alarm is raised for images of one element x and
// gradients dy in a 1×1 convolution, each in a step of its own.
func kernelAlarm(t *testing.T, x, dy tensor.Dense) bool {
	t.Helper()
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		for i := range in[0].Rows() {
			s.Temporary(func() {
				in[0].Slice(i, i+1).Activate(8).Conv2DNarrow(in[1].Slice(i, i+1).Activate(12), tensor.Square(1, 1, 0), 1)
			})
		}
		bit := when(s.Alarm(tensortest.Permit()), 1, 0)
		return []tensor.Secret{s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
	}, x, dy)
	require.Equal(t, secure.Values, inClear.Values)
	return secure.Values[0].At(0) == 1
}

// A kernel's gradient of 2^9 and more at any step raises the alarm, at scales of 8
// and 12, unless it is so large that it comes back mod 2^11; an offset's of 2^18 too.
func TestConv2DNarrowRaisesTheAlarm(t *testing.T) {
	for v, want := range map[float64]bool{
		0: false, 511: false, -511: false, 513: true, -513: true, 1250: true, -1250: true, 1535: true,
		2048: false, // wraps around
	} {
		for at := range 3 {
			x, dy := tensor.Zeros(3, 1, 1, 1), tensor.Zeros(3, 1, 1, 1)
			x.Data()[at], dy.Data()[at] = 16, v/16
			require.Equal(t, want, kernelAlarm(t, x, dy), "%g at step %d", v, at)
		}
	}
	for v, want := range map[float64]bool{8000: false, 8200: true} {
		d := tensor.Zeros(32, 1, 1, 1)
		for i := range d.Data() {
			d.Data()[i] = v
		}
		x := tensor.Zeros(32, 1, 1, 1)
		require.Equal(t, want, kernelAlarm(t, tensor.NewDense(x.Data(), 1, 1, 1, 32), tensor.NewDense(d.Data(), 1, 1, 1, 32)), "offset of 32·%g", v)
	}
}

// Numbers that are kept for the alarm are compared before they are too many, and
// none is forgotten.
func TestManyKeptNumbers(t *testing.T) {
	for _, large := range []float64{0, 1000} {
		x, dy := ones(2, 512, 1, 1), tensor.Zeros(2, 512, 1, 1)
		dy.Data()[300] = large
		require.Equal(t, large > 0, kernelAlarm(t, x, dy))
	}
}

// Numbers that wrapped around do no harm where the sums fit.
func TestConv2DNarrowOfSumsThatFit(t *testing.T) {
	dy := tensor.NewDense([]float64{8193, -8192.75}, 1, 1, 1, 2)
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x, dy := s.Constant(ones(1, 1, 1, 2), 8), in[0].Times(1<<10, 0).Activate(12)
		dk, db := x.Conv2DNarrow(dy, tensor.Square(1, 1, 0), 1)
		return []tensor.Secret{dk, db}, nil
	}, dy)
	require.NoError(t, r.Err)
	for _, v := range r.Values {
		require.InDelta(t, 256, v.Data()[0], 3./(1<<12))
	}
}
