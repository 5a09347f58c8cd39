package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// table is a small problem: features (multiples of 2^−f) and targets.
type table struct{ x, y tensor.Dense }

// wdbc returns rows of the breast-cancer data of the examples, standardised, with
// the features rounded to so many bits.
func wdbc(t *testing.T, rows, features, bits int) table {
	t.Helper()
	csv, err := datasets.OpenCSV("../examples/wdbc/north.csv", "target")
	require.NoError(t, err)
	st, err := datasets.FromSums(csv.Features, datasets.SumsOf(csv))
	require.NoError(t, err)
	all := st.Apply(csv.X)
	x, y := tensor.Zeros(rows, features), tensor.NewDense(csv.Y.Data()[:rows], rows, 1)
	for i := range rows {
		for j := range features {
			x.Row(i).Data()[j] = math.Ldexp(math.Round(math.Ldexp(all.At(i, j), bits)), -bits)
		}
	}
	return table{x, y}
}

// noise returns a problem without a solution, with features in [−1, 1].
func noise(rows, features int) table {
	r := rand.New(rand.NewPCG(7, 7))
	d := table{tensor.Zeros(rows, features), tensor.Zeros(rows, 1)}
	for i := range d.x.Data() {
		d.x.Data()[i] = float64(r.IntN(129)-64) / 64
	}
	for i := range d.y.Data() {
		d.y.Data()[i] = float64(r.IntN(2))
	}
	return d
}

// fitting returns a program that fits a model and returns its weights, intercept
// last, after every step.
func fitting(d table, sigmoid layers.Activation, c Config) tensortest.Program {
	return func(s *tensor.Session, in []tensor.Secret) (history []tensor.Secret, err error) {
		m := NewLogisticRegression(s, d.x.Shape()[1], sigmoid)
		c, o := c, *c.Optimizer.(*SGD) // every server has its own
		c.Optimizer, c.Alarm = &o, tensortest.Permit()
		after := c.AfterStep
		c.AfterStep = func(epoch, step int) {
			history = append(history, tensor.Concat(m.Linear.W.Value, m.Linear.B.Value))
			if after != nil && s.Server() <= 0 {
				after(epoch, step)
			}
		}
		return history, Fit(s, m, in[0], s.Constant(d.y, 0), c)
	}
}

// identity is the activation of linear regression.
type identity struct{}

func (identity) Forward(z tensor.Secret) tensor.Secret { return z }
func (identity) Value(z float64) float64               { return z }

// batches lists the batches of an epoch.
func batches(d table, c Config, epoch int) (list [][]int) {
	for _, rows := range datasets.Batches(d.x.Shape()[0], c.BatchSize, c.Seed, epoch, c.Shuffle) {
		list = append(list, rows)
	}
	return list
}
