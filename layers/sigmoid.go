package layers

import (
	"fmt"
	"math"
	"slices"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Activation is an element-wise function.
type Activation interface {
	// Forward applies it.
	Forward(z tensor.Secret) tensor.Secret
	// Value is the same function in the clear.
	Value(z float64) float64
}

// ScaledActivation is an activation that is cheaper up to a factor, the gain.
type ScaledActivation interface {
	// ForwardScaled returns gain times the function.
	ForwardScaled(z tensor.Secret) (scaled tensor.Secret, gain float64)
}

// PiecewiseSigmoid approximates 1/(1+e^−z) by a continuous function that is
// linear between its knots, 0 below the first and 1 above the last. The knots
// minimise the largest error.
//
// Knots and slopes are held to the scale of z, and the result is rounded to it:
// together this moves the function by less than 9 units of that scale, 1.4e-4 at
// 16 fraction bits.
type PiecewiseSigmoid struct {
	knots, values []float64
	bends         []float64 // by how much the slope changes at each knot
}

// Minimax3 returns the three-piece sigmoid; its largest error is 0.0561.
func Minimax3() PiecewiseSigmoid { return symmetric([]float64{2.8234}, nil) }

// Minimax5 returns the five-piece sigmoid, the default of logistic regression;
// its largest error is 0.0174.
func Minimax5() PiecewiseSigmoid { return symmetric([]float64{1.6529, 4.0351}, []float64{.8567}) }

// Minimax7 returns the seven-piece sigmoid; its largest error is 0.0084.
func Minimax7() PiecewiseSigmoid {
	return symmetric([]float64{1.24333, 2.50814, 4.77571}, []float64{.784505, .933072})
}

// symmetric completes knots and values of the positive half (the last value, 1,
// left out) to both halves.
func symmetric(knots, values []float64) PiecewiseSigmoid {
	values = append(append([]float64{}, values...), 1)
	var p PiecewiseSigmoid
	for i, knot := range slices.Backward(knots) {
		p.knots = append(p.knots, -knot)
		p.values = append(p.values, 1-values[i])
	}
	p.knots = append(p.knots, knots...)
	p.values = append(p.values, values...)
	p.bends = slopeChanges(p.knots, p.values)
	return p
}

func slopeChanges(knots, values []float64) []float64 {
	bends := make([]float64, len(knots))
	slope := 0.0
	for j := range knots {
		next := 0.0
		if j+1 < len(knots) {
			next = (values[j+1] - values[j]) / (knots[j+1] - knots[j])
		}
		bends[j], slope = next-slope, next
	}
	return bends
}

// Forward returns Σ_j bend_j·(z − knot_j)·[z ≥ knot_j].
//
// Cost: one batch of comparisons (one for each knot and one that watches the
// range, 5 rounds at a scale of 16), 2 rounds for bit times value, and one
// truncation.
func (p PiecewiseSigmoid) Forward(z tensor.Secret) tensor.Secret {
	return z.Hinges(p.knots, p.bends, z.Scale()).Rescale(z.Scale())
}

// ForwardScaled returns gain·σ(z) with the gain that makes it cheapest: for three
// pieces, where the middle one then has slope 1, no product has to be truncated.
//
// Cost: as Forward, without the truncation for three pieces.
func (p PiecewiseSigmoid) ForwardScaled(z tensor.Secret) (scaled tensor.Secret, gain float64) {
	if len(p.knots) != 2 {
		return p.Forward(z), 1
	}
	return z.Hinges(p.knots, []float64{1, -1}, 0), p.knots[1] - p.knots[0]
}

// Value returns the function in the clear.
func (p PiecewiseSigmoid) Value(z float64) float64 {
	y := 0.0
	for j, bend := range p.bends {
		y += float64(bend * math.Max(z-p.knots[j], 0))
	}
	return y
}

// NewSigmoid returns the sigmoid of this name: minimax3, minimax5, minimax7 or
// exact.
func NewSigmoid(name string) (Activation, error) {
	switch name {
	case "minimax3":
		return Minimax3(), nil
	case "minimax5":
		return Minimax5(), nil
	case "minimax7":
		return Minimax7(), nil
	case "exact":
		return ExactSigmoid{}, nil
	}
	return nil, fmt.Errorf("layers: got sigmoid %q, want minimax3, minimax5, minimax7 or exact", name)
}
