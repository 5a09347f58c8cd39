package train

import (
	"fmt"
	"math"
)

// Schedule says by what the learning rate is multiplied in a step. It is public.
type Schedule interface {
	// Factor returns a number above 0, at most 1.
	Factor(m Moment) float64
}

// Moment is a step of a training. All numbers but the totals count from 0.
type Moment struct {
	Epoch, Epochs int
	Step, Steps   int // over all epochs
}

// StepLR multiplies the rate by Gamma every Every epochs, as
// torch.optim.lr_scheduler.StepLR.
type StepLR struct {
	Every int
	Gamma float64 // 0 stands for torch's 0.1
}

// Factor returns Gamma^⌊epoch/Every⌋.
func (c StepLR) Factor(m Moment) float64 {
	factor, gamma := 1., c.Gamma
	if gamma == 0 {
		gamma = .1
	}
	for range m.Epoch / max(1, c.Every) {
		factor *= gamma
	}
	return factor
}

// Cosine lets the rate fall from 1 to Final along half a cosine over all steps,
// as keras.optimizers.schedules.CosineDecay (whose alpha is Final).
type Cosine struct{ Final float64 }

// Factor returns Final + (1 − Final)·(1 + cos(π·step/steps))/2.
func (c Cosine) Factor(m Moment) float64 {
	wave := float64((1 + cosPi(float64(m.Step)/float64(m.Steps))) / 2)
	return c.Final + float64((1-c.Final)*wave)
}

// WarmUp lets the rate grow linearly over the first Steps steps, and goes on with
// Then, if set, as if that began after them.
type WarmUp struct {
	Steps int
	Then  Schedule
}

// Factor returns (step + 1)/Steps, and after Steps what Then says.
func (c WarmUp) Factor(m Moment) float64 {
	if m.Step < c.Steps {
		return float64(m.Step+1) / float64(c.Steps)
	}
	if c.Then == nil {
		return 1
	}
	m.Step, m.Steps = m.Step-c.Steps, m.Steps-c.Steps
	return c.Then.Factor(m)
}

// cosPi returns cos(π·t) for 0 ≤ t ≤ 1 to within 1e-15. No product is fused with
// a sum, so that servers on different processors get the same number.
func cosPi(t float64) float64 {
	if t > .5 {
		return -cosPi(1 - t)
	}
	x := math.Pi * t
	square, term, sum := float64(x*x), 1., 1.
	for k := 1.; k < 24; k += 2 {
		term = float64(-term*square) / (k * (k + 1))
		sum += term
	}
	return sum
}

// factor returns the factor of the learning rate in a step.
func (c Config) factor(m Moment) float64 {
	if c.Schedule == nil {
		return 1
	}
	return c.Schedule.Factor(m)
}

// slowest returns the smallest factor of all steps, or leastFactor, or an error if
// one of them is not above 0 and at most 1.
func (c Config) slowest(rows int) (float64, error) {
	least := 1.
	if c.Schedule == nil {
		return least, nil
	}
	perEpoch := (rows + c.BatchSize - 1) / c.BatchSize
	for step := range perEpoch * c.Epochs {
		factor := c.factor(Moment{step / perEpoch, c.Epochs, step, perEpoch * c.Epochs})
		if !(factor > 0 && factor <= 1) {
			return 0, fmt.Errorf("got a factor of %g for the learning rate in step %d, want more than 0 and at most 1", factor, step+1)
		}
		least = min(least, factor)
	}
	return max(least, leastFactor), nil
}

// leastFactor is the smallest factor for which a rate is held as precisely as
// otherwise: steps so small hardly count.
const leastFactor = .01
