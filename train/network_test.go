package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// dense returns a network of linear layers with ReLU between them, with the
// weights of HeNormal.
func dense(s *tensor.Session, loss layers.Loss, seed uint64, sizes ...int) *Network {
	init := layers.HeNormal(seed)
	var ls []layers.Layer
	for i := range sizes[1:] {
		if i > 0 {
			ls = append(ls, layers.NewReLU(fmt.Sprintf("relu %d", i)))
		}
		l := layers.NewLinear(s, fmt.Sprintf("linear %d", i+1), sizes[i], sizes[i+1])
		l.Init(init)
		ls = append(ls, l)
	}
	return NewNetwork(layers.NewSequential("network", ls...), loss)
}

// fittingNetwork returns a program that fits a network and returns its first
// weights, and all weights as a column after every step.
func fittingNetwork(y tensor.Dense, yScale int, c func() Config, build func(s *tensor.Session) *Network) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		m, c := build(s), c()
		for _, p := range m.Params() {
			out = append(out, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
			out[len(out)-1].Assign(p.Value)
		}
		c.Alarm = tensortest.Permit()
		c.AfterStep = func(int, int) { out = append(out, allWeights(m)) }
		return out, Fit(s, m, in[0], s.Constant(y, yScale), c)
	}
}

func allWeights(m Model) tensor.Secret {
	var columns []tensor.Secret
	for _, p := range m.Params() {
		columns = append(columns, p.Value.Reshape(p.Value.Len(), 1))
	}
	return tensor.Concat(columns...)
}

// smallRegression has three targets that are functions of four features.
func smallRegression(rows int) table {
	d := noise(rows, 4)
	d.y = tensor.Zeros(rows, 3)
	for i := range rows {
		x := d.x.Row(i).Data()
		for j, v := range []float64{x[0] * x[1], math.Abs(x[2]) - x[3], x[0] - x[2]*x[3]} {
			d.y.Row(i).Data()[j] = math.Round(v*256) / 256
		}
	}
	return d
}

// TestStepsOfANetwork compares every weight after every step with float64, for
// every optimiser and option, on both engines; with exact rounding the engines
// agree to the bit.
func TestStepsOfANetwork(t *testing.T) {
	d := smallRegression(40)
	const rate = 3. / 32 // so that it is held exactly over a batch of 16
	for name, tc := range map[string]struct {
		c Config
		o SGD
	}{
		"plain":          {o: SGD{LearningRate: rate}},
		"momentum":       {o: SGD{LearningRate: rate, Momentum: .9}},
		"decay":          {o: SGD{LearningRate: rate, Momentum: .9, L2: .125}},
		"nesterov":       {o: SGD{LearningRate: rate, Momentum: .9, Nesterov: true}},
		"nesterov decay": {o: SGD{LearningRate: rate, Momentum: .75, Nesterov: true, L2: .125}},
		"steps":          {o: SGD{LearningRate: rate, Momentum: .9}, c: Config{Schedule: StepLR{Every: 2, Gamma: .5}}},
		"cosine":         {o: SGD{LearningRate: rate, Momentum: .9, Nesterov: true}, c: Config{Schedule: Cosine{Final: .1}}},
		"warm-up":        {o: SGD{LearningRate: rate, Momentum: .9}, c: Config{Schedule: WarmUp{Steps: 8, Then: Cosine{}}}},
		"clip":           {o: SGD{LearningRate: rate, Momentum: .9}, c: Config{ClipValue: 1. / 32}},
	} {
		t.Run(name, func(t *testing.T) {
			c := tc.c
			c.Epochs, c.BatchSize, c.Seed, c.Shuffle = 5, 16, 4, true
			program := fittingNetwork(d.y, 16, func() Config {
				o, c := tc.o, c
				c.Optimizer = &o
				return c
			}, func(s *tensor.Session) *Network { return dense(s, layers.MSE{}, 7, 4, 8, 6, 3) })
			for _, exact := range []bool{false, true} {
				secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, program, d.x)
				if exact {
					require.Equal(t, inClear.Values, secure.Values)
				}
				require.Empty(t, inClear.Range)
				for _, r := range []tensortest.Result{secure, inClear} {
					step := torchSGD(tc.o, func(i int) bool { return i%2 == 0 }, func(step int) float64 {
						return c.factor(Moment{(step - 1) / 3, 5, step - 1, 15})
					})
					if c.ClipValue > 0 {
						step = clipped(c.ClipValue, step)
					}
					compareHistories(t, newFloatNet(false, r.Values[:6]).fit(d, c, step), r.Values[6:])
				}
			}
		})
	}
}

func compareHistories(t *testing.T, want [][]float64, got []tensor.Dense) {
	t.Helper()
	require.Len(t, got, len(want))
	worst := 0.
	for step := range want {
		for i, w := range want[step] {
			worst = max(worst, math.Abs(w-got[step].Data()[i]))
		}
	}
	t.Logf("%d steps: largest error of a weight %.1e", len(want), worst)
	require.Less(t, worst, 2e-4)
}

// TestStepsOfWideLayers trains layers that are large enough for every kernel.
func TestStepsOfWideLayers(t *testing.T) {
	d := noise(80, 33)
	d.y = tensor.Zeros(80, 3)
	for i := range 80 {
		x := d.x.Row(i).Data()
		copy(d.y.Row(i).Data(), []float64{x[0], x[1] - x[2], x[32]})
	}
	c := Config{Epochs: 2, BatchSize: 40, Seed: 4, Shuffle: true}
	sgd := SGD{LearningRate: 1. / 32}
	program := fittingNetwork(d.y, 16, func() Config {
		c, o := c, sgd
		c.Optimizer = &o
		return c
	}, func(s *tensor.Session) *Network { return dense(s, layers.MSE{}, 7, 33, 40, 32, 3) })
	for _, exact := range []bool{false, true} {
		secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, program, d.x)
		require.Empty(t, inClear.Range)
		if exact {
			require.Equal(t, inClear.Values, secure.Values)
			continue
		}
		step := torchSGD(sgd, func(i int) bool { return i%2 == 0 }, func(int) float64 { return 1 })
		compareHistories(t, newFloatNet(false, secure.Values[:6]).fit(d, c, step), secure.Values[6:])
	}
}
