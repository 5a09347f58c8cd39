package train

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// small is a small network on images of 8×8.
func small(s *tensor.Session) *Network {
	conv := layers.NewConv2D(s, "conv", 1, 4, tensor.Square(3, 1, 0), 1)
	conv.Init(layers.HeNormal(1))
	l := layers.NewLinear(s, "linear", 4*3*3, 3)
	l.Init(layers.HeNormal(2))
	return NewNetwork(layers.NewSequential("small", layers.NewReshape("images", 1, 8, 8), conv, layers.NewReLU("relu"),
		layers.NewMaxPool2D("pool", tensor.Square(2, 2, 0)), layers.NewFlatten("flatten"), l), layers.SoftmaxCrossEntropy{})
}

// fitCost is what all servers send, and the rounds, for an epoch of so many batches
// of so many images.
func fitCost(t *testing.T, batches, images int) (bytes, rounds float64) {
	t.Helper()
	rows := batches * images
	y := tensor.Zeros(rows, 3)
	for i := range rows {
		y.Row(i).Data()[i%3] = 1
	}
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		c := Config{Epochs: 1, BatchSize: images, Optimizer: &SGD{LearningRate: .05, Momentum: .9}, Alarm: tensortest.Permit()}
		return nil, Fit(s, small(s), in[0], s.Constant(y, 0), c)
	}, noise(rows, 64).x)
	require.NoError(t, r.Err)
	t.Logf("%d batches of %d images: %d bytes, %d rounds", batches, images, r.Bytes, r.Rounds)
	return float64(r.Bytes), float64(r.Rounds)
}

// The cost grows linearly in the number of batches: 3 and 12 more cost 3 and 12
// times what one does.
func TestCostIsLinearInBatches(t *testing.T) {
	b1, r1 := fitCost(t, 1, 16)
	b4, r4 := fitCost(t, 4, 16)
	b16, r16 := fitCost(t, 16, 16)
	require.InEpsilon(t, (b4-b1)/3, (b16-b4)/12, .01)
	require.InEpsilon(t, (r4-r1)/3, (r16-r4)/12, .01)
	require.Less(t, b16, 16*b1)
	require.Less(t, r16, 16*r1)
}

// And in the number of images of a batch, whose rounds stay what they are but for
// the few that long vectors take more, for fewer bytes.
func TestCostIsLinearInImages(t *testing.T) {
	b1, r1 := fitCost(t, 1, 16)
	b4, r4 := fitCost(t, 1, 64)
	b16, r16 := fitCost(t, 1, 256)
	require.InEpsilon(t, (b4-b1)/3, (b16-b4)/12, .1)
	require.Less(t, b16, 16*b1)
	require.InEpsilon(t, r1, r4, .2)
	require.InEpsilon(t, r1, r16, .2)
}

// A server takes at most 2.2 times the memory of its shares of the training rows,
// with what their owner hands in. It is 1.1, and a copy of the rows would make it
// 2.1: so less than 1.6 is asked for.
func TestMemoryOfTheRows(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes 400 MB, and the race detector counts as memory")
	}
	const rows, columns, shares = 8000, 784, 2 * 8 * 8000 * 784
	data := tensor.Zeros(rows, columns)
	before, most := heap(), 0
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		c := Config{Epochs: 1, BatchSize: 128, Optimizer: &SGD{LearningRate: .05}, Alarm: tensortest.Permit()}
		c.AfterStep = func(_, step int) {
			if s.Server() == 0 && step%20 == 1 {
				most = max(most, heap()-before)
			}
		}
		defer runtime.KeepAlive(in) // as whoever trains twice
		return nil, Fit(s, NewSoftmaxRegression(s, columns, 10), in[0], s.Zeros(0, rows, 10), c)
	}, data)
	require.NoError(t, r.Err)
	runtime.KeepAlive(data)
	t.Logf("%.2f times the shares", float64(most)/3/shares)
	require.Greater(t, most, 3*shares)
	require.Less(t, float64(most), 1.6*3*shares)
}

// heap returns the bytes that are in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
