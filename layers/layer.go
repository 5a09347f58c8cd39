package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Layer is one step of a network, as torch.nn.Module. The first dimension of
// every tensor is the batch.
type Layer interface {
	// Name names the layer in errors, in parameters and in the audit log.
	Name() string

	// Forward returns the output for a batch, at the scale of x, and remembers what
	// Backward needs.
	Forward(x tensor.Secret) tensor.Secret

	// Backward takes the gradient of the output and returns that of the input, both
	// at the working scale and summed over nothing. It leaves the gradients of the
	// parameters in Params, and forgets the batch.
	Backward(dy tensor.Secret) tensor.Secret

	// Params returns the trainable tensors, always the same.
	Params() []*Param
}

// Learner is a layer that can leave the gradients of its parameters without
// computing that of its input. The first layer that is trained needs no more.
type Learner interface {
	Layer

	// Gradients is Backward without a result.
	Gradients(dy tensor.Secret)
}

// Moded is a layer that does something else in training than afterwards.
// Layers begin in training.
type Moded interface {
	// SetTraining changes between training (true) and use (false).
	SetTraining(on bool)

	// Training says which it is.
	Training() bool
}

// Buffered is a layer with tensors that belong to the model but are not trained
// by the optimiser, as the running statistics of a normalisation.
type Buffered interface {
	// Buffers returns them, always the same.
	Buffers() []*Param
}

// Loss compares the output of a network with the targets.
type Loss interface {
	// Gradient returns gain times the gradient of the loss summed over the batch,
	// with respect to out and in its shape, at its scale. Targets y are in the shape
	// of out; those of a classification are whole numbers at scale 0, one-hot where
	// there are several classes.
	Gradient(out, y tensor.Secret) (grad tensor.Secret, gain float64)
}
