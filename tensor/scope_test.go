package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// A loop whose temporaries use the same memory over and over gives what a loop
// without scopes gives, for what is kept in any of the ways.
func TestTemporaryKeepsWhatIsAssigned(t *testing.T) {
	x, y := numbers(1), numbers(2)
	product := zip(func(x, y float64) float64 { return x * y })(x, y)
	program := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		lazyOutside := in[0].Mul(in[1])
		view := in[1].T()
		sum, nested := s.Zeros(2*f, 3, 4), s.Zeros(f, 4, 3)
		for i := range 5 {
			s.Temporary(func() {
				// Uses of a product and of a view that outlive the scope.
				sum.Assign(sum.Add(lazyOutside.Times(float64(i), 0)))
				lazyOutside.SumRows()
				s.Temporary(func() { nested.Assign(nested.Add(view)) })
				nested.Assign(nested.Sub(view.Times(.5, 1).Shift(0).Rescale(f)))
				for range 3 {
					in[0].Mul(in[1]).Rescale(f).Negative().Select(in[0], in[1])
				}
			})
		}
		return []tensor.Secret{sum, nested, lazyOutside, view}, nil
	}
	want := []tensor.Dense{each(func(x float64) float64 { return 10 * x })(product, product), {}, product, transpose(y)}
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, program, x, y)
	for i, w := range want {
		if i != 1 {
			require.Equal(t, w, secure.Values[i])
		}
		require.Equal(t, inClear.Values[i], secure.Values[i])
	}
	for i, v := range transpose(y).Data() {
		require.InDelta(t, 2.5*v, secure.Values[1].Data()[i], 2.5/(1<<f))
	}
}

// Assign writes through all handles, and leaves the source alone.
func TestAssign(t *testing.T) {
	x, y := numbers(1), numbers(2)
	program := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		w := s.Zeros(f, 3, 4)
		handle, copied := w, w.Add(w)
		w.Assign(in[0])
		first := w.Times(1, 0)
		w.Assign(lazy(in[1]))
		w.Assign(w.Sub(in[0]))
		return []tensor.Secret{w, handle, copied, first, in[0], in[1]}, nil
	}
	difference := zip(func(x, y float64) float64 { return y - x })(x, y)
	want := []tensor.Dense{difference, difference, tensor.Zeros(3, 4), x, x, y}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, program, x, y)
	require.Equal(t, want, secure.Values)
	require.Equal(t, want, inClear.Values)
}

// Bits that are watched in a scope are there for the alarm after it.
func TestWatchedBitsOutliveTheirScope(t *testing.T) {
	for _, big := range []float64{0, 20000} {
		x := tensor.Zeros(70, 1)
		x.Data()[66] = big
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			s.Temporary(func() { in[0].AtLeast(0) })
			s.Temporary(func() { in[0].Mul(in[0]).Rescale(f).Negative() })
			fired := s.Alarm(tensortest.Permit())
			require.False(t, s.Alarm(tensortest.Permit()), "the alarm begins anew")
			return []tensor.Secret{s.Constant(tensor.NewDense([]float64{when(fired, 1, 0)}, 1), 0)}, nil
		}, x)
		require.Equal(t, when(big != 0, 1, 0), secure.Values[0].At(0))
		require.Equal(t, when(big != 0, 1, 0), inClear.Values[0].At(0))
	}
}

// A tensor is gone with its scope: its use is a failure or, for want of a
// session, a panic; never a number.
func TestTemporaryEndsWithItsScope(t *testing.T) {
	for want, use := range map[string]func(s *tensor.Session, x, gone tensor.Secret, bits tensor.SecretBits){
		"add: got an empty Secret, or one after its scope": func(_ *tensor.Session, x, gone tensor.Secret, _ tensor.SecretBits) { x.Add(gone) },
		"reveal: got an empty Secret, or one after its scope": func(s *tensor.Session, _, gone tensor.Secret, _ tensor.SecretBits) {
			s.Reveal(gone, tensortest.Permit())
		},
		"a share of a scope that has ended": func(_ *tensor.Session, x, _ tensor.Secret, bits tensor.SecretBits) { bits.Mul(x) },
	} {
		t.Run(want, func(t *testing.T) {
			r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				var gone tensor.Secret
				var bits tensor.SecretBits
				s.Temporary(func() { gone, bits = in[0].Neg(), in[0].Negative() })
				require.False(t, gone.Valid())
				require.PanicsWithValue(t, emptyPanic, func() { gone.Neg() })
				use(s, in[0], gone, bits)
				return nil, nil
			}, numbers(1))
			require.ErrorContains(t, r.Err, want)
		})
	}
}
