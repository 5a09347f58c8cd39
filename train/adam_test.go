package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// TestStepsOfAdam compares every weight after every step with float64, on both
// engines.
func TestStepsOfAdam(t *testing.T) {
	d := smallRegression(40)
	for name, o := range map[string]Adam{
		"defaults": {},
		"fast":     {LearningRate: .02},
		"betas":    {LearningRate: .01, Beta1: .75, Beta2: .9375},
		"decay":    {LearningRate: .01, L2: .125},
		"amsgrad":  {LearningRate: .02, Beta1: .5, Beta2: .75, AMSGrad: true},
		"epsilon":  {LearningRate: .01, Epsilon: .03},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Epochs: 5, BatchSize: 16, Seed: 4, Shuffle: true}
			program := fittingNetwork(d.y, 16, func() Config {
				o, c := o, c
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
					want := newFloatNet(false, r.Values[:6]).fit(d, c, torchAdam(o, func(i int) bool { return i%2 == 0 }))
					compareHistories(t, want, r.Values[6:])
				}
			}
		})
	}
}

func TestAdamRefuses(t *testing.T) {
	for want, o := range map[string]Adam{
		"train: got a learning rate of -1":                      {LearningRate: -1},
		"train: got β1 = 0.99 and β2 = 0.9":                     {Beta1: .99, Beta2: .9},
		"train: got β1 = -0.1":                                  {Beta1: -.1},
		"train: got ε = 1e-08, want 1e-06 to 1":                 {Epsilon: 1e-8},
		"train: got a weight decay of 1e-07":                    {L2: 1e-7},
		"train: learning rate 0.5 lets a step move a weight by": {LearningRate: .5},
		"train: learning rate 1e-08 is below the resolution":    {LearningRate: 1e-8},
	} {
		require.ErrorContains(t, Config{Epochs: 1, BatchSize: 8, Optimizer: &o}.CheckNetwork(16, 8), want)
	}
}
