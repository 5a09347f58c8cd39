package train

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// alarms runs a guard over steps with these weights, on both engines, with a
// check after each of the given steps, and says at which checks it raised the alarm.
func alarms(t *testing.T, rowNorm float64, weights [][]float64, checks ...int) (raised []bool) {
	t.Helper()
	program := func(s *tensor.Session, _ []tensor.Secret) (out []tensor.Secret, err error) {
		w := &layers.Param{Value: s.Zeros(s.WeightBits(), len(weights[0])-1, 1)}
		b := &layers.Param{Value: s.Zeros(s.WeightBits(), 1, 1)}
		g := newNormGuard(s, []*layers.Param{w, b}, len(weights), rowNorm)
		for i, row := range weights {
			w.Value.Assign(s.Constant(tensor.NewDense(row[:len(row)-1], len(row)-1, 1), s.WeightBits()))
			b.Value.Assign(s.Constant(tensor.NewDense(row[len(row)-1:], 1, 1), s.WeightBits()))
			g.keep([]*layers.Param{w, b})
			if len(checks) > 0 && i+1 == checks[len(out)] {
				g.watch()
				bit := 0.0
				if s.Alarm(tensortest.Permit()) {
					bit = 1
				}
				out = append(out, s.Constant(tensor.NewDense([]float64{bit}, 1), 0))
				if len(out) == len(checks) {
					break
				}
			}
		}
		return out, nil
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{}, program)
	require.Equal(t, secure.Values, inClear.Values)
	require.Empty(t, inClear.Range)
	for _, v := range secure.Values {
		raised = append(raised, v.At(0) == 1)
	}
	return raised
}

// The alarm is raised iff the norm of weights and intercept reached Range/R at any
// step since the last check, within the slack; also by weights that have leapt as
// far as one step can.
func TestGuard(t *testing.T) {
	const r = 16
	limit := .99 * 16384 / r
	in := []float64{.6 * .98 * limit, 0, -.8 * .98 * limit}
	out := []float64{.6 * 1.02 * limit, 0, -.8 * 1.02 * limit}
	far := []float64{1 << 18, -1 << 18, 1 << 18}
	zero := []float64{0, 0, 0}
	for name, tc := range map[string]struct {
		weights [][]float64
		checks  []int
		want    []bool
	}{
		"inside":             {[][]float64{zero, in, in}, []int{3}, []bool{false}},
		"outside at the end": {[][]float64{zero, in, out}, []int{3}, []bool{true}},
		"outside before":     {[][]float64{zero, out, in, zero}, []int{4}, []bool{true}},
		"far outside":        {[][]float64{zero, far, zero}, []int{3}, []bool{true}},
		"each check anew":    {[][]float64{zero, out, in, zero, in, out}, []int{1, 2, 4, 6}, []bool{false, true, false, true}},
		"one step":           {[][]float64{out}, []int{1}, []bool{true}},
	} {
		require.Equal(t, tc.want, alarms(t, r, tc.weights, tc.checks...), name)
	}
}

func TestRowNorm(t *testing.T) {
	for want, c := range map[float64]Config{
		7: {RowNorm: 7}, 11: {MeanSquare: 1}, 5: {MeanSquare: 1, RowNorm: 5}, 2000: {}, 21: {MeanSquare: 11. / 3},
	} {
		require.InDelta(t, want, c.rowNorm(40, 3), 1e-9)
	}
}

// TestNoModelOfNumbersThatWrapped trains with rates and rows of all sizes. Where
// Fit returns a model, no number has left the range anywhere, as the clear engine
// saw it; where numbers left it, Fit says so.
func TestNoModelOfNumbersThatWrapped(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	models, diverged, refused := 0, 0, 0
	for range 500 {
		d, c := wild(r)
		result := tensortest.Clear(t, tensortest.Options{}, fitting(d, layers.Minimax5(), c), d.x)
		switch {
		case errors.Is(result.Err, ErrDiverged):
			diverged++
		case result.Err != nil:
			refused++
		default:
			models++
			require.Empty(t, result.Range, "%+v, %+v", c, c.Optimizer)
		}
	}
	t.Logf("%d models, %d diverged, %d refused", models, diverged, refused)
	require.Greater(t, min(models, diverged, refused), 20)
}

// wild draws rows of any norm up to 1000, and a rate from moderate to absurd.
func wild(r *rand.Rand) (table, Config) {
	n, features := 8+r.IntN(60), 1+r.IntN(6)
	most := math.Pow(10, 3*r.Float64()) / math.Sqrt(float64(features))
	d := table{tensor.Zeros(n, features), tensor.Zeros(n, 1)}
	for i := range d.x.Data() {
		d.x.Data()[i] = most * min(max(r.NormFloat64()/2, -1), 1)
	}
	for i := range d.y.Data() {
		d.y.Data()[i] = float64(r.IntN(2))
	}
	return d, Config{
		Epochs: 1 + r.IntN(4), BatchSize: 1 + r.IntN(n), Shuffle: true, RowNorm: math.Hypot(most*math.Sqrt(float64(features)), 1),
		Optimizer: &SGD{LearningRate: math.Pow(10, -1.5+3.5*r.Float64()), Momentum: []float64{0, .5, .9}[r.IntN(3)], L2: []float64{0, .001, .1}[r.IntN(3)]},
	}
}
