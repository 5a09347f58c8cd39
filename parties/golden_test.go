package parties

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is a float64 run of the same SGD; see its README in train/metrics.
type golden struct {
	Set, Act     string
	Batch        int
	LearningRate float64 `json:"lr"`
	Momentum, L2 float64
	Epochs       int
	Final        []float64 `json:"w_final"`
	Test         struct{ Acc, AUC, LL float64 }
}

func loadGolden(t *testing.T) []golden {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash("../train/metrics/testdata/golden_sgd.json"))
	require.NoError(t, err)
	var all []golden
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

// goldenJob is the job of a golden run: rows in file order, five-piece sigmoid.
func goldenJob(t *testing.T, g golden) *Job {
	t.Helper()
	j, err := LoadJob(filepath.FromSlash(fmt.Sprintf("../examples/%s/job.yaml", map[string]string{"wdbc": "wdbc", "pima": "pima", "heart4": "heart"}[g.Set])))
	require.NoError(t, err)
	j.Data.SiteIntercepts = false
	j.Train = Train{
		Epochs: g.Epochs, Batch: g.Batch, LearningRate: g.LearningRate, Momentum: g.Momentum, L2: g.L2,
		Seed: 1, Sigmoid: Minimax5,
	}
	return j
}

// The secure run must reproduce the float64 weights to 2e-3 and the test AUC to
// .002, on both engines and with both roundings.
func TestGoldenRuns(t *testing.T) {
	for _, g := range loadGolden(t) {
		if g.Act != "pw5" {
			continue
		}
		for _, engine := range []string{EngineSecure, EngineClear} {
			for _, rounding := range []Rounding{Stochastic, ExactRounding} {
				t.Run(fmt.Sprintf("%s/%s/%s", g.Set, engine, rounding), func(t *testing.T) {
					j := goldenJob(t, g)
					j.Number.Rounding = rounding
					r, err := Local(context.Background(), j, Options{Engine: engine})
					require.NoError(t, err)
					worst := 0.0
					w := append(append([]float64{}, r.Model.Standardised.Coefficients...), r.Model.Standardised.Intercept)
					for i, want := range g.Final {
						worst = max(worst, math.Abs(w[i]-want))
					}
					t.Logf("largest weight error %.1e, AUC %.6f (golden %.6f), accuracy %.6f (%.6f), log-loss %.6f (%.6f)",
						worst, *r.Metrics.Test.AUC, g.Test.AUC, r.Metrics.Test.Accuracy, g.Test.Acc, r.Metrics.Test.LogLoss, g.Test.LL)
					require.Less(t, worst, 2e-3)
					require.InDelta(t, g.Test.AUC, *r.Metrics.Test.AUC, .002)
					require.InDelta(t, g.Test.LL, r.Metrics.Test.LogLoss, .002)
				})
			}
		}
	}
}
