package layers

import "github.com/trefoil-ml/trefoil/tensor"

// SoftmaxCrossEntropy is −Σ_j y_j·log softmax(out)_j for each row, with y one-hot:
// torch.nn.CrossEntropyLoss on logits. Its gradient is softmax(out) − y.
type SoftmaxCrossEntropy struct{}

// Gradient returns softmax(out) − y for out (batch×classes) and y (batch×classes,
// one-hot, whole numbers). It watches that the logits of a row differ by less
// than 2^14.
//
// Cost: that of [tensor.Secret.Softmax].
func (SoftmaxCrossEntropy) Gradient(out, y tensor.Secret) (grad tensor.Secret, gain float64) {
	wantTargets("softmax cross-entropy", out, y)
	return out.Softmax().Sub(y.Lift(out.Scale())), 1
}
