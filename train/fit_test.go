package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

func plain(epochs, batch int) Config {
	return Config{
		Epochs: epochs, BatchSize: batch, Seed: 3, Shuffle: true, MeanSquare: 2,
		Optimizer: &SGD{LearningRate: .1, Momentum: .9, L2: .001},
	}
}

// With exact rounding a secure run is its twin, bit for bit, after every step:
// whatever the sigmoid, the number of fraction bits and the size of a batch.
func TestExactRoundingAgreesBitForBit(t *testing.T) {
	for name, c := range map[string]Config{"minimax3": plain(2, 5), "minimax5": plain(2, 70), "minimax7": plain(3, 17), "exact": plain(1, 20)} {
		for _, bits := range []int{8, 12, 16, 18} {
			t.Run(fmt.Sprintf("%s, %d bits", name, bits), func(t *testing.T) {
				sigmoid, err := layers.NewSigmoid(name)
				require.NoError(t, err)
				d := wdbc(t, 70, 6, bits)
				secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: bits, Exact: true}, fitting(d, sigmoid, c), d.x)
				require.Equal(t, inClear.Values, secure.Values)
				require.Empty(t, inClear.Range)
			})
		}
	}
}

// The clear engine's run is repeated by its seed; another seed rounds otherwise,
// and another seed or no shuffle takes the rows in another order.
func TestRunsAreRepeatable(t *testing.T) {
	d := wdbc(t, 40, 4, 16)
	run := func(o tensortest.Options, c Config) tensor.Dense {
		r := tensortest.Clear(t, o, fitting(d, layers.Minimax5(), c), d.x)
		require.NoError(t, r.Err)
		return r.Values[len(r.Values)-1]
	}
	base := run(tensortest.Options{}, plain(2, 8))
	require.Equal(t, base, run(tensortest.Options{}, plain(2, 8)))
	require.NotEqual(t, base, run(tensortest.Options{Seed: 1}, plain(2, 8)))
	other, inOrder := plain(2, 8), plain(2, 8)
	other.Seed, inOrder.Shuffle = 4, false
	require.NotEqual(t, run(tensortest.Options{Exact: true}, plain(2, 8)), run(tensortest.Options{Exact: true}, other))
	require.NotEqual(t, run(tensortest.Options{Exact: true}, plain(2, 8)), run(tensortest.Options{Exact: true}, inOrder))
}

// float64Run is the same training in float64.
func float64Run(d table, c Config) []float64 {
	n := d.x.Shape()[1] + 1
	w, u, o := make([]float64, n), make([]float64, n), c.Optimizer.(*SGD)
	for epoch := 1; epoch <= c.Epochs; epoch++ {
		for _, rows := range batches(d, c, epoch) {
			g := make([]float64, n)
			for _, i := range rows {
				x, z := append(append([]float64{}, d.x.Row(i).Data()...), 1), 0.
				for j, v := range x {
					z += v * w[j]
				}
				for j, v := range x {
					g[j] += v * (layers.Minimax5().Value(z) - d.y.Data()[i]) / float64(len(rows))
				}
			}
			for j := range w {
				if j < n-1 {
					g[j] += o.L2 * w[j]
				}
				u[j] = o.LearningRate*g[j] + o.Momentum*u[j]
				w[j] -= u[j]
			}
		}
	}
	return w
}

// Every number of fraction bits trains: the largest weight error against float64
// is below a few dozen units of that scale, and from 15 bits on below 2e-3.
func TestEveryNumberOfFractionBits(t *testing.T) {
	for bits := 8; bits <= 20; bits++ {
		d, c := wdbc(t, 160, 10, bits), plain(10, 64)
		r := tensortest.Secure(t, tensortest.Options{FractionBits: bits}, fitting(d, layers.Minimax5(), c), d.x)
		require.NoError(t, r.Err, "%d bits", bits)
		worst := 0.0
		for j, want := range float64Run(d, c) {
			worst = max(worst, math.Abs(r.Values[len(r.Values)-1].Data()[j]-want))
		}
		t.Logf("%d bits: largest weight error %.1e", bits, worst)
		require.Less(t, worst, max(64*math.Ldexp(1, -bits), 2e-3), "%d bits", bits)
	}
}

// Fewer bits than a job may ask for are coarse, but work.
func TestVeryFewFractionBits(t *testing.T) {
	for bits := 1; bits < 8; bits++ {
		d := wdbc(t, 40, 3, bits)
		secure, inClear := tensortest.Both(t, tensortest.Options{FractionBits: bits, Exact: true}, fitting(d, layers.Minimax5(), plain(2, 8)), d.x)
		require.Equal(t, inClear.Values, secure.Values, "%d bits", bits)
	}
}

// A rate that makes the weights grow without end is told on both engines, with
// the epoch.
func TestDivergenceIsTold(t *testing.T) {
	d := noise(64, 3)
	for i := range d.x.Data() {
		d.x.Data()[i] *= 64
	}
	c := Config{Epochs: 50, BatchSize: 16, Optimizer: &SGD{LearningRate: 20, L2: .2}}
	program := fitting(d, layers.Minimax5(), c)
	for engine, r := range map[string]tensortest.Result{
		"rss3": tensortest.Secure(t, tensortest.Options{}, program, d.x), "clear": tensortest.Clear(t, tensortest.Options{}, program, d.x),
	} {
		require.ErrorIs(t, r.Err, ErrDiverged, engine)
		require.ErrorContains(t, r.Err, "train: training diverged by epoch ", engine)
		require.ErrorContains(t, r.Err, "a number left ±16384", engine)
		require.Empty(t, r.Values, engine)
	}
}

// The alarm bit is opened once 64 steps have gone by and at the end, and nothing
// else is.
func TestAlarmIsOpenedRarely(t *testing.T) {
	d := noise(30, 2)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		_, err := fitting(d, layers.Minimax3(), plain(10, 2))(s, in) // 15 steps an epoch
		return nil, err
	}, d.x)
	for _, r := range []tensortest.Result{secure, inClear} {
		var steps []string
		for _, o := range r.Openings {
			require.Equal(t, 1, o.Values)
			steps = append(steps, o.Step)
		}
		require.Equal(t, []string{"epoch 5/range", "epoch 10/range"}, steps)
	}
}

func TestProgressIsTold(t *testing.T) {
	d := noise(10, 2)
	var told []string
	c := plain(2, 4)
	c.AfterStep = func(epoch, step int) { told = append(told, fmt.Sprintf("step %d/%d", epoch, step)) }
	c.AfterEpoch = func(epoch int) { told = append(told, fmt.Sprintf("epoch %d", epoch)) }
	require.NoError(t, tensortest.Clear(t, tensortest.Options{}, fitting(d, layers.Minimax5(), c), d.x).Err)
	require.Equal(t, []string{"step 1/1", "step 1/2", "step 1/3", "epoch 1", "step 2/4", "step 2/5", "step 2/6", "epoch 2"}, told)
}

// The rounds of a step, and that they do not depend on the size of the batch.
func TestRoundsOfAStep(t *testing.T) {
	for name, most := range map[string]int{"minimax3": 13, "minimax5": 14, "minimax7": 14} {
		sigmoid, err := layers.NewSigmoid(name)
		require.NoError(t, err)
		for _, batch := range []int{1, 20} {
			d := noise(3*batch, 2)
			rounds := func(epochs int) int {
				r := tensortest.Secure(t, tensortest.Options{}, fitting(d, sigmoid, plain(epochs, batch)), d.x)
				require.NoError(t, r.Err)
				return r.Rounds
			}
			perStep := float64(rounds(3)-rounds(1)) / 6
			require.LessOrEqual(t, perStep, float64(most), "%s, batch %d", name, batch)
			require.Greater(t, perStep, float64(most-3), "%s, batch %d", name, batch)
		}
	}
}

// Whoever ends the context ends training, at the step it is at.
func TestFitEndsWithItsContext(t *testing.T) {
	d, cause := noise(10, 2), errors.New("the user is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	c := plain(1000, 4)
	c.AfterStep = func(_, step int) {
		if step == 5 {
			cancel(cause)
		}
	}
	r := tensortest.Secure(t, tensortest.Options{Context: ctx}, fitting(d, layers.Minimax5(), c), d.x)
	require.ErrorIs(t, r.Err, cause)
	r = tensortest.Clear(t, tensortest.Options{Context: ctx}, fitting(d, layers.Minimax5(), c), d.x)
	require.ErrorIs(t, r.Err, cause)
}
