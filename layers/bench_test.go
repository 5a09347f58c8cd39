package layers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// networkA is 784-128-128-10 with ReLU.
func networkA() []layers.Spec {
	return []layers.Spec{{Kind: "linear", Out: 128}, {Kind: "relu"}, {Kind: "linear", Out: 128}, {Kind: "relu"}, {Kind: "linear", Out: 10}}
}

// leNet is two convolutions with pools and two dense layers.
func leNet() []layers.Spec {
	five, two := [2]int{5, 5}, [2]int{2, 2}
	return []layers.Spec{
		{Kind: "conv2d", Out: 20, Kernel: five},
		{Kind: "relu"},
		{Kind: "max_pool2d", Kernel: two},
		{Kind: "conv2d", Out: 50, Kernel: five},
		{Kind: "relu"},
		{Kind: "max_pool2d", Kernel: two},
		{Kind: "flatten"},
		{Kind: "linear", Out: 500},
		{Kind: "relu"},
		{Kind: "linear", Out: 10},
	}
}

// meter measures one layer at one server.
type meter struct {
	layers.Layer
	s      *tensor.Session
	spent  [2]time.Duration // forward and backward
	bytes  [2]int64
	rounds [2]int
}

func (m *meter) measure(pass int, f func()) {
	start := time.Now()
	rounds, bytes := m.s.Cost()
	f()
	r, n := m.s.Cost()
	m.spent[pass] += time.Since(start)
	m.rounds[pass] += r - rounds
	m.bytes[pass] += n - bytes
}

func (m *meter) Forward(x tensor.Secret) (y tensor.Secret) {
	m.measure(0, func() { y = m.Layer.Forward(x) })
	return y
}

func (m *meter) Backward(dy tensor.Secret) (dx tensor.Secret) {
	m.measure(1, func() { dx = m.Layer.Backward(dy) })
	return dx
}

func (m *meter) Gradients(dy tensor.Secret) {
	m.measure(1, func() {
		if l, ok := m.Layer.(layers.Learner); ok {
			l.Gradients(dy)
			return
		}
		m.Layer.Backward(dy)
	})
}

// BenchmarkLayers goes forwards and backwards through networks with a batch of
// 128, on three servers in this process; with -v it tells what each layer takes.
func BenchmarkLayers(b *testing.B) {
	for name, tc := range map[string]struct {
		specs []layers.Spec
		in    []int
	}{"A": {networkA(), []int{784}}, "LeNet": {leNet(), []int{1, 28, 28}}} {
		b.Run(name, func(b *testing.B) {
			x := random(1, 16, 1, append([]int{128}, tc.in...)...)
			r := tensortest.Secure(b, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				return nil, benchNetwork(b, s, tc.specs, tc.in, in[0], in[1])
			}, x, random(2, 16, 1, 128, 10))
			require.NoError(b, r.Err)
			b.ReportMetric(float64(r.Bytes)/float64(b.N+2)/1e6, "MB/op")
			b.ReportMetric(float64(r.Rounds)/float64(b.N+2), "rounds/op")
		})
	}
}

func benchNetwork(b *testing.B, s *tensor.Session, specs []layers.Spec, in []int, x, dy tensor.Secret) error {
	n, err := layers.Build(s, specs, in, 1)
	if err != nil {
		return err
	}
	meters := make([]*meter, len(n.Layers()))
	ls := make([]layers.Layer, len(meters))
	for i, l := range n.Layers() {
		meters[i] = &meter{Layer: l, s: s}
		ls[i] = meters[i]
	}
	n = layers.NewSequential("network", ls...)
	for i := range b.N + 2 {
		if i == 2 && s.Server() == 0 {
			b.ResetTimer()
			for _, m := range meters {
				m.spent = [2]time.Duration{}
			}
		}
		s.Temporary(func() {
			n.Forward(x)
			n.Gradients(dy)
		})
	}
	if s.Server() == 0 {
		b.StopTimer()
		for _, m := range meters {
			b.Logf("%-12s forward %8.3f ms %8.3f MB %4d rounds, backward %8.3f ms %8.3f MB %4d rounds", m.Name(),
				m.spent[0].Seconds()*1e3/float64(b.N), float64(m.bytes[0])/1e6/float64(b.N+2), m.rounds[0]/(b.N+2),
				m.spent[1].Seconds()*1e3/float64(b.N), float64(m.bytes[1])/1e6/float64(b.N+2), m.rounds[1]/(b.N+2))
		}
	}
	return nil
}
