// Package train fits models on secret tensors by mini-batch gradient descent.
//
//	m := train.NewNetwork(layers.NewSequential("a", l1, layers.NewReLU("relu"), l2), layers.SoftmaxCrossEntropy{})
//	err := train.Fit(s, m, x, y, train.Config{
//		Epochs: 5, BatchSize: 128, Optimizer: &train.SGD{LearningRate: 0.05, Momentum: 0.9},
//	})
//	classes := train.Classes(m.Predict(rows, 500))   // still secret
//
// Models are [LogisticRegression], [LinearRegression], [NewSoftmaxRegression] and
// any [Network]; optimisers [SGD] and [Adam], with a [Schedule], clipped gradients
// and [EarlyStopping]. [SetWeights], [SetSecretWeights] and [Freeze] start from
// another model. The same call runs as one of three servers and on the cleartext
// engine. The batches are public and seeded; nothing else of the data is.
//
// # Rounding
//
// With exact rounding, the weights of a secure run without exp are those of the
// cleartext engine after every step, bit for bit; what is made of exp (the exact
// sigmoid, tanh, softmax) rounds within, and differs by its last bits in some
// elements. With stochastic rounding both stay close
// to the same run in real arithmetic. For logistic regression that is proven: a
// step rounds z = x·w + b and p = σ(z) of
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
// For networks the tests compare every weight after every step with float64: below
// 3e-5 after 15 steps. A long training of a network magnifies any rounding, so that
// two runs, as two runs of one engine with other roundings, part ways: their
// accuracies then differ by chance, by 0.2 points on MNIST.
//
// # Range
//
// Numbers that leave ±2^14 make the weights worthless, and [ErrDiverged] says so.
//
// For [LogisticRegression] and [LinearRegression] this is proven: no model comes out
// of a run in which a number wrapped around. The weights of
// every step are kept, and at a check an alarm bit tells whether their norm was
// ever so large that x·w could have left the range for a row of the agreed norm; with
// [Config.Started] so are those of the start.
// [Config.Check] refuses rates for which one update could leave it.
//
// For a [Network] it is watched, not proven. Every comparison of a forward pass,
// so every activation, tells whether its input was within ±2^14; a number up to
// twice that is seen for certain, one that wrapped around lies outside with
// probability ½, and a run that diverges has many of them. In training so does a
// [layers.BatchNorm], whose squares leave the ring before numbers do. At a check
// every weight must be below 1024 and its last step below 16. A backward pass is
// not watched: what wraps there shows in the weights, and in the next forward pass. But
// for the gradients of a first convolution that are held mod 2^32: their sums over
// the batch must be below 2^9, or in batches of more than 128 rows below 4 for each
// row, and up to three times that is seen for certain. In the tests no run out of
// thousands of which a number wrapped gave a model.
package train
