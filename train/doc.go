// Package train fits models on secret tensors by mini-batch gradient descent.
//
//	err := train.Fit(s, model, x, y, train.Config{
//		Epochs: 10, BatchSize: 128,
//		Optimizer: &train.SGD{LearningRate: 0.1, Momentum: 0.9, L2: 0.001},
//	})
//
// The same call runs as one of three servers and on the cleartext engine. The
// batches are public and seeded; nothing else of the data is.
//
// # Rounding
//
// With exact rounding, the weights of a secure run are those of the cleartext
// engine after every step, bit for bit. With stochastic rounding both stay close
// to the same run in real arithmetic. A step rounds z = x·w + b and p = σ(z) of
// every row by less than 2^−f, and the update of every weight by less than
// 2^−W, W = [tensor.Session.WeightBits]; half of that with exact rounding. With
// L the slope of the sigmoid, at most ¼, that moves weight j by at most
//
//	n_j = lr·(1 + L)·2^−f·mean|x_j| + 2^−W
//
// and later steps carry it on linearly: after T steps the weights are off by at
// most Σ_t |Φ(T,t)|·n(t), Φ(T,t) being the product of the steps from t to T of
// gradient descent with momentum on the curvature of the loss. The tests work
// this bound out and hold every weight of both engines to it after every step:
// 9e-4 after 40 steps on 200 rows of 30 features at f = 16, lr = 0.1 and
// momentum 0.9, where 7e-6 was measured. The rounding of the public constants
// (knots, slopes, rates) comes on top against float64: 2e-4 at f = 16 in all.
//
// # Range
//
// Numbers that leave ±2^14 make the weights worthless, and [ErrDiverged] says so:
// no model comes out of a run in which a number wrapped around. The weights of
// every step are kept, and at a check an alarm bit tells whether their norm was
// ever so large that x·w could have left the range for a row of the agreed norm.
// [Config.Check] refuses rates for which one update could leave it.
package train
