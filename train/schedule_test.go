package train

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The figures are torch's and Keras' own.
func TestSchedules(t *testing.T) {
	for _, tc := range []struct {
		s    Schedule
		m    Moment
		want float64
	}{
		{StepLR{Every: 2}, Moment{Epoch: 1, Epochs: 6}, 1},
		{StepLR{Every: 2}, Moment{Epoch: 2, Epochs: 6}, .1},
		{StepLR{Every: 2, Gamma: .5}, Moment{Epoch: 5, Epochs: 6}, .25},
		{Cosine{}, Moment{Step: 0, Steps: 10}, 1},
		{Cosine{}, Moment{Step: 5, Steps: 10}, .5},
		{Cosine{}, Moment{Step: 9, Steps: 10}, .02447174185242318},
		{Cosine{Final: .2}, Moment{Step: 3, Steps: 10}, .2 + .8*.7938926261462366},
		{WarmUp{Steps: 4}, Moment{Step: 0, Steps: 10}, .25},
		{WarmUp{Steps: 4}, Moment{Step: 3, Steps: 10}, 1},
		{WarmUp{Steps: 4}, Moment{Step: 4, Steps: 10}, 1},
		{WarmUp{Steps: 4, Then: Cosine{}}, Moment{Step: 4, Steps: 14}, 1},
		{WarmUp{Steps: 4, Then: Cosine{}}, Moment{Step: 9, Steps: 14}, .5},
	} {
		require.InDelta(t, tc.want, tc.s.Factor(tc.m), 1e-12, "%+v %+v", tc.s, tc.m)
	}
}

func TestCosPi(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0, 1).Draw(t, "x")
		require.InDelta(t, math.Cos(math.Pi*x), cosPi(x), 1e-15)
	})
	require.Equal(t, -1., cosPi(1))
	require.InDelta(t, 0., cosPi(.5), 1e-15)
}

// A schedule is looked at for all steps before training, and may neither stop the
// rate nor raise it.
func TestCheckRefusesSchedules(t *testing.T) {
	check := func(s Schedule) error {
		return Config{Epochs: 3, BatchSize: 4, Optimizer: &SGD{LearningRate: .1}, Schedule: s}.CheckNetwork(16, 10)
	}
	require.NoError(t, check(Cosine{}))
	require.EqualError(t, check(StepLR{Every: 1, Gamma: 2}), "train: got a factor of 2 for the learning rate in step 4, want more than 0 and at most 1")
	require.ErrorContains(t, check(StepLR{Every: 1, Gamma: -1}), "got a factor of -1 for the learning rate in step 4")
	require.ErrorContains(t, check(Cosine{Final: math.NaN()}), "got a factor of NaN")
}

func TestCheckRefusesClipping(t *testing.T) {
	for _, limit := range []float64{-1, 33, math.NaN(), math.Inf(1)} {
		c := Config{Epochs: 1, BatchSize: 4, Optimizer: &SGD{LearningRate: .1}, ClipValue: limit}
		require.ErrorContains(t, c.CheckNetwork(16, 10), "to clip gradients at, want 0 (no clipping) to 32")
	}
}
