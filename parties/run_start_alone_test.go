package parties

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// An owner that has the model starts from it when it trains on its own rows alone,
// too, where there is only its own site. Nobody else does.
func TestStartAlone(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) *Job{
		"one site": twoOwners,
		"logistic": func(t *testing.T) *Job { j := twoOwners(t); j.Data.SiteIntercepts = true; return j },
		"linear": func(t *testing.T) *Job {
			j := twoOwners(t)
			j.Data.SiteIntercepts, j.Model, j.Train.LearningRate = true, LinearRegression, .01
			return j
		},
		"network": func(t *testing.T) *Job { j := networkOfPeople(t); j.Data.SiteIntercepts = true; return j },
	} {
		t.Run(name, func(t *testing.T) {
			j := make(t)
			j.Data.Standardise = StandardiseRanges
			j.Data.Ranges = map[string][2]float64{"age": {0, 100}, "income": {0, 1e5}, "score": {-5, 5}}
			if j.Model == LinearRegression {
				j.Data.Ranges["sick"] = [2]float64{0, 1}
			}
			j.Train.Epochs, j.Data.Test = 20, nil
			for i := range j.Data.Owners {
				j.Data.Owners[i].Test = "test.csv" // as rows of its site
			}
			file := startOf(t, j).File
			j.Train.Epochs, j.Train.LearningRate = 1, 1e-4
			for _, owner := range []string{"", "south"} {
				j.Start = &Start{Owner: owner, File: file}
				r := runJob(t, j, EngineClear)
				for name, m := range r.Metrics.Owners {
					require.NotNil(t, m.Alone, "%s: %q", name, r.Warnings)
					if owner == "" || owner == name {
						require.InDelta(t, loss(m.Joint), loss(m.Alone), 1e-3, "%s starts from weights that hardly move", name)
					} else {
						require.Greater(t, loss(m.Alone), loss(m.Joint)+.02, "%s has no such model", name)
					}
				}
			}
		})
	}
}

// loss is what training makes smaller.
func loss(s *Score) float64 {
	if s.Numbers != nil {
		return s.Numbers.RMSE
	}
	return s.LogLoss
}

// A first layer that is not linear, or has no offsets, is none for a single site, and
// the comparison says that it starts without the model.
func TestStartAloneWithoutTheModel(t *testing.T) {
	for _, first := range []blueprint.Layer{layerOf(t, "batch_norm"), layerOf(t, "linear", "out", 3, "bias", 0)} {
		startAloneWithoutTheModel(t, first)
	}
}

func startAloneWithoutTheModel(t *testing.T, first blueprint.Layer) {
	j := networkOfPeople(t)
	j.Data.SiteIntercepts, j.Train.Epochs = true, 1
	j.Layers = append(Layers{first}, j.Layers...)
	j.Start = startOf(t, j)
	r := runJob(t, j, EngineClear)
	require.Contains(t, r.Warnings, "owner south: training on its own rows alone does not start from the model: its first layer is not a linear one with offsets, so there is no model for a single site in it")
	require.NotNil(t, r.Metrics.Owners["south"].Alone)
}

func TestAtSite(t *testing.T) {
	params := []blueprint.Param{
		{Name: "linear1.weight", Shape: []int{3, 2}, Data: []float64{1, 2, 3, 4, 5, 6}},
		{Name: "linear1.bias", Shape: []int{1, 2}, Data: []float64{10, 20}},
		{Name: "linear2.bias", Shape: []int{1, 1}, Data: []float64{7}},
	}
	require.Equal(t, []blueprint.Param{
		{Name: "linear1.weight", Shape: []int{1, 2}, Data: []float64{1, 2}},
		{Name: "linear1.bias", Shape: []int{1, 2}, Data: []float64{15, 26}},
		params[2],
	}, atSite(params, 1, 2))
	require.Equal(t, []float64{10, 20}, params[1].Data, "the model itself stays")
}
