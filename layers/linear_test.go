package layers_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

const unit = 1. / (1 << 16)

// random returns an array of multiples of 2^−bits below most in magnitude.
func random(seed uint64, bits int, most float64, shape ...int) tensor.Dense {
	d := tensor.Zeros(shape...)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range d.Data() {
		d.Data()[i] = math.Ldexp(math.Round(math.Ldexp(most*(2*r.Float64()-1), bits)), -bits)
	}
	return d
}

// linear returns a layer with these weights, held with all their bits.
func linear(s *tensor.Session, w, b tensor.Dense) *layers.Linear {
	l := layers.NewLinear(s, "linear", w.Shape()[0], w.Shape()[1])
	l.W.Value.Assign(s.Constant(w, s.WeightBits()))
	l.B.Value.Assign(s.Constant(b, s.WeightBits()))
	return l
}

func affine(x, w, b tensor.Dense) tensor.Dense {
	rows, in, out := x.Shape()[0], w.Shape()[0], w.Shape()[1]
	z := tensor.Zeros(rows, out)
	for i := range rows {
		for j := range out {
			v := b.At(0, j)
			for k := range in {
				v += x.At(i, k) * w.At(k, j)
			}
			z.Data()[i*out+j] = v
		}
	}
	return z
}

// Forward is x·W + b, rounded once; the gradients are exact.
func TestLinear(t *testing.T) {
	x, dy := random(1, 16, 10, 7, 3), random(2, 16, 1, 7, 2)
	w, b := random(3, 30, 5, 3, 2), random(4, 30, 5, 1, 2)
	for _, exact := range []bool{false, true} {
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			l := linear(s, w, b)
			z := l.Forward(in[0])
			l.Backward(in[1])
			require.Equal(t, s.FractionBits(), z.Scale())
			require.Equal(t, 2*s.FractionBits()+1, l.W.Grad.Scale())
			return []tensor.Secret{z, l.W.Grad, l.B.Grad}, nil
		}, x, dy)
		off := unit
		if exact {
			off = unit / 2
			require.Equal(t, inClear.Values, secure.Values)
		}
		for _, values := range [][]tensor.Dense{secure.Values, inClear.Values} {
			for i, want := range affine(x, w, b).Data() {
				require.InDelta(t, want, values[0].Data()[i], off+1e-12)
			}
			for k := range 3 {
				for j := range 2 {
					require.Equal(t, dot(x, k, dy, j), values[1].At(k, j))
				}
			}
			require.Equal(t, []float64{dot(ones(7), 0, dy, 0), dot(ones(7), 0, dy, 1)}, values[2].Data())
		}
	}
}

func ones(n int) tensor.Dense {
	d := tensor.Zeros(n, 1)
	for i := range n {
		d.Data()[i] = 1
	}
	return d
}

// dot returns the product of column k of x and column j of y.
func dot(x tensor.Dense, k int, y tensor.Dense, j int) (sum float64) {
	for i := range x.Shape()[0] {
		sum += x.At(i, k) * y.At(i, j)
	}
	return sum
}

func TestLinearCost(t *testing.T) {
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewLinear(s, "linear", 3, 2)
		l.Forward(in[0])
		l.Gradients(in[1])
		return nil, nil
	}, random(1, 16, 1, 7, 3), random(2, 16, 1, 7, 2))
	require.NoError(t, r.Err)
	require.Equal(t, 2, r.Rounds)
}

func TestLinearParams(t *testing.T) {
	tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewLinear(s, "out", 3, 2)
		p := l.Params()
		require.Len(t, p, 2)
		require.Equal(t, "out.weight", p[0].Name)
		require.Equal(t, "out.bias", p[1].Name)
		require.True(t, p[0].Decay)
		require.False(t, p[1].Decay, "weight decay leaves the intercept alone")
		require.Equal(t, []int{3, 2}, p[0].Value.Shape())
		require.Equal(t, []int{1, 2}, p[1].Value.Shape())
		require.Equal(t, s.WeightBits(), p[0].Value.Scale())
		return []tensor.Secret{p[0].Value, p[1].Value}, nil
	})
}

// The gradients that Backward leaves for the cross-entropy are the finite
// differences of the loss of what Forward computes, on both engines.
func TestGradientsAreFiniteDifferences(t *testing.T) {
	const rows, h = 20, 1. / 32
	x, w, b := random(1, 16, 2, rows, 3), random(2, 30, 1, 3, 1), random(3, 30, 1, 1, 1)
	y := tensor.Zeros(rows, 1)
	for i := range rows {
		y.Data()[i] = float64(i % 2)
	}
	program := func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		for k := range 4 { // three weights and the intercept, up and down
			for _, step := range []float64{h, -h} {
				p := append(slices.Clone(w.Data()), b.Data()...)
				p[k] += step
				l := linear(s, tensor.NewDense(p[:3], 3, 1), tensor.NewDense(p[3:], 1, 1))
				out = append(out, l.Forward(in[0]))
			}
		}
		l := linear(s, w, b)
		l.Backward(layers.ExactSigmoid{}.Forward(l.Forward(in[0])).Sub(in[1]))
		return append(out, l.W.Grad, l.B.Grad), nil
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, program, x, y)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		gradient := append(slices.Clone(v[8].Data()), v[9].Data()...)
		for k, g := range gradient {
			difference := (crossEntropy(v[2*k], y) - crossEntropy(v[2*k+1], y)) / (2 * h)
			// h²/6 times the third derivative, at most .1·|x|³ a row; and a unit in
			// each z, over 2h, and in the sigmoid.
			off := rows*(h*h/6*.1*8) + rows*unit/h + rows*2*2*unit
			require.InDelta(t, difference, g, off, "parameter %d", k)
			require.Greater(t, math.Abs(g), 4*off, "the check must be able to fail")
		}
	}
}

// crossEntropy is Σ log(1 + e^z) − y·z.
func crossEntropy(z, y tensor.Dense) (loss float64) {
	for i, v := range z.Data() {
		loss += math.Log1p(math.Exp(v)) - y.Data()[i]*v
	}
	return loss
}
