package parties

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// normedStart is a job that starts from a model of its own form, with running
// statistics, and the model.
func normedStart(t *testing.T) (*Job, map[string]any) {
	t.Helper()
	j := networkOfPeople(t)
	j.Train.Epochs = 1
	j.Layers = Layers{j.Layers[0], layerOf(t, "batch_norm"), j.Layers[1], j.Layers[2]}
	j.Start = startOf(t, j)
	var file map[string]any
	require.NoError(t, json.Unmarshal(read(t, j.Start.File), &file))
	return j, file
}

// without returns the parameters of a file but for those named.
func without(file map[string]any, names ...string) []any {
	kept := []any{}
	for _, p := range file["parameters"].([]any) {
		gone := false
		for _, name := range names {
			gone = gone || p.(map[string]any)["name"] == name
		}
		if !gone {
			kept = append(kept, p)
		}
	}
	return kept
}

func writeStart(t *testing.T, j *Job, file map[string]any) {
	t.Helper()
	text, err := json.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(j.Start.File, text, 0o600))
}

// A file that lacks weights of a layer which it lists would leave them where init puts
// them, so it is refused whoever has it.
func TestStartThatLacksWeights(t *testing.T) {
	for _, name := range []string{"linear1.weight", "linear1.bias", "batch_norm1.running_var", "linear2.bias"} {
		j, file := normedStart(t)
		file["parameters"] = without(file, name)
		writeStart(t, j, file)
		for _, owner := range []string{"", "north"} {
			j.Start = &Start{Owner: owner, File: j.Start.File}
			require.ErrorContains(t, second(t, j), "model.json has no weights "+name+", want some of shape ")
		}
	}
	j, file := normedStart(t)
	all := file["parameters"]
	file["parameters"] = []any{}
	writeStart(t, j, file)
	require.ErrorContains(t, second(t, j), "model.json has no weights linear1.weight, want some of shape 3×6")
	file["layers"], file["parameters"] = []any{}, all
	file["parameters"] = without(file, "linear2.bias")
	writeStart(t, j, file)
	j.Start = &Start{File: j.Start.File}
	require.ErrorContains(t, second(t, j), "model.json has no weights linear2.bias, want some of shape 1×1", "of a layer that is not listed")
	file["parameters"] = []any{}
	writeStart(t, j, file)
	j.Start = &Start{File: j.Start.File}
	require.ErrorContains(t, second(t, j), "model.json has no weights, want those of some layer of the job: linear1, batch_norm1, linear2")
}

// What is not taken may be missing: layers that start.only leaves out, and the last ones of
// a public file.
func TestStartOfSomeLayers(t *testing.T) {
	j, file := normedStart(t)
	file["parameters"] = without(file, "linear2.weight", "linear2.bias")
	writeStart(t, j, file)
	j.Start = &Start{File: j.Start.File, Only: []string{"linear1", "batch_norm1"}}
	runJob(t, j, EngineClear)
	file["layers"] = file["layers"].([]any)[:2]
	writeStart(t, j, file)
	j.Start = &Start{File: j.Start.File}
	runJob(t, j, EngineClear)
}

// A server looks at what it is given, since an owner may not have.
func TestServersRefuseAStartThatLacksWeights(t *testing.T) {
	j, file := normedStart(t)
	r, err := newRun(j, Options{Engine: EngineClear})
	require.NoError(t, err)
	require.NoError(t, r.load())
	file["parameters"] = without(file, "linear2.weight")
	text, err := json.Marshal(file)
	require.NoError(t, err)
	r.owners[0].start.text, j.Start.SHA256 = text, sumOf(text)
	ctx, cancel := contextWithCause(t)
	require.ErrorContains(t, r.all(ctx, cancel), "the model that owner north handed in has no weights linear2.weight, want some of shape 6×1")
}

// A file that contradicts itself about its classes is no start for the last layer.
func TestStartOfOtherClasses(t *testing.T) {
	j := networkOfPeople(t)
	j.Train.Epochs, j.Loss, j.Data.Classes, j.Layers[2] = 1, SoftmaxCrossEntropy, 2, layerOf(t, "linear", "out", 2)
	j.Start = startOf(t, j)
	var file map[string]any
	require.NoError(t, json.Unmarshal(read(t, j.Start.File), &file))
	file["classes"] = 7
	writeStart(t, j, file)
	require.ErrorContains(t, second(t, j), "model.json says that it predicts 7 classes, and its last layer gives 2 numbers, want one for each")
	j.Start = &Start{File: j.Start.File, Only: []string{"linear1"}}
	runJob(t, j, EngineClear)
}
