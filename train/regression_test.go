package train

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// line has targets that are a linear function of three features, and noise.
func line(rows int) table {
	d := noise(rows, 3)
	for i := range rows {
		x := d.x.Row(i).Data()
		d.y.Data()[i] = math.Round((1.5*x[0]-2*x[1]+.25*x[2]+.75+.3*(d.y.Data()[i]-.5))*1024) / 1024
	}
	return d
}

func fittingLine(d table, c Config) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		m, c, o := NewLinearRegression(s, 3), c, *c.Optimizer.(*SGD)
		c.Optimizer, c.Alarm = &o, tensortest.Permit()
		err := Fit(s, m, in[0], in[1], c)
		return []tensor.Secret{tensor.Concat(m.Linear.W.Value, m.Linear.B.Value)}, err
	}
}

// ridge returns the solution of scikit-learn's Ridge(alpha), intercept last: that
// is not penalised, so features and targets are centred first.
func ridge(d table, alpha float64) []float64 {
	n, k := d.x.Shape()[0], d.x.Shape()[1]
	mean := make([]float64, k+1)
	for i := range n {
		for j, v := range append(append([]float64{}, d.x.Row(i).Data()...), d.y.Data()[i]) {
			mean[j] += v / float64(n)
		}
	}
	x, y := mat.NewDense(n, k, nil), mat.NewVecDense(n, nil)
	for i := range n {
		for j := range k {
			x.Set(i, j, d.x.At(i, j)-mean[j])
		}
		y.SetVec(i, d.y.Data()[i]-mean[k])
	}
	var a mat.Dense
	a.Mul(x.T(), x)
	for j := range k {
		a.Set(j, j, a.At(j, j)+alpha)
	}
	var b, w mat.VecDense
	b.MulVec(x.T(), y)
	if err := w.SolveVec(&a, &b); err != nil {
		panic(err)
	}
	out, intercept := append([]float64{}, w.RawVector().Data...), mean[k]
	for j := range k {
		intercept -= out[j] * mean[j]
	}
	return append(out, intercept)
}

// Full-batch descent reaches the solution of ordinary and of ridge regression; the
// latter with the decay that is held, which so large a one leaves few bits.
func TestLinearRegressionFindsTheSolution(t *testing.T) {
	d := line(64)
	for name, alpha := range map[string]float64{"ordinary": 0, "ridge": 16} {
		c := Config{
			Epochs: 150, BatchSize: 64, MeanSquare: 1,
			Optimizer: &SGD{LearningRate: .2, Momentum: .8, L2: 2 * alpha / 64},
		}
		secure, inClear := tensortest.Both(t, tensortest.Options{}, fittingLine(d, c), d.x, d.y)
		want := ridge(d, alpha)
		for _, r := range []tensortest.Result{secure, inClear} {
			for j := range want {
				require.InDelta(t, want[j], r.Values[0].Data()[j], 2e-4+alpha*3e-5, "%s, weight %d", name, j)
			}
		}
		require.Empty(t, inClear.Range)
	}
}

func TestLinearRegressionAgreesBitForBit(t *testing.T) {
	d := line(30)
	c := plain(2, 7)
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, fittingLine(d, c), d.x, d.y)
	require.Equal(t, inClear.Values, secure.Values)
}

// A rate beyond the largest that converges makes the residuals grow until one
// leaves its range, which is told on both engines.
func TestLinearRegressionTellsDivergence(t *testing.T) {
	d := line(64)
	c := Config{Epochs: 60, BatchSize: 64, MeanSquare: 1, Optimizer: &SGD{LearningRate: 3}}
	for engine, r := range map[string]tensortest.Result{
		"rss3":  tensortest.Secure(t, tensortest.Options{}, fittingLine(d, c), d.x, d.y),
		"clear": tensortest.Clear(t, tensortest.Options{}, fittingLine(d, c), d.x, d.y),
	} {
		require.ErrorIs(t, r.Err, ErrDiverged, engine)
	}
}
