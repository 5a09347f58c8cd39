// Package train fits models on secret tensors by mini-batch gradient descent.
//
//	err := train.Fit(s, model, x, y, train.Config{
//		Epochs: 10, BatchSize: 128,
//		Optimizer: &train.SGD{LearningRate: 0.1, Momentum: 0.9, L2: 0.001},
//	})
//
// The same call runs as one of three servers and on the cleartext engine. The
// batches are public and seeded; nothing else of the data is.
package train
