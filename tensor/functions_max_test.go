package tensor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// fewValues returns numbers with many ties among them.
func fewValues(r *rand.Rand, shape ...int) tensor.Dense {
	x := tensor.Zeros(shape...)
	for i := range x.Data() {
		x.Data()[i] = []float64{0, 1, -1, 1. / 65536, -1. / 65536, 8000, -8000, 2.5, -3.25}[r.IntN(9)]
	}
	return x
}

// onBoth requires that a program gives exactly this on both engines, and no
// alarm.
func onBoth(t *testing.T, want []tensor.Dense, program func(s *tensor.Session, in []tensor.Secret) []tensor.Secret, in ...tensor.Dense) {
	t.Helper()
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		out := program(s, in)
		if s.Alarm(tensortest.Permit()) {
			return nil, fmt.Errorf("alarm")
		}
		return out, nil
	}, in...)
	require.Empty(t, inClear.Range)
	for i := range want {
		require.Equal(t, want[i], secure.Values[i], "result %d", i)
		require.Equal(t, want[i], inClear.Values[i], "result %d in the clear", i)
	}
}

func TestReLU(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x, g := fewValues(r, 9, 23), fewValues(r, 9, 23)
	relu := each(func(v float64) float64 { return math.Max(v, 0) })(x, x)
	derivative := zip(func(v, d float64) float64 { return when(v >= 0, d, 0) })(x, g)
	onBoth(t, []tensor.Dense{relu, derivative}, func(_ *tensor.Session, in []tensor.Secret) []tensor.Secret {
		y, positive := in[0].ReLU()
		return []tensor.Secret{y, positive.Mul(in[1])}
	}, x, g)
}

func TestMax(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	x, y := fewValues(r, 211), fewValues(r, 211)
	onBoth(t, []tensor.Dense{
		zip(math.Max)(x, y), zip(func(a, b float64) float64 { return when(a >= b, 1, 0) })(x, y),
	}, func(s *tensor.Session, in []tensor.Secret) []tensor.Secret {
		z, first := tensor.Max(in[0], in[1])
		return []tensor.Secret{z, asNumbers(s, first)}
	}, x, y)
}

// winners returns the maximum of k tensors, and for each tensor g where it is the
// first that has it, else 0.
func winners(xs []tensor.Dense, g tensor.Dense) []tensor.Dense {
	out := []tensor.Dense{tensor.Zeros(g.Shape()...)}
	for range xs {
		out = append(out, tensor.Zeros(g.Shape()...))
	}
	for i := range g.Data() {
		best := 0
		for k, x := range xs {
			if x.Data()[i] > xs[best].Data()[i] {
				best = k
			}
		}
		out[0].Data()[i] = xs[best].Data()[i]
		out[best+1].Data()[i] = g.Data()[i]
	}
	return out
}

// The maximum of k tensors is the largest, and a gradient goes to the first that
// has it and to no other.
func TestMaxOf(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, k := range []int{2, 3, 4, 5, 7, 9} {
		for _, n := range []int{1, 64, 130} {
			var xs []tensor.Dense
			for range k {
				xs = append(xs, fewValues(r, n, 2))
			}
			g := fewValues(r, n, 2)
			want := append(winners(xs, g), winners(xs, ones(n, 2))[1:]...)
			onBoth(t, want, func(s *tensor.Session, in []tensor.Secret) []tensor.Secret {
				y, w := tensor.MaxOf(in[:k]...)
				out := append([]tensor.Secret{y}, w.Route(in[k])...)
				for _, b := range w.OneHot() {
					out = append(out, asNumbers(s, b))
				}
				return out
			}, append(xs, g)...)
		}
	}
}

// The maximum of a row is the largest, and the first that is as large has the
// bit.
func TestMaxRows(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	for _, cols := range []int{2, 3, 4, 9, 10, 16} {
		for _, rows := range []int{1, 63, 130} {
			x := fewValues(r, rows, cols)
			largest, hot := tensor.Zeros(rows, 1), tensor.Zeros(rows, cols)
			for i := range rows {
				best := 0
				for j := range cols {
					if x.At(i, j) > x.At(i, best) {
						best = j
					}
				}
				largest.Data()[i], hot.Data()[i*cols+best] = x.At(i, best), 1
			}
			onBoth(t, []tensor.Dense{largest, hot}, func(_ *tensor.Session, in []tensor.Secret) []tensor.Secret {
				y, bits := in[0].MaxRows()
				require.Len(t, bits, cols)
				return []tensor.Secret{y, in[0].Argmax()}
			}, x)
		}
	}
}

// Differences of 2^14 and more raise the alarm, as do such numbers.
func TestMaximaRaiseTheAlarm(t *testing.T) {
	watches := map[string]func(x tensor.Secret){
		"ReLU":  func(x tensor.Secret) { x.ReLU() },
		"Max":   func(x tensor.Secret) { tensor.Max(x, x.Session().Zeros(f, x.Shape()...)) },
		"MaxOf": func(x tensor.Secret) { z := x.Session().Zeros(f, x.Shape()...); tensor.MaxOf(z, z, x) },
		"MaxRows": func(x tensor.Secret) {
			tensor.Concat(x, x.Session().Zeros(f, x.Shape()...)).Reshape(2, x.Rows()).T().MaxRows()
		},
		"Softmax": func(x tensor.Secret) {
			tensor.Concat(x, x.Session().Zeros(f, x.Shape()...)).Reshape(2, x.Rows()).T().Softmax()
		},
	}
	for name, watch := range watches {
		for _, at := range []int{0, 69} {
			require.True(t, alarm(t, watch, 16390, at, 70, f), name)
			require.True(t, alarm(t, watch, -16390, at, 70, f), name)
			require.False(t, alarm(t, watch, 16380, at, 70, f), name)
			require.False(t, alarm(t, watch, -16380, at, 70, f), name)
		}
	}
}
