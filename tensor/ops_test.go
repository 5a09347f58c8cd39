package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

const f = 16

// op is an operator on two 3×4 matrices of multiples of 2^−16, and what it
// gives in real numbers. If it rounds, it does so once, to the scale rounds.
type op struct {
	name   string
	secret func(x, y tensor.Secret) tensor.Secret
	real   func(x, y tensor.Dense) tensor.Dense
	rounds int // 0: exact
}

var ops = []op{
	{"add", func(x, y tensor.Secret) tensor.Secret { return x.Add(y) }, zip(func(x, y float64) float64 { return x + y }), 0},
	{"sub", func(x, y tensor.Secret) tensor.Secret { return x.Sub(y) }, zip(func(x, y float64) float64 { return x - y }), 0},
	{"neg", func(x, _ tensor.Secret) tensor.Secret { return x.Neg() }, each(func(x float64) float64 { return -x }), 0},
	{"times", func(x, _ tensor.Secret) tensor.Secret { return x.Times(-.8125, 4) }, each(func(x float64) float64 { return -.8125 * x }), 0},
	{"times a rounded constant", func(x, _ tensor.Secret) tensor.Secret { return x.Times(1./3, 2) }, each(func(x float64) float64 { return .25 * x }), 0},
	{"lift", func(x, _ tensor.Secret) tensor.Secret { return x.Lift(f + 3) }, each(func(x float64) float64 { return x }), 0},
	{"shift", func(x, _ tensor.Secret) tensor.Secret { return x.Shift(3) }, each(func(x float64) float64 { return x / 8 }), 0},
	{"add scalar", func(x, _ tensor.Secret) tensor.Secret { return x.AddScalar(-1.5) }, each(func(x float64) float64 { return x - 1.5 }), 0},
	{"multiply", func(x, y tensor.Secret) tensor.Secret { return x.Mul(y) }, zip(func(x, y float64) float64 { return x * y }), 0},
	{"multiply, rescale", func(x, y tensor.Secret) tensor.Secret { return x.Mul(y).Rescale(f) }, zip(func(x, y float64) float64 { return x * y }), f},
	{"sum of products, rescale", func(x, y tensor.Secret) tensor.Secret {
		return x.Mul(y).Add(y.Lift(2 * f)).Sub(x.Mul(x)).Neg().Rescale(4)
	}, zip(func(x, y float64) float64 { return x*x - x*y - y }), 4},
	{"rescale", func(x, _ tensor.Secret) tensor.Secret { return x.Rescale(5) }, each(func(x float64) float64 { return x }), 5},
	{"rescale to the same", func(x, _ tensor.Secret) tensor.Secret { return x.Rescale(f) }, each(func(x float64) float64 { return x }), 0},
	{"transpose", func(x, _ tensor.Secret) tensor.Secret { return x.T() }, func(x, _ tensor.Dense) tensor.Dense { return transpose(x) }, 0},
	{"matrix product", func(x, y tensor.Secret) tensor.Secret { return x.MatMul(y.T()) }, func(x, y tensor.Dense) tensor.Dense { return matMul(x, transpose(y)) }, 0},
	{"transposed matrix product", func(x, y tensor.Secret) tensor.Secret { return x.T().MatMul(y).Rescale(f) }, func(x, y tensor.Dense) tensor.Dense { return matMul(transpose(x), y) }, f},
	{"reshape", func(x, _ tensor.Secret) tensor.Secret { return x.Reshape(2, 1, 6) }, func(x, _ tensor.Dense) tensor.Dense { return tensor.NewDense(x.Data(), 2, 1, 6) }, 0},
	{"like", func(x, y tensor.Secret) tensor.Secret { return x.Like(y.T()) }, func(x, _ tensor.Dense) tensor.Dense { return tensor.NewDense(x.Data(), 4, 3) }, 0},
	{"slice", func(x, _ tensor.Secret) tensor.Secret { return x.Slice(1, 3) }, func(x, _ tensor.Dense) tensor.Dense { return x.Rows(1, 3) }, 0},
	{"empty slice", func(x, _ tensor.Secret) tensor.Secret { return x.Slice(2, 2) }, func(x, _ tensor.Dense) tensor.Dense { return x.Rows(2, 2) }, 0},
	{"gather", func(x, _ tensor.Secret) tensor.Secret { return x.Gather([]int{2, 0, 2, 1}) }, func(x, _ tensor.Dense) tensor.Dense { return x.Gather([]int{2, 0, 2, 1}) }, 0},
	{"concat", func(x, y tensor.Secret) tensor.Secret { return tensor.Concat(x, y, x.Slice(0, 1)) }, func(x, y tensor.Dense) tensor.Dense { return stack(x, y, x.Rows(0, 1)) }, 0},
	{"concat, rescale", func(x, y tensor.Secret) tensor.Secret { return tensor.Concat(y, x).Rescale(7) }, func(x, y tensor.Dense) tensor.Dense { return stack(y, x) }, 7},
	{"sum of rows", func(x, _ tensor.Secret) tensor.Secret { return x.SumRows() }, func(x, _ tensor.Dense) tensor.Dense { return matMul(ones(1, 3), x) }, 0},
	{"repeat", func(x, _ tensor.Secret) tensor.Secret { return x.Repeat(2) }, func(x, _ tensor.Dense) tensor.Dense { return stack(x, x) }, 0},
	{"bits times value", func(x, y tensor.Secret) tensor.Secret { return x.Negative().Mul(y) }, zip(func(x, y float64) float64 { return when(x < 0, y, 0) }), 0},
	{"not", func(x, y tensor.Secret) tensor.Secret { return x.Negative().Not().Mul(y) }, zip(func(x, y float64) float64 { return when(x < 0, 0, y) }), 0},
	{"select", func(x, y tensor.Secret) tensor.Secret { return x.Sub(y).Negative().Select(y, x) }, zip(math.Max), 0},
	{"dot of bits", func(x, y tensor.Secret) tensor.Secret {
		b := x.AtLeast(-1, 2)
		return tensor.DotBits([]tensor.SecretBits{b[0], b[1], y.Negative()}, []tensor.Secret{x, y, y.Neg()})
	}, zip(func(x, y float64) float64 { return when(x >= -1, x, 0) + when(x >= 2, y, 0) + when(y < 0, -y, 0) }), 0},
	{"hinges", func(x, _ tensor.Secret) tensor.Secret {
		return x.Hinges([]float64{-1, .5, 2}, []float64{.25, -1, .75}, 2)
	}, each(func(x float64) float64 {
		return .25*max(0, x+1) - max(0, x-.5) + .75*max(0, x-2)
	}), 0},
}

// forms are ways in which one and the same matrix can be stored.
var forms = []struct {
	name string
	make func(x tensor.Secret) tensor.Secret
}{
	{"plain", func(x tensor.Secret) tensor.Secret { return x }},
	{"lazy", lazy},
	{"reshared", func(x tensor.Secret) tensor.Secret {
		p := lazy(x)
		p.AddScalar(0)
		return p
	}},
	{"transposed", func(x tensor.Secret) tensor.Secret { return tensor.Concat(x.T()).T() }},
	{"lazy transposed", func(x tensor.Secret) tensor.Secret { return lazy(x.T()).T() }},
	{"slice", func(x tensor.Secret) tensor.Secret { return tensor.Concat(x, x, x).Slice(3, 6) }},
	{"lazy slice", func(x tensor.Secret) tensor.Secret { return tensor.Concat(x, lazy(x), x).Slice(3, 6) }},
}

// lazy returns x as a product, at the same scale.
func lazy(x tensor.Secret) tensor.Secret {
	shape := x.Shape()
	return x.Mul(x.Session().Constant(ones(shape...), 0))
}

// Every operator must give the right numbers on both engines, however its
// operands are stored: exactly, or rounded once.
func TestOperators(t *testing.T) {
	for _, exact := range []bool{false, true} {
		for _, o := range ops {
			t.Run(fmt.Sprintf("%s/exact=%v", o.name, exact), func(t *testing.T) {
				x, y := numbers(1), numbers(2)
				x.Data()[5], y.Data()[7] = y.Data()[5], x.Data()[7] // equal numbers
				secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, everyForm(o), x, y)
				require.Len(t, secure.Values, len(forms)*len(forms))
				for i := range secure.Values {
					name := forms[i/len(forms)].name + " and " + forms[i%len(forms)].name
					o.check(t, name, x, y, secure.Values[i], exact)
					o.check(t, name+" in clear", x, y, inClear.Values[i], exact)
				}
				require.Empty(t, inClear.Range)
			})
		}
	}
}

// everyForm applies o to all pairs of forms of x and y.
func everyForm(o op) tensortest.Program {
	return func(_ *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		for _, left := range forms {
			for _, right := range forms {
				out = append(out, o.secret(left.make(in[0]), right.make(in[1])))
			}
		}
		return out, nil
	}
}

// check compares with the real result: the same; or a neighbour at the scale of
// rounding, in exact mode the nearest, ties up.
func (o op) check(t require.TestingT, name string, x, y, got tensor.Dense, exact bool) {
	want := o.real(x, y)
	require.Equal(t, want.Shape(), got.Shape(), name)
	for i, w := range want.Data() {
		g, up := got.Data()[i], math.Ldexp(1, o.rounds)
		switch {
		case o.rounds == 0:
			require.Equal(t, w, g, "%s: element %d", name, i)
		case exact:
			require.Equal(t, math.Floor(w*up+.5)/up, g, "%s: element %d of %v", name, i, w)
		default:
			require.Less(t, math.Abs(g-w)*up, 1., "%s: element %d", name, i)
			require.Equal(t, math.Trunc(g*up), g*up, "%s: element %d", name, i)
		}
	}
}

// Random numbers, on random operators in a random form.
func TestOperatorsOnAnyNumbers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := rapid.SampledFrom(ops).Draw(rt, "operator")
		left, right := rapid.SampledFrom(forms).Draw(rt, "left"), rapid.SampledFrom(forms).Draw(rt, "right")
		value := rapid.Custom(func(rt *rapid.T) float64 {
			return float64(rapid.Int32Range(-1<<24, 1<<24).Draw(rt, "value")) / (1 << f)
		})
		x := tensor.NewDense(rapid.SliceOfN(value, 12, 12).Draw(rt, "x"), 3, 4)
		y := tensor.NewDense(rapid.SliceOfN(value, 12, 12).Draw(rt, "y"), 3, 4)
		exact := rapid.Bool().Draw(rt, "exact")
		secure, inClear := tensortest.Both(rt, tensortest.Options{Exact: exact}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			return []tensor.Secret{o.secret(left.make(in[0]), right.make(in[1]))}, nil
		}, x, y)
		o.check(rt, "secure", x, y, secure.Values[0], exact)
		o.check(rt, "in clear", x, y, inClear.Values[0], exact)
	})
}
