package tensor_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

func TestNewSessionRefusesFractionBits(t *testing.T) {
	for _, bits := range []int{-1, 0, 21} {
		_, err := tensor.NewSession(nil, bits)
		require.ErrorContains(t, err, "fraction bits, want 1 to 20")
	}
}

// A product of a number and a weight at the edge of the range is still rescaled
// right, whatever the number of fraction bits: WeightBits sees to it.
func TestWeightBitsLeaveTheRange(t *testing.T) {
	for bits := 1; bits <= 20; bits++ {
		x := tensor.NewDense([]float64{128, -128, 127.5}, 3, 1)
		w := math.Nextafter(128, 0)
		product := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			require.LessOrEqual(t, s.WeightBits(), 2*bits)
			weight := s.Constant(tensor.NewDense([]float64{128 - math.Ldexp(1, -s.WeightBits())}, 1, 1), s.WeightBits())
			return []tensor.Secret{in[0].MatMul(weight).Rescale(bits)}, nil
		}
		secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: bits}, product, x)
		require.Empty(t, inClear.Range)
		for i, v := range x.Data() {
			require.InDelta(t, v*w, secure.Values[0].Data()[i], 256*math.Ldexp(1, -bits), "%d bits", bits)
			require.InDelta(t, v*w, inClear.Values[0].Data()[i], 256*math.Ldexp(1, -bits), "%d bits", bits)
		}
	}
}

// Constants are rounded to the nearest, ties to even, at any scale.
func TestConstant(t *testing.T) {
	v := []float64{.5, -.5, 1.5, .3, -.3, 1e6}
	for scale, want := range map[int][]float64{0: {0, 0, 2, 0, 0, 1e6}, 1: {.5, -.5, 1.5, .5, -.5, 1e6}, 3: {.5, -.5, 1.5, .25, -.25, 1e6}} {
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			return []tensor.Secret{s.Constant(tensor.NewDense(v, 6), scale), s.Zeros(scale, 2, 0, 3)}, nil
		})
		require.Equal(t, want, secure.Values[0].Data())
		require.Equal(t, want, inClear.Values[0].Data())
		require.Equal(t, []int{2, 0, 3}, secure.Values[1].Shape())
	}
}

// Fail names the step on both engines. A server that is behind hears of it from
// the first that failed, and names its own step before.
func TestFailNamesTheStep(t *testing.T) {
	cause := errors.New("the data is gone")
	program := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		s.In("epoch", 2, func() { in[0].Negative() })
		s.In("epoch", 3, func() { s.In("update", -1, func() { s.Fail(cause) }) })
		return nil, nil
	}
	for at, r := range map[string]tensortest.Result{
		"server ":      tensortest.Secure(t, tensortest.Options{}, program, numbers(1)),
		"clear engine": tensortest.Clear(t, tensortest.Options{}, program, numbers(1)),
	} {
		require.ErrorIs(t, r.Err, cause)
		require.ErrorContains(t, r.Err, at)
		require.ErrorContains(t, r.Err, " at epoch 3/update: the data is gone")
	}
}

func TestHandlesTellTheirShape(t *testing.T) {
	tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x := in[0].T()
		require.Equal(t, []int{4, 3}, x.Shape())
		require.Equal(t, []int{4, 3}, x.Negative().Shape())
		require.Equal(t, 4, x.Rows())
		require.Equal(t, 12, x.Len())
		require.Equal(t, f, x.Scale())
		require.Same(t, s, x.Session())
		require.Equal(t, f, s.FractionBits())
		require.Equal(t, 16384., s.Range())
		x.Shape()[0] = 9
		require.Equal(t, []int{4, 3}, x.Shape(), "Shape is a copy")
		return nil, nil
	}, numbers(1))
}
