package parties

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
)

// modedModel is a trained network with layers that do something else in training
// than in use.
func modedModel(t *testing.T, change func(j *Job)) *Model {
	t.Helper()
	j := networkOfPeople(t)
	j.Layers = Layers{layerOf(t, "linear", "out", 6), layerOf(t, "batch_norm"), layerOf(t, "relu"), layerOf(t, "dropout"), layerOf(t, "linear", "out", 1)}
	if change != nil {
		change(j)
	}
	return runJob(t, j, EngineClear).Model
}

// newRows are rows in the original units, none of which was trained on.
func newRows(n int) tensor.Dense {
	x := tensor.Zeros(n, 3)
	for i, p := range somePeople(77, n) {
		copy(x.Row(i).Data(), p[:3])
	}
	return x
}

// Predictions on shares are those of the clear engine and of the model in the
// clear: with weights that are public or secret, in batches of any size, to all or
// to one.
func TestPredict(t *testing.T) {
	m, rows := modedModel(t, nil), newRows(23)
	want := m.Outputs(rows, "")
	for _, q := range []Prediction{
		{To: Everyone()},
		{To: Audience{"clinic"}, Batch: 1},
		{To: Everyone(), SecretWeights: true, Batch: 7},
		{To: Audience{"clinic"}, SecretWeights: true},
	} {
		q.Model, q.Rows = m, rows
		q.Number = Number{FractionBits: 16, Rounding: ExactRounding}
		var got [2][]float64
		for i, engine := range []string{EngineSecure, EngineClear} {
			p, err := Predict(t.Context(), q, Options{Engine: engine})
			require.NoError(t, err)
			require.Equal(t, []int{23, 1}, p.Outputs.Shape())
			got[i] = p.Outputs.Data()
			requireClose(t, want, got[i], 2e-3, "%s, %+v", engine, q.To)
			require.Len(t, p.Audit, 2)
			require.Equal(t, []string{RevealPredictionBit, RevealPredictions}, []string{p.Audit[0].What, p.Audit[1].What})
			require.Equal(t, []int{1, 23}, []int{p.Audit[0].Values, p.Audit[1].Values})
			require.Equal(t, q.To, p.Audit[1].To)
			require.Equal(t, engine == EngineSecure, p.BytesSent[2] > 0 && p.Rounds > 0)
		}
		require.Equal(t, got[1], got[0])
	}
}

// Classes are opened in place of outputs; numbers come in the unit of the target.
func TestPredictClassesAndNumbers(t *testing.T) {
	rows := newRows(40)
	m := modedModel(t, func(j *Job) {
		j.Layers[4], j.Loss, j.Data.Classes = layerOf(t, "linear", "out", 2), SoftmaxCrossEntropy, 2
	})
	on(t, func(t *testing.T, engine string) {
		p, err := Predict(t.Context(), Prediction{Model: m, Rows: rows, To: Audience{"clinic"}, Classes: true}, Options{Engine: engine})
		require.NoError(t, err)
		require.Equal(t, []int{40, 1}, p.Outputs.Shape())
		for i, outs := 0, m.Outputs(rows, ""); i < 40; i++ {
			if a, b := outs[2*i], outs[2*i+1]; math.Abs(a-b) > 1e-2 {
				require.Equal(t, b > a, p.Outputs.At(i, 0) == 1)
			}
		}
	})
	m = modedModel(t, func(j *Job) { j.Loss, j.Data.Target = MeanSquaredError, "score" })
	require.NotNil(t, m.Unit)
	p, err := Predict(t.Context(), Prediction{Model: m, Rows: rows, To: Everyone()}, Options{})
	require.NoError(t, err)
	requireClose(t, m.Outputs(rows, ""), p.Outputs.Data(), 3e-3*m.Unit.Scale, "numbers")
}

// Where a number leaves its range, nothing is opened but the bit that says so.
func TestPredictTellsOverflow(t *testing.T) {
	m := modedModel(t, nil)
	last := m.Network.Params[len(m.Network.Params)-3] // before the running statistics
	require.Equal(t, "linear2.bias", last.Name)
	last.Data[0] = 20000
	on(t, func(t *testing.T, engine string) {
		for _, secret := range []bool{false, true} {
			_, err := Predict(t.Context(), Prediction{Model: m, SecretWeights: secret, Rows: newRows(3), To: Everyone()}, Options{Engine: engine})
			require.ErrorIs(t, err, ErrPredictionRange)
		}
	})
}

func TestPredictRefuses(t *testing.T) {
	m, rows := modedModel(t, nil), newRows(3)
	refused := func(q Prediction, engine string) string {
		_, err := Predict(t.Context(), q, Options{Engine: engine})
		require.Error(t, err)
		return err.Error()
	}
	require.Contains(t, refused(Prediction{}, ""), "predict: got no network")
	require.Contains(t, refused(Prediction{Model: m, Rows: rows}, ""), "got nobody to hear the predictions")
	require.Contains(t, refused(Prediction{Model: m, Rows: tensor.Zeros(3, 4), To: Everyone()}, ""), "got rows of shape 3×4, want any×3")
	require.Contains(t, refused(Prediction{Model: m, Rows: rows, To: Everyone()}, "gpu"), `got engine "gpu"`)
	rows.Data()[4] = 1e12
	require.Contains(t, refused(Prediction{Model: m, Rows: rows, To: Everyone()}, ""), "predict: ")
	m.Network.Params = m.Network.Params[1:]
	require.Contains(t, refused(Prediction{Model: m, Rows: newRows(3), To: Everyone()}, ""), "the weights do not fit")
}

// A model.json is read as it was written.
func TestModelIsReadAsWritten(t *testing.T) {
	m := modedModel(t, func(j *Job) { j.Layers[0].Options["init"] = 1 })
	text, err := json.Marshal(m)
	require.NoError(t, err)
	var read Model
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, m, &read)

	linear := runJob(t, twoOwners(t), EngineClear).Model
	text2, err := json.Marshal(linear)
	require.NoError(t, err)
	read = Model{}
	require.NoError(t, json.Unmarshal(text2, &read))
	require.Equal(t, linear, &read)

	for from, to := range map[string]string{
		`"linear1.weight"`: `"linear3.weight"`,
		`"relu"`:           `"rellu"`,
		`{"out":6`:         `{"out":7`,
		`"dropout":{"p"`:   `"dropout":{"q"`,
	} {
		require.Contains(t, string(text), from)
		require.Error(t, json.Unmarshal([]byte(strings.Replace(string(text), from, to, 1)), &read), to)
	}
}
