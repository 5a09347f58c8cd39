package train

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := SGD{LearningRate: .1, Momentum: .9, L2: .001}
	for want, tc := range map[string]struct {
		epochs, batch, rows int
		o                   Optimizer
	}{
		"train: no optimizer": {1, 1, 1, nil},
		"train: got 0 epochs, batches of 1 and 1 rows, want at least 1 of each": {0, 1, 1, &good},
		"train: got 1 epochs, batches of 0 and 1 rows":                          {1, 0, 1, &good},
		"train: got 1 epochs, batches of 1 and 0 rows":                          {1, 1, 0, &good},
		"train: got a learning rate of 0, want a number above 0":                {1, 1, 1, &SGD{}},
		"train: got a learning rate of NaN":                                     {1, 1, 1, &SGD{LearningRate: nan}},
		"train: got a learning rate of +Inf":                                    {1, 1, 1, &SGD{LearningRate: inf}},
		"train: got a momentum of 1, want 0 or more and less than 1":            {1, 1, 1, &SGD{LearningRate: 1, Momentum: 1}},
		"train: got a momentum of NaN":                                          {1, 1, 1, &SGD{LearningRate: 1, Momentum: nan}},
		"train: got a weight decay of -1, want 0 or more":                       {1, 1, 1, &SGD{LearningRate: 1, L2: -1}},
		"train: got a weight decay of +Inf":                                     {1, 1, 1, &SGD{LearningRate: 1, L2: inf}},
		"train: learning rate 26 with momentum 0.9 can make training diverge, and numbers leave the fixed-point range unseen; use at most 25.5": {1, 1, 1, &SGD{LearningRate: 26, Momentum: .9}},
		"train: learning rate 1e-07 is too small: over a batch of 5":                                                                            {1, 5, 9, &SGD{LearningRate: 1e-7}},
		"train: learning rate 0.1 over a batch of 9999 and 16 fraction bits do not fit together: only 19 bits are left":                         {1, 9999, 9999, &SGD{LearningRate: .1, Momentum: .9, L2: .001}},
		"train: weight decay 1e-09 at learning rate 0.1 is below the resolution of the arithmetic (2^-24)":                                      {1, 1, 1, &SGD{LearningRate: .1, L2: 1e-9}},
	} {
		err := Config{Epochs: tc.epochs, BatchSize: tc.batch, Optimizer: tc.o}.Check(16, tc.rows)
		require.ErrorContains(t, err, want)
	}
}

// The largest rate that the message names is taken, and what is clearly above is
// not, wherever the limit comes from.
func TestCheckNamesTheLargestRate(t *testing.T) {
	for _, bits := range []int{8, 16, 20} {
		for _, o := range []SGD{{Momentum: 0}, {Momentum: .9}, {Momentum: .99, L2: .1}} {
			for _, meanSquare := range []float64{0, 1} {
				c := Config{Epochs: 1, BatchSize: 1, Optimizer: &o, MeanSquare: meanSquare}
				o.LearningRate = 1e9
				err := c.Check(bits, 100)
				require.Error(t, err)
				_, text, found := strings.Cut(err.Error(), "use at most ")
				require.True(t, found, err)
				o.LearningRate, err = strconv.ParseFloat(text, 64)
				require.NoError(t, err)
				require.NoError(t, c.Check(bits, 100), "%d bits, %+v", bits, o)
				o.LearningRate *= 1.02
				require.ErrorContains(t, c.Check(bits, 100), "use at most "+text)
			}
		}
	}
}

// The defaults of a job fit every number of fraction bits, for standardised rows,
// and any reasonable number of rows.
func TestCheckTakesTheDefaults(t *testing.T) {
	for bits := 8; bits <= 20; bits++ {
		for _, rows := range []int{128, 500, 5000, 100_000} {
			c := Config{Epochs: 10, BatchSize: 128, MeanSquare: 1, Optimizer: &SGD{LearningRate: .1, Momentum: .9, L2: .001}}
			require.NoError(t, c.Check(bits, rows), "%d bits, %d rows", bits, rows)
		}
	}
}

// meanFeature bounds the mean of |x| in the worst batch that Σ x² ≤ n allows.
func TestMeanFeature(t *testing.T) {
	for want, tc := range map[float64]struct {
		batch, rows int
		meanSquare  float64
	}{
		1000: {8, 64, 0}, 1: {64, 64, 1}, 4: {4, 64, 1}, 8: {9, 64, 1}, 2: {16, 64, 1}, 3: {16, 144, 1}, 6: {36, 144, 9}, 1.5: {64, 64, 2.25},
	} {
		require.Equal(t, want, Config{BatchSize: tc.batch, MeanSquare: tc.meanSquare}.meanFeature(tc.rows))
	}
	require.Equal(t, 1., Config{BatchSize: 64, MeanSquare: .1}.meanFeature(64), "the intercept's feature is 1")
	require.Equal(t, 1000., Config{BatchSize: 1, MeanSquare: 1}.meanFeature(1<<40))
}

func TestCeilLog2(t *testing.T) {
	for x, want := range map[float64]int{1: 0, 1.01: 1, 2: 1, 2.5: 2, 4: 2, .5: -1, .51: 0, .25: -2, 1 << 40: 40} {
		require.Equal(t, want, ceilLog2(x), "%v", x)
	}
}

func TestRoundDown(t *testing.T) {
	for x, want := range map[float64]float64{25.599: 25.5, 1.239: 1.23, 9999: 9990, .00123999: .00123} {
		require.InDelta(t, want, roundDown(x), want*1e-9)
	}
}

// What gradients are multiplied by to be clipped is held with few bits where numbers have many.
func TestCheckOfClipping(t *testing.T) {
	c := Config{Epochs: 1, BatchSize: 10_000, ClipValue: 1, Optimizer: &SGD{LearningRate: .1}}
	require.ErrorContains(t, c.CheckNetwork(20, 10_000), "train: gradients cannot be clipped in batches of 10000 rows with 20 fraction bits")
	require.NoError(t, c.CheckNetwork(16, 10_000))
	require.NoError(t, c.CheckNetwork(20, 128))
}
