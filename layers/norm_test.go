package layers_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// moments returns the mean and the variance of each channel.
func moments(x tensor.Dense) (mean, variance []float64) {
	channels, positions := x.Shape()[1], x.Len()/x.Shape()[0]/x.Shape()[1]
	mean, variance = make([]float64, channels), make([]float64, channels)
	n := float64(x.Len() / channels)
	for i, v := range x.Data() {
		mean[i/positions%channels] += v / n
	}
	for i, v := range x.Data() {
		d := v - mean[i/positions%channels]
		variance[i/positions%channels] += d * d / n
	}
	return mean, variance
}

// normalised is the function of the layer with these statistics.
func normalised(p []tensor.Dense, x tensor.Dense, mean, variance []float64) tensor.Dense {
	y := tensor.Zeros(x.Shape()...)
	channels, positions := x.Shape()[1], x.Len()/x.Shape()[0]/x.Shape()[1]
	for i, v := range x.Data() {
		c := i / positions % channels
		y.Data()[i] = p[0].Data()[c]*(v-mean[c])/math.Sqrt(variance[c]+1e-5) + p[1].Data()[c]
	}
	return y
}

// In training the statistics are those of the batch, and the gradient goes
// through them.
func TestBatchNorm(t *testing.T) {
	for _, shape := range [][]int{{16, 3}, {12, 3}, {3, 3, 2, 4}, {2, 3, 3, 3}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			check{
				make:   func(s *tensor.Session) layers.Layer { return layers.NewBatchNorm(s, "norm", 3) },
				params: []tensor.Dense{random(1, 30, 2, 1, 3), random(2, 30, 1, 1, 3)},
				x:      random(3, 16, 3, shape...), out: shape,
				value: func(p []tensor.Dense, x tensor.Dense) tensor.Dense {
					mean, variance := moments(x)
					return normalised(p, x, mean, variance)
				},
				// x − mean is off by 1.5 units, and 1/√variance, below 2, by one of its own:
				// together below 8 units, times γ below 2; sums of up to 24 of those.
				y: 16 * unit, dx: 40 * unit, grad: 24 * 8 * unit,
			}.run(t)
		})
	}
}

// The running statistics follow those of the batches, as in torch; in use they
// are what counts, and the gradient does not go through them.
func TestBatchNormRunning(t *testing.T) {
	const rows = 20
	x, dy := random(1, 16, 3, rows, 2), random(2, 16, 1, rows, 2)
	for i := range rows {
		x.Data()[2*i] += 5
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewBatchNorm(s, "norm", 2)
		for range 3 {
			s.Temporary(func() { l.Forward(in[0]) })
		}
		l.SetTraining(false)
		y := l.Forward(in[0])
		return []tensor.Secret{l.Mean.Value, l.Variance.Value, y, l.Backward(in[1])}, nil
	}, x, dy)
	mean, variance := moments(x)
	kept, keptVariance := make([]float64, 2), []float64{1, 1}
	for range 3 {
		for c := range 2 {
			kept[c] += .1 * (mean[c] - kept[c])
			keptVariance[c] += .1 * (variance[c]*rows/(rows-1) - keptVariance[c])
		}
	}
	one := tensor.NewDense([]float64{1, 1}, 1, 2)
	want := normalised([]tensor.Dense{one, tensor.Zeros(1, 2)}, x, kept, keptVariance)
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		for c := range 2 {
			require.InDelta(t, kept[c], v[0].At(0, c), 1e-3*math.Abs(kept[c])+2*unit)
			require.InDelta(t, keptVariance[c], v[1].At(0, c), 1e-3*keptVariance[c]+2*unit)
		}
		for i, y := range want.Data() {
			require.InDelta(t, y, v[2].Data()[i], 2e-3*math.Abs(y)+8*unit)
			require.InDelta(t, dy.Data()[i]/math.Sqrt(keptVariance[i%2]), v[3].Data()[i], 2e-3)
		}
	}
}

func TestBatchNormNames(t *testing.T) {
	r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		n := layers.NewSequential("net", layers.NewLinear(s, "fc", 4, 3), layers.NewBatchNorm(s, "norm", 3))
		var names []string
		for _, p := range append(n.Params(), n.Buffers()...) {
			names = append(names, p.Name)
		}
		require.Equal(t, []string{"fc.weight", "fc.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"}, names)
		for _, p := range n.Params() {
			require.Equal(t, p.Name == "fc.weight", p.Decay)
		}
		layers.NewBatchNorm(s, "norm", 3).Forward(in[0])
		return nil, nil
	}, random(1, 16, 1, 2, 4))
	require.ErrorContains(t, r.Err, "layers: norm: got a batch of shape 2×4, want any×3")
}

// Deviations of all sizes: where the output is wrong, the alarm says so. A sum of
// 73,728 squares leaves the ring long before a number does.
func TestBatchNormTellsOverflow(t *testing.T) {
	for _, tc := range []struct {
		shape []int
		most  float64
		alarm bool
	}{
		{[]int{128, 1, 24, 24}, 1, false},
		{[]int{128, 1, 24, 24}, 60, false},
		{[]int{128, 1, 24, 24}, 90, false},
		{[]int{128, 1, 24, 24}, 200, true},
		{[]int{128, 1, 24, 24}, 1000, true},
		{[]int{128, 1, 24, 24}, 3000, true},
		{[]int{128, 1, 24, 24}, 16000, true},
		{[]int{128, 1, 24, 24}, 32000, true},
		{[]int{100, 2}, 500, false},
		{[]int{100, 2}, 1000, true},
		{[]int{100, 2}, 32000, true},
		{[]int{7, 2, 3, 3}, 500, false},
		{[]int{7, 2, 3, 3}, 8000, true},
		{[]int{2, 1}, 400, false},
		{[]int{2, 1}, 8000, true},
	} {
		x := random(1, 16, tc.most, tc.shape...)
		secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			l := layers.NewBatchNorm(s, "norm", tc.shape[1])
			y, bit := l.Forward(in[0]), 0.
			if s.Alarm(tensortest.Permit()) {
				bit = 1
			}
			return []tensor.Secret{y, l.Variance.Value, s.Constant(tensor.NewDense([]float64{bit}, 1), 0)}, nil
		}, x)
		mean, variance := moments(x)
		ones, n := tensor.Zeros(1, tc.shape[1]), float64(x.Len()/tc.shape[1])
		for i := range ones.Data() {
			ones.Data()[i] = 1
		}
		want := normalised([]tensor.Dense{ones, tensor.Zeros(1, tc.shape[1])}, x, mean, variance)
		for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
			require.Equal(t, tc.alarm, v[2].At(0) == 1, "%+v", tc)
			if tc.alarm {
				continue
			}
			requireNear(t, "output", want, v[0], .02)
			for c := range variance {
				require.InEpsilon(t, .9+.1*variance[c]*n/(n-1), v[1].At(0, c), 1e-3, "%+v", tc)
			}
		}
	}
}

// A last batch of one row says nothing of the variance: it leaves the running
// statistics alone, and its output is β.
func TestBatchNormOfOneRow(t *testing.T) {
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewBatchNorm(s, "norm", 2)
		return []tensor.Secret{l.Forward(in[0]), l.Mean.Value, l.Variance.Value}, nil
	}, tensor.NewDense([]float64{5, -3}, 1, 2))
	for _, v := range [][]tensor.Dense{secure.Values, inClear.Values} {
		require.Equal(t, [][]float64{{0, 0}, {0, 0}, {1, 1}}, [][]float64{v[0].Data(), v[1].Data(), v[2].Data()})
	}
}

// The running statistics of a frozen layer move, as in torch.
func TestBatchNormFrozen(t *testing.T) {
	r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewBatchNorm(s, "norm", 2)
		l.Gamma.Frozen, l.Beta.Frozen = true, true
		l.Forward(in[0])
		return []tensor.Secret{l.Mean.Value}, nil
	}, tensor.NewDense([]float64{5, -3, 5, -3}, 2, 2))
	require.NoError(t, r.Err)
	require.InDeltaSlice(t, []float64{.5, -.3}, r.Values[0].Data(), 1e-3)
}
