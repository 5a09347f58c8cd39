package tensor_test

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// softmax in the clear.
func softmax(x tensor.Dense) tensor.Dense {
	rows, cols := x.Shape()[0], x.Shape()[1]
	p := tensor.Zeros(rows, cols)
	for i := range rows {
		most, sum := math.Inf(-1), 0.
		for j := range cols {
			most = max(most, x.At(i, j))
		}
		for j := range cols {
			p.Data()[i*cols+j] = math.Exp(x.At(i, j) - most)
			sum += p.Data()[i*cols+j]
		}
		for j := range cols {
			p.Data()[i*cols+j] /= sum
		}
	}
	return p
}

// logits returns rows of all sizes, some of them with equal numbers only.
func logits(r *rand.Rand, rows, cols, fraction int) tensor.Dense {
	x, ulp := tensor.Zeros(rows, cols), pow2(-fraction)
	for i := range rows {
		spread := math.Exp(r.Float64()*11 - 3)
		for j := range cols {
			v := max(-8000, min(8000, r.NormFloat64()*spread))
			x.Data()[i*cols+j] = when(i%10 == 0, 0, math.Round(v/ulp)*ulp)
		}
	}
	return x
}

// The probabilities are within the stated bound for any number of classes and
// for differences up to 2^14.
func TestSoftmax(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, fraction := range []int{8, 16, 20} {
		for _, n := range []int{2, 3, 5, 10, 16, 17, 64} {
			t.Run(fmt.Sprintf("%d classes at %d bits", n, fraction), func(t *testing.T) {
				x := logits(r, 130, n, fraction)
				secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: fraction}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
					p := in[0].Softmax()
					if s.Alarm(tensortest.Permit()) {
						return nil, fmt.Errorf("alarm")
					}
					return []tensor.Secret{p}, nil
				}, x)
				require.Empty(t, inClear.Range)
				want := softmax(x)
				for i, p := range want.Data() {
					bound := softmaxBound(p, n) + pow2(-fraction)
					require.InDelta(t, p, secure.Values[0].Data()[i], bound)
					require.InDelta(t, p, inClear.Values[0].Data()[i], bound)
				}
			})
		}
	}
}

// Coarse signs are those of layers. Softmax stays exact, where the largest two logits and
// those raised to −16 are nearer to each other than such a sign can tell.
func TestSoftmaxWithCoarseSigns(t *testing.T) {
	for _, n := range []int{10, 20} { // pairs, tournament
		r, x := rand.New(rand.NewPCG(5, 6)), tensor.Zeros(200, n)
		for i := range x.Data() {
			x.Data()[i] = float64(r.IntN(256)) * pow2(-f)
			if i%n >= 2 {
				x.Data()[i] -= 16
			}
		}
		secure, inClear := tensortest.Both(t, tensortest.Options{CoarseSigns: 8}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			return []tensor.Secret{in[0].Softmax()}, nil
		}, x)
		require.Empty(t, inClear.Range)
		for i, p := range softmax(x).Data() {
			require.InDelta(t, p, secure.Values[0].Data()[i], softmaxBound(p, n)+pow2(-f))
			require.InDelta(t, p, inClear.Values[0].Data()[i], softmaxBound(p, n)+pow2(-f))
		}
	}
}

// softmaxBound is the stated error of a probability p, without the rounding to the
// scale.
func softmaxBound(p float64, n int) float64 {
	q := min(24, (51-bits.Len(uint(n*n+6*n+1)/8))/2)
	return p*(pow2(-18)+6*float64(n)*pow2(-q)) + pow2(1-q)
}

// The probabilities of a row of two are those of the sigmoid of the difference.
func TestSoftmaxOfTwoIsTheSigmoid(t *testing.T) {
	x := logits(rand.New(rand.NewPCG(3, 4)), 200, 2, f)
	secure := tensortest.Secure(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		columns := in[0].T()
		difference := columns.Slice(0, 1).Sub(columns.Slice(1, 2))
		return []tensor.Secret{in[0].Softmax().T().Slice(0, 1), difference.Sigmoid()}, nil
	}, x)
	require.NoError(t, secure.Err)
	for i, p := range secure.Values[0].Data() {
		require.InDelta(t, secure.Values[1].Data()[i], p, 3*pow2(-f))
	}
}
