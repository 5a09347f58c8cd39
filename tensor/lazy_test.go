package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// What the package promises about rounds, for x and y at the working scale.
func TestRounds(t *testing.T) {
	for name, tc := range map[string]roundsCase{
		"linear": {0, func(_ *tensor.Session, x, y tensor.Secret) {
			x.Add(y).Sub(x).Neg().Times(.5, 1).AddScalar(1).T().SumRows()
		}},
		"shapes": {0, func(_ *tensor.Session, x, y tensor.Secret) {
			tensor.Concat(x, y).Slice(1, 4).Gather([]int{0}).Repeat(3)
		}},
		"products are lazy": {0, func(_ *tensor.Session, x, y tensor.Secret) {
			x.Mul(y).Add(x.Lift(2 * f))
			x.MatMul(y.T()).Slice(0, 1)
			x.Affine(y.T(), x.Slice(0, 1).Reshape(4, 1).Slice(0, 3).Reshape(1, 3)).TimesDense(ones(3, 3), 3)
		}},
		"images": {0, func(_ *tensor.Session, x, y tensor.Secret) {
			images, w := x.Reshape(1, 1, 3, 4), tensor.Square(2, 1, 0)
			z := images.Conv2D(y.Slice(0, 1), y.Slice(1, 2).Reshape(4, 1).Slice(0, 1), w, 1)
			z.Lift(60)
			dy := y.Reshape(12).Slice(0, 6).Reshape(1, 1, 2, 3)
			images.Conv2DKernels(dy, w, 1)
			dy.Conv2DImages(y.Slice(0, 1), w, 1, 1, 1, 3, 4)
			tensor.FromWindows(images.Windows(w), w, 1, 1, 3, 4).SumChannels().SpreadChannels(images).TimesDense(ones(1, 1, 3, 4), 3)
		}},
		"no alarm": {0, func(s *tensor.Session, _, _ tensor.Secret) { s.Alarm(tensortest.Permit()) }},

		"rescale of a sharing":   {1, func(_ *tensor.Session, x, _ tensor.Secret) { x.Rescale(3) }},
		"a product is reshared":  {1, func(_ *tensor.Session, x, y tensor.Secret) { x.Mul(y).SumRows() }},
		"transpose of a product": {1, func(_ *tensor.Session, x, y tensor.Secret) { p := x.Mul(y).T(); p.MatMul(x); p.T().Add(p.T()) }},
		"and remembered": {1, func(_ *tensor.Session, x, y tensor.Secret) {
			p := x.Mul(y)
			p.SumRows()
			p.T().MatMul(p)
			p.Gather([]int{0})
		}},

		"rescale of a product":    {2, func(_ *tensor.Session, x, y tensor.Secret) { x.T().MatMul(y).Rescale(f) }},
		"concat stays lazy":       {2, func(_ *tensor.Session, x, y tensor.Secret) { tensor.Concat(x.Lift(2*f), x.Mul(y)).Rescale(f) }},
		"slice and shape of lazy": {2, func(_ *tensor.Session, x, y tensor.Secret) { x.Mul(y).Slice(1, 2).Reshape(4).Rescale(f) }},
		"sum of products":         {2, func(_ *tensor.Session, x, y tensor.Secret) { x.Mul(y).Sub(y.Mul(y)).Times(.5, 1).Neg().Rescale(f) }},
		"reshared, then rescaled": {2, func(_ *tensor.Session, x, y tensor.Secret) { p := x.Mul(y); p.AddScalar(1); p.Rescale(f) }},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.rounds, tc.run(t)) })
	}
}

// Comparisons take no more than this. What they take depends on which servers
// the longest chain goes through.
func TestRoundsOfComparisons(t *testing.T) {
	for name, tc := range map[string]roundsCase{
		"sign in 32 bits":     {7, func(_ *tensor.Session, x, _ tensor.Secret) { x.Negative() }},
		"sign in 64 bits":     {8, func(_ *tensor.Session, x, _ tensor.Secret) { x.Lift(48).Negative() }},
		"thresholds together": {7, func(_ *tensor.Session, x, _ tensor.Secret) { x.AtLeast(-1, 0, 1, 2, 3) }},
		"hinges":              {9, func(_ *tensor.Session, x, _ tensor.Secret) { x.Hinges([]float64{0, 1}, []float64{1, -1}, 0) }},
		"select":              {9, func(_ *tensor.Session, x, y tensor.Secret) { x.Negative().Not().Select(x, y) }},
		"dot of bits": {9, func(_ *tensor.Session, x, y tensor.Secret) {
			b := x.Negative()
			tensor.DotBits([]tensor.SecretBits{b, b}, []tensor.Secret{x, y})
		}},
		"alarm, 24 bits": {8 + 5 + 3, func(s *tensor.Session, x, _ tensor.Secret) { x.Watch(); s.Alarm(tensortest.Permit()) }},
	} {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, tc.run(t), tc.rounds)
			require.Positive(t, tc.run(t))
		})
	}
}

type roundsCase struct {
	rounds  int
	program func(s *tensor.Session, x, y tensor.Secret)
}

func (tc roundsCase) run(t *testing.T) int {
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		tc.program(s, in[0], in[1])
		return nil, nil
	}, numbers(1), numbers(2))
	require.NoError(t, r.Err)
	return r.Rounds
}

// A product that was reshared holds the same numbers, and so do all handles to
// it and what was made of it before.
func TestReshareOnce(t *testing.T) {
	x, y := numbers(1), numbers(2)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		p := in[0].Mul(in[1])
		before, twin := p.Slice(0, 3), p
		p.SumRows()
		return []tensor.Secret{p, before, twin, p.T().T(), p.Sub(before)}, nil
	}, x, y)
	want := zip(func(x, y float64) float64 { return x * y })(x, y)
	for i, got := range secure.Values {
		if i == 4 {
			want = tensor.Zeros(3, 4)
		}
		require.Equal(t, want, got)
		require.Equal(t, want, inClear.Values[i])
	}
}
