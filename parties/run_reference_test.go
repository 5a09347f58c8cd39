package parties

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers"
)

// float64Model trains the job in float64, on all rows in one place: weights for
// standardised features, then sites, then the intercept.
func float64Model(t *testing.T, j *Job) (w, mean, scale []float64) {
	t.Helper()
	x, y, sites := pooledRows(t, j)
	mean, scale = float64Scale(j, x)
	sigmoid, err := layers.NewSigmoid(string(j.Train.Sigmoid))
	require.NoError(t, err)
	d, extra := len(mean), 0
	if j.Data.SiteIntercepts {
		extra = len(j.Data.Owners)
	}
	rows := make([][]float64, len(x))
	for i := range x {
		rows[i] = make([]float64, d+extra+1)
		for k, v := range x[i] {
			rows[i][k] = (v - mean[k]) / scale[k]
		}
		if extra > 0 {
			rows[i][d+sites[i]] = 1
		}
		rows[i][d+extra] = 1
	}
	return float64SGD(j, rows, y, sigmoid), mean, scale
}

func float64SGD(j *Job, rows [][]float64, y []float64, sigmoid layers.Activation) []float64 {
	n := len(rows[0])
	w, u := make([]float64, n), make([]float64, n)
	for epoch := 1; epoch <= j.Train.Epochs; epoch++ {
		for _, batch := range datasets.Batches(len(rows), j.Train.Batch, j.Train.Seed, epoch, j.Train.Shuffle) {
			g := make([]float64, n)
			for _, i := range batch {
				z := 0.0
				for k, v := range rows[i] {
					z += v * w[k]
				}
				for k, v := range rows[i] {
					g[k] += v * (sigmoid.Value(z) - y[i]) / float64(len(batch))
				}
			}
			for k := range w {
				if k < n-1 {
					g[k] += j.Train.L2 * w[k]
				}
				u[k] = j.Train.LearningRate*g[k] + j.Train.Momentum*u[k]
				w[k] -= u[k]
			}
		}
	}
	return w
}

// pooledRows reads the owners' training rows in the order of the job.
func pooledRows(t *testing.T, j *Job) (x [][]float64, y []float64, sites []int) {
	t.Helper()
	for o, owner := range j.Data.Owners {
		table, err := datasets.OpenCSV(j.Path(owner.File), j.Data.Target)
		require.NoError(t, err)
		if owner.TestFraction > 0 {
			table, _, err = table.Split(owner.Name, owner.TestFraction)
			require.NoError(t, err)
		}
		for i := range table.Rows() {
			x, y, sites = append(x, table.X.Row(i).Data()), append(y, table.Y.At(i)), append(sites, o)
		}
	}
	return x, y, sites
}

func float64Scale(j *Job, x [][]float64) (mean, scale []float64) {
	for k := range x[0] {
		m, s := 0.0, 1.0
		switch j.Data.Standardise {
		case StandardiseJoint:
			m, s = moments(x, k)
		case StandardiseRanges:
			ends := j.Data.Ranges[[]string{"age", "income", "score"}[k]]
			m, s = (ends[0]+ends[1])/2, (ends[1]-ends[0])/2
		}
		mean, scale = append(mean, m), append(scale, s)
	}
	return mean, scale
}

func moments(x [][]float64, k int) (mean, deviation float64) {
	for _, row := range x {
		mean += row[k] / float64(len(x))
	}
	for _, row := range x {
		deviation += (row[k] - mean) * (row[k] - mean) / float64(len(x))
	}
	if deviation == 0 {
		return mean, 1
	}
	return mean, math.Sqrt(deviation)
}
