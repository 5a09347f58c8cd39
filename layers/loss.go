package layers

import "github.com/trefoil-ml/trefoil/tensor"

// BinaryCrossEntropy is −y·log σ(out) − (1−y)·log(1−σ(out)), averaged over the
// columns: torch.nn.BCEWithLogitsLoss. Its gradient is (σ(out) − y)/columns.
type BinaryCrossEntropy struct {
	Sigmoid Activation // nil: ExactSigmoid
}

// Gradient returns σ(out) − y for y of 0 and 1 in the shape of out; the gain is
// the number of columns, or more where the sigmoid has one.
//
// Cost: that of the sigmoid.
func (l BinaryCrossEntropy) Gradient(out, y tensor.Secret) (grad tensor.Secret, gain float64) {
	wantTargets("binary cross-entropy", out, y)
	p, gain := l.sigmoid(out)
	return p.Sub(y.Times(gain, p.Scale()-y.Scale())), gain * float64(columns(out))
}

func (l BinaryCrossEntropy) sigmoid(z tensor.Secret) (p tensor.Secret, gain float64) {
	if l.Sigmoid == nil {
		return ExactSigmoid{}.Forward(z), 1
	}
	if a, ok := l.Sigmoid.(ScaledActivation); ok {
		return a.ForwardScaled(z)
	}
	return l.Sigmoid.Forward(z), 1
}

// MSE is the mean over the columns of (out − y)²: torch.nn.MSELoss. Its gradient
// is 2·(out − y)/columns.
type MSE struct{}

// Gradient returns out − y, for y in the shape of out; the gain is columns/2.
//
// Cost: local.
func (MSE) Gradient(out, y tensor.Secret) (grad tensor.Secret, gain float64) {
	wantTargets("mean squared error", out, y)
	return out.Sub(y.Lift(out.Scale())), float64(columns(out)) / 2
}

// wantTargets fails unless y has the shape of out, a matrix.
func wantTargets(name string, out, y tensor.Secret) {
	wantShape(name, "outputs", out, anySize, anySize)
	wantShape(name, "targets", y, out.Shape()...)
}

func columns(x tensor.Secret) int { return x.Shape()[1] }
