package parties

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// goOn is a job of few small steps from the model of a file.
func goOn(t *testing.T, s Start) *Job {
	t.Helper()
	j := networkOfPeople(t)
	j.Train.Epochs, j.Start = 1, &s
	return j
}

// From a secret model training gets where it gets from the same model when that is
// public, on either engine; and it is not where it gets without.
func TestSecretStart(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	for name, only := range map[string][]string{"all layers": nil, "one layer": {"linear1"}} {
		t.Run(name, func(t *testing.T) {
			public := runJob(t, goOn(t, Start{File: file, Only: only}), EngineClear).Model.Network.Params
			fresh := goOn(t, Start{})
			fresh.Start = nil
			require.NotEqual(t, public, runJob(t, fresh, EngineClear).Model.Network.Params)
			on(t, func(t *testing.T, engine string) {
				j := goOn(t, Start{Owner: "south", File: file, Only: only})
				got := runJob(t, j, engine)
				require.Empty(t, j.Start.SHA256, "the hash of a secret is none for others")
				require.NotContains(t, string(j.Canonical()), sumOf(read(t, file)))
				for i, p := range got.Model.Network.Params {
					requireClose(t, public[i].Data, p.Data, 1e-9, "%s", p.Name)
				}
				require.Len(t, got.Audit, 4, "nothing more is opened")
			})
		})
	}
}

// Running statistics are gone on from, too, and variances may be far larger than
// weights.
func TestSecretStartWithStatistics(t *testing.T) {
	j := networkOfPeople(t)
	j.Layers = Layers{layerOf(t, "linear", "out", 6), layerOf(t, "batch_norm"), layerOf(t, "relu"), layerOf(t, "linear", "out", 1)}
	j.Start = startOf(t, j)
	var model Model
	require.NoError(t, json.Unmarshal(read(t, j.Start.File), &model))
	last := &model.Network.Params[len(model.Network.Params)-1]
	require.Equal(t, "batch_norm1.running_var", last.Name)
	last.Data[0] = 1e5
	text, err := json.Marshal(&model)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(j.Start.File, text, 0o600))
	j.Train.Epochs = 1
	want := runJob(t, j, EngineClear).Model.Network.Params
	j.Start = &Start{Owner: "north", File: j.Start.File}
	for i, p := range runJob(t, j, EngineSecure).Model.Network.Params {
		requireClose(t, want[i].Data, p.Data, 1e-4, "%s", p.Name)
	}
	require.Greater(t, want[len(want)-1].Data[0], 100., "the variance is still that of the start")
}

// A layer of a secret model that is frozen comes out as it went in, so only its owner
// may get the model.
func TestSecretStartFrozen(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	j := goOn(t, Start{Owner: "south", File: file, Freeze: []string{"linear1"}})
	require.ErrorContains(t, j.Check(), "model/final opens linear1, a layer of the secret model of south that is not trained, as it is, to every owner")
	j.Reveal = []Reveal{{RevealModel, to("south", "north")}}
	require.ErrorContains(t, j.Check(), "as it is, to every owner")
	j.Reveal = []Reveal{{RevealModel, Everyone()}}
	require.ErrorContains(t, j.Check(), "as it is, to all, servers too")
	j.Reveal = []Reveal{{RevealModel, to("south")}}
	var before Model
	require.NoError(t, json.Unmarshal(read(t, file), &before))
	after := runJob(t, j, EngineSecure).Model.Network.Params
	requireClose(t, before.Network.Params[0].Data, after[0].Data, 1e-9, "frozen")
	require.NotEqual(t, before.Network.Params[2].Data, after[2].Data)

	j.Start.Only, j.Reveal = []string{"linear2"}, nil
	require.NoError(t, j.Check(), "what is frozen is not of the secret model")
}

// Linear models go on from models of their kind, with intercepts of sites.
func TestStartOfLinearModels(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) *Job{
		"logistic": twoOwners,
		"sites":    func(t *testing.T) *Job { j := twoOwners(t); j.Data.SiteIntercepts = true; return j },
		"linear": func(t *testing.T) *Job {
			j := twoOwners(t)
			j.Model, j.Data.Target, j.Train.LearningRate = LinearRegression, "income", .01
			return j
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := make(t)
			j.Train.Epochs = 10
			file := startOf(t, j).File
			first := runJob(t, j, EngineClear).Model
			require.Greater(t, math.Abs(first.weights()[0]), .01)
			j.Train.Epochs, j.Train.LearningRate, j.Train.Batch = 1, 1e-4, 70
			for _, owner := range []string{"", "south"} {
				j.Start = &Start{Owner: owner, File: file}
				next := runJob(t, j, EngineSecure).Model
				requireClose(t, first.weights(), next.weights(), 2e-3, "weights that hardly move")
				for site, w := range first.SiteIntercepts {
					require.InDelta(t, w, next.SiteIntercepts[site], 2e-3)
				}
			}
			require.ErrorContains(t, startOtherwise(t, j, file, `"target":"`+j.Data.Target, `"target":"other`), "predicts \"other\"")
			require.ErrorContains(t, startOtherwise(t, j, file, `"intercept":`, `"intercept":1e4,"x":`), "number 1 of weights linear1.bias, which are of shape 1×1, is out of range: want -1024 to 1024")
			require.ErrorContains(t, startOtherwise(t, j, file, `"intercept":`, `"intercept":1e2,"x":`), "the weights are too large together: want a norm below")
			require.ErrorContains(t, startOtherwise(t, j, file, `"kind":"`, `"kind":"network","x":"`), "is no model to go on from: want the model.json of a job with model: "+j.Model)
		})
	}
}

// startOtherwise tries to start from a file in which something is replaced.
func startOtherwise(t *testing.T, j *Job, file, old, with string) error {
	t.Helper()
	var compact any
	require.NoError(t, json.Unmarshal(read(t, file), &compact))
	plain, err := json.Marshal(compact)
	require.NoError(t, err)
	text := strings.ReplaceAll(string(plain), old, with)
	require.NotEqual(t, string(plain), text)
	other := filepath.Join(t.TempDir(), "model.json")
	require.NoError(t, os.WriteFile(other, []byte(text), 0o600))
	j.Start = &Start{Owner: j.Start.Owner, File: other}
	_, err = Local(t.Context(), j, Options{})
	require.Error(t, err)
	return err
}

// What does not fit is told to the owner before anything is handed in, by layer and
// shape, and without a weight.
func TestSecretStartThatDoesNotFit(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	j := goOn(t, Start{Owner: "north", File: file})
	j.Layers[0] = layerOf(t, "linear", "out", 5)
	require.ErrorContains(t, second(t, j), "has weights linear1.weight of shape 3×6, want 3×5")
	j = goOn(t, Start{Owner: "north", File: file})
	j.Layers = append(Layers{j.Layers[0], j.Layers[1]}, layerOf(t, "linear", "out", 1), layerOf(t, "relu"), layerOf(t, "linear", "out", 1))
	require.ErrorContains(t, second(t, j), "has no weights linear3.weight, want some of shape 1×1")
	j = goOn(t, Start{Owner: "north", File: file, Only: []string{"linear7"}})
	require.ErrorContains(t, second(t, j), `start.only names "linear7", which is no layer with weights`)

	const telltale = 7654.321
	var model Model
	require.NoError(t, json.Unmarshal(read(t, file), &model))
	model.Network.Params[2].Data[4] = telltale
	text, err := json.Marshal(&model)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	j = goOn(t, Start{Owner: "north", File: file})
	err = second(t, j)
	require.ErrorContains(t, err, "number 5 of weights linear2.weight, which are of shape 6×1, is out of range: want -1024 to 1024")
	require.NotContains(t, err.Error(), "7654")
	require.NotContains(t, err.Error(), base64.StdEncoding.EncodeToString([]byte("7654")))
}

// TestStartRange is of numbers that no training has left behind. It does not tell them.
func TestStartRange(t *testing.T) {
	for name, bad := range map[string][]float64{
		"linear1.weight":         {1024, -1025, math.NaN(), math.Inf(1)},
		"batchnorm1.running_var": {-1, 1 << 17, math.NaN()},
	} {
		for _, v := range bad {
			err := inStartRange(blueprint.Param{Name: name, Shape: []int{1, 3}, Data: []float64{0, 1, v}})
			require.ErrorContains(t, err, "number 3 of weights "+name+", which are of shape 1×3, is out of range")
		}
		require.NoError(t, inStartRange(blueprint.Param{Name: name, Data: []float64{0, 1023}}))
	}
}
