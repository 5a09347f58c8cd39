package layers

import (
	"math"
	"math/bits"

	"github.com/trefoil-ml/trefoil/tensor"
)

// BatchNorm normalises each channel over the batch (and the positions of an
// image), as torch.nn.BatchNorm1d and BatchNorm2d with their defaults:
//
//	y = γ·(x − μ)/√(σ² + ε) + β
//
// In training μ and σ² are those of the batch, and the layer keeps running ones;
// in use they are the running ones. All of them stay secret. As in torch, the
// running ones follow the batches even where γ and β are frozen.
//
// With 16 fraction bits and n elements a channel the variance of a batch may be up
// to 2^17 (a deviation of 340), and with more than 2^11 elements up to 2^28/n (56 for
// 128 images of 24×24). In training the alarm says if it is larger, see
// [tensor.Session.Alarm]. A deviation is 1/σ to within 2^−16, so a large one costs
// precision: ŷ is off by up to σ·2^−16 of itself.
type BatchNorm struct {
	Gamma, Beta    *Param
	Mean, Variance *Param // running, not trained

	name     string
	channels int
	training bool
	hat      tensor.Secret // (x − μ)/√(σ² + ε)
	inverse  tensor.Secret // 1/√(σ² + ε), 1×channels
}

// The defaults of torch.
const (
	normEpsilon  = 1e-5
	normMomentum = .1
	momentumBits = 14
)

// NewBatchNorm returns the layer for batches whose second dimension is the
// channels.
func NewBatchNorm(s *tensor.Session, name string, channels int) *BatchNorm {
	one := tensor.Zeros(1, channels)
	for i := range one.Data() {
		one.Data()[i] = 1
	}
	w := s.WeightBits()
	return &BatchNorm{
		name: name, channels: channels, training: true,
		Gamma:    &Param{Name: name + ".weight", Value: s.Constant(one, w)},
		Beta:     &Param{Name: name + ".bias", Value: s.Zeros(w, 1, channels)},
		Mean:     &Param{Name: name + ".running_mean", Value: s.Zeros(w, 1, channels), Frozen: true},
		Variance: &Param{Name: name + ".running_var", Value: s.Constant(one, w), Frozen: true},
	}
}

// Name returns the name.
func (l *BatchNorm) Name() string { return l.name }

// Params returns γ and β.
func (l *BatchNorm) Params() []*Param { return []*Param{l.Gamma, l.Beta} }

// Buffers returns the running mean and variance.
func (l *BatchNorm) Buffers() []*Param { return []*Param{l.Mean, l.Variance} }

// SetTraining chooses between the statistics of the batch and the running ones.
func (l *BatchNorm) SetTraining(on bool) { l.training = on }

// Training says whether those of the batch are taken.
func (l *BatchNorm) Training() bool { return l.training }

// Forward returns the normalised batch.
//
// Cost: an inverse square root for each channel; for each element two fused
// truncations (2 or 3 rounds each), in training one more of one round; for each
// channel a comparison in 64 bits.
func (l *BatchNorm) Forward(x tensor.Secret) tensor.Secret {
	wantShape(l.name, "a batch", x, anyBut(x, l.channels)...)
	f := x.Scale()
	mean, variance := l.Mean.Value.Rescale(f), l.Variance.Value
	if l.training {
		mean = over(x.SumChannels(), l.perChannel(x), f, meanIntegers)
	}
	d := x.Sub(mean.SpreadChannels(x))
	if l.training {
		variance = l.variance(d)
		l.keep(mean, variance, l.perChannel(x))
	}
	l.inverse = variance.AddScalar(normEpsilon).InvSqrt(f)
	l.hat = d.Mul(l.inverse.SpreadChannels(x)).Rescale(f)
	gamma, beta := l.Gamma.Value.SpreadChannels(x), l.Beta.Value.Lift(f+l.Gamma.Value.Scale()).SpreadChannels(x)
	return l.hat.Mul(gamma).Add(beta).Rescale(f)
}

// anyBut is the shape of x with any sizes but the second.
func anyBut(x tensor.Secret, channels int) []int {
	want := make([]int, max(len(x.Shape()), 2))
	for i := range want {
		want[i] = anySize
	}
	want[1] = channels
	return want
}

// perChannel returns the number of elements of a channel.
func (l *BatchNorm) perChannel(x tensor.Secret) int { return x.Len() / l.channels }

// variance returns the mean of d² for each channel, at twice the scale of d, and
// watches that what is computed from it fits: the sum of squares itself, and the
// running variance.
func (l *BatchNorm) variance(d tensor.Secret) tensor.Secret {
	n, f := l.perChannel(d), d.Scale()
	most := squares(n, f, l.Variance.Value.Scale())
	coarse := d.Rescale(min(f, coarseBits(n)))
	const slack = .9 // for the rounding of coarse
	coarse.Mul(coarse).SumChannels().WatchAbove(slack * most)
	_, integers := math.Frexp(most / float64(n))
	return over(d.Mul(d).SumChannels(), n, 2*f, integers)
}

// squares bounds the sum of n squares at the scale 2f: the sum is truncated; its
// 1/n is multiplied with a momentum below ¼ at w + momentumBits, and added to as
// much; and no number may leave ±2^14.
func squares(n, f, w int) float64 {
	sum, mean := truncated-2*f, truncated+1-momentumBits-w
	return min(math.Ldexp(1, min(sum, 28)), math.Ldexp(float64(n), mean))
}

// coarseBits is the scale at which n numbers are squared to be watched: their sum
// fits even if they are four times as large as they may be.
func coarseBits(n int) int { return max(0, (truncated-2*16-bits.Len(uint(n)))/2) }

// keep moves the running statistics a tenth of the way to those of the batch of n
// (the variance to n/(n−1) of it, as torch does). A single number has no variance,
// and leaves them as they are.
func (l *BatchNorm) keep(mean, variance tensor.Secret, n int) {
	if n < 2 {
		return
	}
	w := l.Mean.Value.Scale()
	variance = variance.Rescale(min(variance.Scale(), w))
	towards := func(p *Param, v tensor.Secret, part float64) {
		step := v.Lift(w).Times(normMomentum*part, momentumBits).Sub(p.Value.Times(normMomentum, momentumBits))
		p.Value.Assign(p.Value.Add(step.Rescale(w)))
	}
	towards(l.Mean, mean, 1)
	towards(l.Variance, variance, float64(n)/float64(n-1))
}

// Backward returns, with n the elements of a channel and ŷ the normalised input,
//
//	dx = γ/√(σ² + ε)·(dy − Σdy/n − ŷ·Σ(dy·ŷ)/n)
//
// and leaves the gradients of γ and β. In use, where the statistics do not depend
// on the batch, it is dx = γ/√(σ² + ε)·dy.
//
// Cost: for each element two fused truncations and a round more.
func (l *BatchNorm) Backward(dy tensor.Secret) tensor.Secret {
	wantForward(l.name, l.hat, dy)
	f, n := dy.Scale(), l.perChannel(dy)
	hat, inverse := l.hat, l.inverse
	sum, along := l.sums(dy)
	rest := dy
	if l.training {
		means := over(tensor.Concat(sum.Lift(along.Scale()), along), n, f, meanIntegers)
		mean, slope := means.Slice(0, 1), means.Slice(1, 2)
		rest = dy.Sub(mean.SpreadChannels(dy)).Sub(hat.Mul(slope.SpreadChannels(dy)).Rescale(f))
	}
	factor := l.Gamma.Value.Mul(inverse).Rescale(f)
	return rest.Mul(factor.SpreadChannels(dy)).Rescale(f)
}

// Gradients leaves the gradients of γ and β, and keeps nothing of the batch.
//
// Cost: 1 round.
func (l *BatchNorm) Gradients(dy tensor.Secret) {
	wantForward(l.name, l.hat, dy)
	l.sums(dy)
}

// sums returns Σdy and Σ(dy·ŷ) and leaves them as gradients.
func (l *BatchNorm) sums(dy tensor.Secret) (sum, along tensor.Secret) {
	sum, along = dy.SumChannels(), dy.Mul(l.hat).SumChannels()
	if !l.Beta.Frozen {
		l.Beta.Grad = sum
	}
	if !l.Gamma.Frozen {
		l.Gamma.Grad = along
	}
	l.hat, l.inverse = tensor.Secret{}, tensor.Secret{}
	return sum, along
}
