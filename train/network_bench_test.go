package train

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// BenchmarkNetworkA is a step of 784-128-128-10 with SGD and momentum, batch 128.
// Like the others, it reports what all servers send in a step, and the rounds.
func BenchmarkNetworkA(b *testing.B) {
	benchmarkNetwork(b, momentum, networkA, tensortest.Options{}, 784)
}

// BenchmarkLeNet is a step of LeNet, batch 128, with all bits for the signs of ReLU
// and maxima, and with 8 behind the point.
func BenchmarkLeNet(b *testing.B) {
	for _, cut := range []int{0, 8} {
		b.Run(fmt.Sprintf("cut=%d", cut), func(b *testing.B) {
			benchmarkNetwork(b, momentum, leNet, tensortest.Options{CoarseSigns: cut}, 1, 28, 28)
		})
	}
}

// BenchmarkAdam is a step of network A with Adam.
func BenchmarkAdam(b *testing.B) {
	benchmarkNetwork(b, func() Optimizer { return &Adam{} }, networkA, tensortest.Options{}, 784)
}

func momentum() Optimizer { return &SGD{LearningRate: .05, Momentum: .9} }

func networkA(s *tensor.Session) *Network {
	return dense(s, layers.SoftmaxCrossEntropy{}, 1, 784, 128, 128, 10)
}

// leNet is conv 20@5×5, pool, conv 50@5×5, pool, dense 500, dense 10.
func leNet(s *tensor.Session) *Network {
	init := layers.HeNormal(1)
	c1 := layers.NewConv2D(s, "conv 1", 1, 20, tensor.Square(5, 1, 0), 1)
	c2 := layers.NewConv2D(s, "conv 2", 20, 50, tensor.Square(5, 1, 0), 1)
	l1, l2 := layers.NewLinear(s, "linear 1", 800, 500), layers.NewLinear(s, "linear 2", 500, 10)
	for _, l := range []interface{ Init(layers.Init) }{c1, c2, l1, l2} {
		l.Init(init)
	}
	return NewNetwork(layers.NewSequential("lenet",
		c1, layers.NewReLU("relu 1"), layers.NewMaxPool2D("pool 1", tensor.Square(2, 2, 0)),
		c2, layers.NewReLU("relu 2"), layers.NewMaxPool2D("pool 2", tensor.Square(2, 2, 0)),
		layers.NewFlatten("flatten"), l1, layers.NewReLU("relu 3"), l2), layers.SoftmaxCrossEntropy{})
}

func benchmarkNetwork(b *testing.B, o func() Optimizer, build func(s *tensor.Session) *Network, options tensortest.Options, image ...int) {
	b.ReportAllocs()
	bytes, rounds := networkSteps{optimizer: o, build: build, options: options, image: image, start: b.ResetTimer}.run(b, b.N)
	b.ReportMetric(bytes, "B/step")
	b.ReportMetric(rounds, "rounds")
}

// networkSteps are steps of a network with batch 128.
type networkSteps struct {
	optimizer func() Optimizer
	build     func(s *tensor.Session) *Network
	options   tensortest.Options
	image     []int  // shape of a row
	start     func() // called when all servers have done two steps more, if set
}

// run takes n steps and returns what all servers send in one, and the rounds.
func (k networkSteps) run(tb testing.TB, n int) (bytes, rounds float64) {
	tb.Helper()
	const batch = 128
	width := 1
	for _, n := range k.image {
		width *= n
	}
	x, y := noise(batch, width).x, tensor.Zeros(batch, 10)
	rows := make([]int, batch)
	for i := range rows {
		rows[i] = i
		y.Row(i).Data()[i%10] = 1
	}
	warm := make(chan struct{}, 3)
	var count [3]int
	var sent [3]int64
	r := tensortest.Secure(tb, k.options, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x := in[0].Reshape(append([]int{batch}, k.image...)...)
		t, err := newTraining(s, k.build(s), x, s.Constant(y, 0), Config{Epochs: 1, BatchSize: batch, Optimizer: k.optimizer()})
		if err != nil {
			return nil, err
		}
		t.batch(rows, 1)
		t.batch(rows, 1)
		s.Alarm(tensortest.Permit()) // all are ready
		before, sentBefore := s.Cost()
		if warm <- struct{}{}; len(warm) == 3 && k.start != nil {
			k.start()
		}
		for range n {
			t.batch(rows, 1)
		}
		after, sentAfter := s.Cost()
		count[s.Server()], sent[s.Server()] = after-before, sentAfter-sentBefore
		return nil, nil
	}, x)
	require.NoError(tb, r.Err)
	return float64(sent[0]+sent[1]+sent[2]) / float64(n), float64(max(count[0], count[1], count[2])) / float64(n)
}
