package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// counting returns 0, 1, 2, … in a shape.
func counting(shape ...int) tensor.Dense {
	d := tensor.Zeros(shape...)
	for i := range d.Data() {
		d.Data()[i] = float64(i)
	}
	return d
}

// A convolution by hand: a kernel of 2×2 over an image of 3×3.
func TestConv2D(t *testing.T) {
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x, k, b, dy := in[0], in[1], in[2], in[3]
		z := x.Conv2D(k, b, two, 1)
		require.Equal(t, 2*f+1, z.Scale())
		return []tensor.Secret{z, x.Conv2DKernels(dy, two, 1), dy.Conv2DImages(k, two, 1, 1, 1, 3, 3)}, nil
	}, counting(1, 1, 3, 3), tensor.NewDense([]float64{1, 0, -1, 2}, 1, 4), tensor.NewDense([]float64{.5}, 1, 1),
		tensor.NewDense([]float64{1, 0, 0, 2}, 1, 1, 2, 2))
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.Equal(t, tensor.NewDense([]float64{5.5, 7.5, 11.5, 13.5}, 1, 1, 2, 2), v[0])
		require.Equal(t, tensor.NewDense([]float64{8, 11, 17, 20}, 1, 4), v[1])
		require.Equal(t, tensor.NewDense([]float64{1, 0, 0, -1, 4, 0, 0, -2, 4}, 1, 1, 3, 3), v[2])
	}
}

// Channels are the second dimension, whatever the number of dimensions.
func TestChannels(t *testing.T) {
	shapes := [][]int{{2, 3}, {2, 3, 2}, {2, 3, 2, 1}}
	var inputs []tensor.Dense
	for _, s := range shapes {
		inputs = append(inputs, counting(s...))
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		for _, x := range in {
			out = append(out, x.SumChannels(), x.SumChannels().SpreadChannels(x))
		}
		return out, nil
	}, inputs...)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.Equal(t, tensor.NewDense([]float64{3, 5, 7}, 1, 3), v[0])
		require.Equal(t, tensor.NewDense([]float64{3, 5, 7, 3, 5, 7}, 2, 3), v[1])
		require.Equal(t, tensor.NewDense([]float64{14, 22, 30}, 1, 3), v[2])
		require.Equal(t, tensor.NewDense([]float64{14, 14, 22, 22, 30, 30, 14, 14, 22, 22, 30, 30}, 2, 3, 2), v[3])
		require.Equal(t, v[2], v[4])
		require.Equal(t, v[3].Data(), v[5].Data())
	}
}

func TestTimesDense(t *testing.T) {
	c := tensor.NewDense([]float64{.5, -2, .25, .3}, 2, 2)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		require.Equal(t, f+2, in[0].TimesDense(c, 2).Scale())
		return []tensor.Secret{in[0].TimesDense(c, 2), in[0].Mul(in[0]).TimesDense(c, 2)}, nil
	}, counting(2, 2))
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.Equal(t, []float64{0, -2, .5, .75}, v[0].Data(), "a constant is rounded to the scale")
		require.Equal(t, []float64{0, -2, 1, 2.25}, v[1].Data())
	}
}

func TestWindowOut(t *testing.T) {
	h, w, err := tensor.Window{KernelH: 3, KernelW: 2, StrideH: 2, StrideW: 1, PadH: 1}.Out(5, 4)
	require.NoError(t, err)
	require.Equal(t, []int{3, 3}, []int{h, w})
	_, _, err = tensor.Square(3, 1, 0).Out(2, 9)
	require.EqualError(t, err, "convolution: got kernels of 3×3 for images of 2×9 with padding of 0×0, want kernels that fit")
	_, _, err = tensor.Square(3, 0, 0).Out(9, 9)
	require.ErrorContains(t, err, "strides of 0×0")
}

// Bits that are watched over many steps are combined, and none is forgotten.
func TestManyWatchedBits(t *testing.T) {
	for _, outside := range []float64{0, 1} {
		first := tensor.NewDense([]float64{0, 3e4 * outside}, 2, 1)
		alarm := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			in[0].ReLU()
			for range 5 {
				s.Temporary(func() { in[1].ReLU() })
			}
			fired := 0.
			if s.Alarm(tensortest.Permit()) {
				fired = 1
			}
			return []tensor.Secret{s.Constant(tensor.NewDense([]float64{fired}, 1), 0)}, nil
		}
		secure, inClear := tensortest.Both(t, tensortest.Options{}, alarm, first, tensor.Zeros(1<<18, 1))
		require.Equal(t, outside, secure.Values[0].At(0))
		require.Equal(t, outside, inClear.Values[0].At(0))
	}
}
