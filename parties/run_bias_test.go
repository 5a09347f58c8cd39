package parties

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A job that says bias: true is one that says nothing, and has the hash it had.
func TestBiasInTheJob(t *testing.T) {
	with, without := trained(""), strings.Replace(trained(""), "out: 10", "out: 10, bias: false", 1)
	plain := parseJob(t, with)
	require.NotContains(t, string(plain.Canonical()), "bias")
	require.Equal(t, plain.Hash(), parseJob(t, strings.Replace(with, "out: 10", "out: 10, bias: true", 1)).Hash())
	j := parseJob(t, without)
	require.Contains(t, string(j.Canonical()), `"bias": false`)
	require.Equal(t, j.Hash(), parseJob(t, string(j.Canonical())).Hash())
}

// Layers without offsets train alike on both engines, their model has none in JSON
// either, and training goes on from it.
func TestNetworkWithoutOffsets(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.Epochs = 2
	j.Layers[0].Options["bias"], j.Layers[2].Options["bias"] = 0, 0
	outputs := map[string][]float64{}
	test, err := j.OpenTable(j.Data.Test.File)
	require.NoError(t, err)
	on(t, func(t *testing.T, engine string) {
		r := runJob(t, j, engine)
		require.Len(t, r.Model.Network.Params, 2)
		require.Equal(t, "linear2.weight", r.Model.Network.Params[1].Name)
		outputs[engine] = r.Model.Outputs(test.X, "")
		text, err := json.Marshal(r.Model)
		require.NoError(t, err)
		var read Model
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, outputs[engine], read.Outputs(test.X, ""))
	})
	requireClose(t, outputs[EngineClear], outputs[EngineSecure], .05, "logits")
	j.Start = startOf(t, j)
	runJob(t, j, EngineClear)
	j.Layers[2].Options["bias"] = 1
	err = second(t, j)
	require.ErrorContains(t, err, "has no weights linear2.bias, want some of shape 1×1")
	require.Equal(t, []string{"linear2 has bias: false in the file, so it needs it in the job"}, err.(*JobError).Hints())
	j.Start = nil
	j.Start = startOf(t, j)
	j.Layers[2].Options["bias"] = 0
	require.ErrorContains(t, second(t, j), "has weights linear2.bias, which the model of the job has not")
}
