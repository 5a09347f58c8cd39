package train

import (
	"math"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// TestStepOfLeNet compares the weights of both engines after a step in which the
// gradients of the first convolution are narrow. Where two elements of a window
// are almost the same, the engines may choose differently, so the difference has
// no bound; the draws are fixed.
func TestStepOfLeNet(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	const batch = 8
	x, y := noise(batch, 784).x, tensor.Zeros(batch, 10)
	for i := range batch {
		y.Row(i).Data()[i] = 1
	}
	program := fittingNetwork(y, 0, func() Config {
		return Config{Epochs: 1, BatchSize: batch, Optimizer: &SGD{LearningRate: .0625}}
	}, leNet)
	images := func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		return program(s, []tensor.Secret{in[0].Reshape(batch, 1, 28, 28)})
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, images, x)
	require.Empty(t, inClear.Range)
	first, last := secure.Values[0].Data(), len(secure.Values)-1
	worst, moved := 0., 0.
	for i, want := range inClear.Values[last].Data() {
		got := secure.Values[last].Data()[i]
		worst = max(worst, math.Abs(got-want))
		if i < len(first) {
			moved = max(moved, math.Abs(got-first[i]))
		}
	}
	t.Logf("largest move of a kernel %.1e, largest difference of the engines %.1e", moved, worst)
	require.Less(t, worst, 1e-3)
	require.Greater(t, moved, 1e-2)
}

// smallImages is a problem of images of 10×10 with the given largest pixel, and a
// network whose first gradients are narrow.
func smallImages(rows int, most float64) (x, y tensor.Dense, build func(s *tensor.Session) *Network) {
	d := noise(rows, 100)
	y = tensor.Zeros(rows, 3)
	for i := range d.x.Data() {
		d.x.Data()[i] *= most
	}
	for i := range rows {
		y.Row(i).Data()[i%3] = 1
	}
	return d.x, y, func(s *tensor.Session) *Network {
		l, err := layers.Build(s, []layers.Spec{
			{Kind: "reshape", To: []int{1, 10, 10}},
			{Kind: "conv2d", Out: 4, Kernel: [2]int{3, 3}},
			{Kind: "relu"},
			{Kind: "max_pool2d", Kernel: [2]int{2, 2}},
			{Kind: "flatten"},
			{Kind: "linear", Out: 3},
		}, []int{100}, 1)
		if err != nil {
			s.Fail(err)
		}
		return NewNetwork(l, layers.MSE{})
	}
}

// Gradients of the first kernels that are too large to be held mod 2^32 end a
// training with an error, on both engines, though no activation is out of range.
func TestKernelGradientsAreWatched(t *testing.T) {
	for most, want := range map[float64]bool{1: false, 32: true} {
		x, y, build := smallImages(16, most)
		program := fittingNetwork(y, 0, func() Config {
			return Config{Epochs: 1, BatchSize: 16, Optimizer: &SGD{LearningRate: 1e-5}}
		}, build)
		for engine, r := range map[string]tensortest.Result{
			"rss3": tensortest.Secure(t, tensortest.Options{}, program, x), "clear": tensortest.Clear(t, tensortest.Options{}, program, x),
		} {
			if !want {
				require.NoError(t, r.Err, engine)
				continue
			}
			require.ErrorIs(t, r.Err, ErrDiverged, engine)
			require.Empty(t, r.Values, engine)
			for _, found := range r.Range {
				require.Contains(t, []string{"widen", "comparison"}, found.Op, "%+v", found)
			}
		}
	}
}

// TestNoConvolutionOfNumbersThatWrapped is [TestNoNetworkOfNumbersThatWrapped] for
// narrow gradients.
func TestNoConvolutionOfNumbersThatWrapped(t *testing.T) {
	models, diverged := 0, 0
	for i := range 60 {
		x, y, build := smallImages(32, []float64{1, 4, 16}[i/20])
		rate := .001
		for range i % 20 {
			rate *= 1.8
		}
		r := tensortest.Clear(t, tensortest.Options{Seed: uint64(i)}, fittingNetwork(y, 0, func() Config {
			return Config{Epochs: 1 + i%4, BatchSize: 16, Seed: uint64(i), Shuffle: true, Optimizer: &SGD{LearningRate: rate, Momentum: .5}}
		}, build), x)
		if r.Err != nil {
			require.ErrorIs(t, r.Err, ErrDiverged)
			diverged++
			continue
		}
		models++
		require.Empty(t, r.Range, "image %d, rate %g", i/20, rate)
	}
	t.Logf("%d models, %d diverged", models, diverged)
	require.Greater(t, min(models, diverged), 10)
}
