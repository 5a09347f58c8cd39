package train

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// lastOffset is a network of 4-6-3 of which only the last offset is trained, whose gradient
// comes at the working scale.
func lastOffset(d table, o func() Optimizer) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		m := dense(s, layers.MSE{}, 3, 4, 6, 3)
		for i, p := range m.Params() {
			p.Frozen = i != 3
			out = append(out, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
			out[i].Assign(p.Value)
		}
		c := Config{Epochs: 8, BatchSize: 8, Optimizer: o(), Alarm: tensortest.Permit()}
		c.AfterStep = func(int, int) { out = append(out, allWeights(m)) }
		return out, Fit(s, m, in[0], s.Constant(d.y, 16), c)
	}
}

// Momentum and decay are held with as many bits where all gradients come at a small
// scale.
func TestOnlyAnOffset(t *testing.T) {
	d := smallRegression(32)
	all := func(int) bool { return true }
	slow, nesterov, adam := SGD{LearningRate: .015625, Momentum: .99}, SGD{LearningRate: .03125, Momentum: .9, Nesterov: true}, Adam{LearningRate: .01}
	for name, tc := range map[string]struct {
		o    func() Optimizer
		step floatStep
	}{
		"momentum": {func() Optimizer { o := slow; return &o }, torchSGD(slow, all, func(int) float64 { return 1 })},
		"Nesterov": {func() Optimizer { o := nesterov; return &o }, torchSGD(nesterov, all, func(int) float64 { return 1 })},
		"Adam":     {func() Optimizer { o := adam; return &o }, torchAdam(adam, all)},
	} {
		t.Run(name, func(t *testing.T) {
			secure, inClear := tensortest.Both(t, tensortest.Options{}, lastOffset(d, tc.o), d.x)
			require.Empty(t, inClear.Range)
			want := newFloatNet(false, secure.Values[:4]).fit(d, Config{Epochs: 8, BatchSize: 8}, func(i, t int, p, g *mat.Dense) {
				if i == 3 {
					tc.step(i, t, p, g)
				}
			})
			for step, w := range want {
				for i, v := range w {
					require.InDelta(t, v, secure.Values[4+step].Data()[i], 1e-3, "weight %d after step %d", i, step+1)
				}
			}
		})
	}
}
