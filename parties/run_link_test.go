package parties

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Over a link the servers take protocols of fewer rounds that compute the same:
// with exact rounding the model is the same to the last digit.
func TestRunOverALink(t *testing.T) {
	j := twoOwners(t)
	j.Number.Rounding = ExactRounding
	here := runJob(t, j, EngineSecure)
	link := &Link{Delay: time.Millisecond, Bandwidth: 1e8}
	there, err := Local(t.Context(), j, Options{Link: link})
	require.NoError(t, err)
	require.Equal(t, here.Model, there.Model)
	require.Less(t, there.Cost.Rounds, here.Cost.Rounds)
	require.Greater(t, there.Cost.TrainSeconds, .001*float64(there.Cost.Steps), "a step has rounds of a millisecond")

	require.Nil(t, here.Cost.Link)
	text, err := json.Marshal(there.Cost)
	require.NoError(t, err)
	require.Contains(t, string(text), `"link":"1ms,800Mbit"`)
}

func TestLinkNeedsServers(t *testing.T) {
	_, err := Local(t.Context(), twoOwners(t), Options{Engine: EngineClear, Link: &Link{}})
	require.EqualError(t, err, "got a link for engine clear, which has no servers to link")
}
