package parties

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the threat model says of a chosen start: with a unit that one row alone sets
// off, the step of its weights is that row, to whoever gets the model. All who sign
// the job are told.
func TestChosenStart(t *testing.T) {
	j := networkOfPeople(t)
	file := startOf(t, j).File
	var m Model
	require.NoError(t, json.Unmarshal(read(t, file), &m))
	p := m.Network.Params
	for _, tensor := range p {
		clear(tensor.Data)
	}
	const slope, above = 4, 2.6
	p[0].Data[2*6], p[1].Data[0], p[2].Data[0] = slope, -slope*above, 1 // unit 0: is score far above its mean
	text, err := json.Marshal(&m)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))

	j.Start = &Start{Owner: "south", File: file}
	j.Train.Epochs, j.Train.Batch, j.Train.LearningRate, j.Train.Momentum = 1, 350, 1, 0
	require.Contains(t, strings.Join(j.Warnings(), "\n"), "south chooses these weights unseen: it can choose them so that model/final shows single rows of other owners")
	after := runJob(t, j, EngineSecure).Model
	w, b, scaled := after.Network.Params[0].Data, after.Network.Params[1].Data, after.Standardiser
	var row []float64
	for f, before := range []float64{0, 0, slope} {
		row = append(row, scaled.Mean[f]+scaled.Scale[f]*(w[f*6]-before)/(b[0]+slope*above))
	}
	require.InDelta(t, 38, row[0], .1)
	require.InDelta(t, 3607, row[1], 10)
	require.InDelta(t, 2.696, row[2], .01)
	require.Contains(t, string(read(t, j.Path("north.csv"))), "\n38,3607,2.696,1\n", "a row of north, read off by south")
}
