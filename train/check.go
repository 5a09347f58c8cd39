package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Largest numbers that an update is proven not to overflow for: features below
// MaxFeature, weights below MaxWeight (the range that Fit watches).
const (
	MaxFeature = 1000
	MaxWeight  = 1 << 14
)

// The learning rate is held with at most maxRateBits bits after the point, and a
// rate that leaves fewer than minRateBits is too large. What is held with too few
// bits to be within tolerance is refused.
const (
	maxRateBits = 30
	minRateBits = 8
	tolerance   = .02
)

// MaxResidual bounds prediction − target of a [LinearRegression]: Fit watches it.
// Targets that are standardised are far below; a larger bound would leave fewer
// bits for the learning rate.
const MaxResidual = 64

// maxClip is the largest bound for clipped gradients.
const maxClip = 32

// maxRate is the largest learning rate without momentum, over 1 − momentum. A
// larger one could carry the numbers of a whole batch past the range that is
// watched in one step, unseen.
const maxRate = 256

// Check returns an error unless Fit can train a [LogisticRegression] on so many
// rows, with so many fraction bits, as the configuration says.
func (c Config) Check(fractionBits, rows int) error { return c.check(fractionBits, rows, 1) }

// CheckRegression is Check for a [LinearRegression].
func (c Config) CheckRegression(fractionBits, rows int) error {
	return c.check(fractionBits, rows, MaxResidual)
}

// CheckNetwork is Check for every other model.
func (c Config) CheckNetwork(fractionBits, rows int) error { return c.check(fractionBits, rows, 0) }

// check is Check for a model with this bound of its residuals, the gradients at
// its output: 0 if it has none.
func (c Config) check(fractionBits, rows int, residual float64) error {
	switch {
	case c.Optimizer == nil:
		return errors.New("train: no optimizer")
	case c.Epochs < 1 || c.BatchSize < 1 || rows < 1:
		return fmt.Errorf("train: got %d epochs, batches of %d and %d rows, want at least 1 of each", c.Epochs, c.BatchSize, rows)
	case !(c.ClipValue >= 0) || c.ClipValue > maxClip:
		return fmt.Errorf("train: got %g to clip gradients at, want 0 (no clipping) to %d", c.ClipValue, maxClip)
	}
	slowest, err := c.slowest(rows)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if c.ClipValue > 0 && coarse(clipUp/float64(min(c.BatchSize, rows)), clipBits(2*fractionBits+tensor.ProductBits)) {
		return fmt.Errorf("train: gradients cannot be clipped in batches of %d rows with %d fraction bits; use a smaller batch or fewer fraction bits", min(c.BatchSize, rows), fractionBits)
	}
	p := problem{fractionBits: fractionBits, batch: min(c.BatchSize, rows), slowest: slowest}
	if residual > 0 {
		p.gradient = residual * c.meanFeature(rows)
	}
	if c.ClipValue > 0 {
		p.gradient, p.batch = c.ClipValue, clipUp
	}
	if err := c.Optimizer.prepare(p); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// meanFeature bounds the mean of |x| over any batch, for every feature and for
// the 1 that belongs to the intercept: with Σ x² ≤ MeanSquare·n over all n rows,
// a batch of b has Σ |x| ≤ √(b·MeanSquare·n).
func (c Config) meanFeature(rows int) float64 {
	if c.MeanSquare == 0 {
		if c.RowNorm > 0 {
			return min(MaxFeature, c.RowNorm)
		}
		return MaxFeature
	}
	smallest := min(c.BatchSize, rows)
	if left := rows % c.BatchSize; left > 0 {
		smallest = left
	}
	return min(MaxFeature, max(1, math.Sqrt(c.MeanSquare*float64(rows)/float64(smallest))))
}

// prepare chooses with how many bits the learning rate is held. Where the mean
// gradient is bounded, that is as many as leave every possible update u below the
// truncation limit of 2^62, since
//
//	|u| ≤ lr·(gradient + l2·MaxWeight) / (1 − momentum)
//
// and Nesterov's step, with m the momentum, has the same bound: from
// |g| ≤ (1 − m)·B and |u| ≤ B follows |(1 + m)·g + m²·u| ≤ (1 − m² + m²)·B = B.
// It refuses a rate that is too large for that, and factors that are then held
// with too few bits. A network's gradient has no bound; see networkBits.
func (o *SGD) prepare(p problem) error {
	if err := o.checkNumbers(); err != nil {
		return err
	}
	more := 2*p.fractionBits - tensor.WeightBits(p.fractionBits) // bits for factors of weights and velocity
	if p.gradient == 0 {
		rate := o.LearningRate * p.slowest
		o.rateBits = networkBits(more, rate/float64(p.batch), rate*o.L2, 1-o.Momentum)
		return o.checkPrecision(p, o.rateBits+more)
	}
	const slack = 1.05 // for the rounding of features and of the sigmoid
	gain := slack * (p.gradient + float64(o.L2*MaxWeight)) / (1 - o.Momentum)
	room := 62 - 2*p.fractionBits
	limit := math.Ldexp(1/gain, room-max(minRateBits, momentumBits(o.Momentum)-more))
	if largest := min(maxRate*(1-o.Momentum), limit); o.LearningRate > largest {
		return fmt.Errorf("learning rate %g with momentum %g can make training diverge, and numbers leave the fixed-point range unseen; use at most %.3g",
			o.LearningRate, o.Momentum, roundDown(largest))
	}
	o.rateBits = min(maxRateBits, room-ceilLog2(o.LearningRate*gain))
	return o.checkPrecision(p, o.rateBits+more)
}

// Public factors of a network are held with at least leastNetworkBits bits, and so
// many that they are within networkTolerance: few, because updates up to
// 2^(29 − bits) fit, with 16 fraction bits.
const (
	leastNetworkBits = 20
	networkTolerance = .002
)

// networkBits returns with how many bits the factor of gradients is held; those of weights
// and velocity have more.
func networkBits(more int, gradients float64, others ...float64) int {
	bits := leastNetworkBits
	fits := func(f float64, more int) {
		for bits < maxRateBits && off(f, bits+more) > networkTolerance {
			bits++
		}
	}
	fits(gradients, 0)
	for _, f := range others {
		fits(f, more)
	}
	return bits
}

// checkPrecision refuses public factors that would be held with too few bits.
func (o *SGD) checkPrecision(p problem, weightFactorBits int) error {
	batch, perRow := p.batch, o.LearningRate/float64(p.batch)
	switch {
	case coarse(perRow, maxRateBits):
		return fmt.Errorf("learning rate %g is too small: over a batch of %d it is below the resolution of the arithmetic; use a larger rate or a smaller batch", o.LearningRate, batch)
	case coarse(perRow, o.rateBits):
		return fmt.Errorf("learning rate %g over a batch of %d and %d fraction bits do not fit together: only %d bits are left for the step size; use a smaller batch or momentum, or fewer fraction bits", o.LearningRate, batch, p.fractionBits, o.rateBits)
	case coarse(o.LearningRate*o.L2, weightFactorBits):
		return fmt.Errorf("weight decay %g at learning rate %g is below the resolution of the arithmetic (2^-%d); use 0 or a larger one", o.L2, o.LearningRate, weightFactorBits)
	}
	return nil
}

// momentumBits returns how many bits hold 1 − momentum, which the size of a step
// depends on, to within the tolerance.
func momentumBits(momentum float64) int {
	if momentum == 0 {
		return 0
	}
	return ceilLog2(.5 / (tolerance * (1 - momentum)))
}

func (o *SGD) checkNumbers() error {
	switch {
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 0):
		return fmt.Errorf("got a learning rate of %g, want a number above 0", o.LearningRate)
	case !(o.Momentum >= 0 && o.Momentum < 1):
		return fmt.Errorf("got a momentum of %g, want 0 or more and less than 1", o.Momentum)
	case !(o.L2 >= 0) || math.IsInf(o.L2, 0):
		return fmt.Errorf("got a weight decay of %g, want 0 or more", o.L2)
	}
	return nil
}

// coarse reports whether c, held with so many bits, is off by more than the
// tolerance.
func coarse(c float64, bits int) bool { return off(c, bits) > tolerance }

// off returns by what part of itself c is off when it is held with so many bits;
// 0 for 0.
func off(c float64, bits int) float64 {
	if c == 0 {
		return 0
	}
	scaled := math.Ldexp(c, bits)
	return math.Abs(math.Round(scaled)-scaled) / scaled
}

// ceilLog2 returns ⌈log2 x⌉, the same on every processor.
func ceilLog2(x float64) int {
	fraction, exponent := math.Frexp(x)
	if fraction == .5 {
		return exponent - 1
	}
	return exponent
}

// roundDown returns x with three digits, not rounded up.
func roundDown(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x))-2)
	return math.Floor(x/unit) * unit
}
