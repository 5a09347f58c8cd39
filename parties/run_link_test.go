package parties

import (
	"encoding/json"
	"os"
	"strings"
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

// An emulated link has timers, each a file of the process on Linux. A run leaves
// none.
func TestRunOverALinkClosesItsTimers(t *testing.T) {
	timers := func() (n int) {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("only Linux lists them")
		}
		for _, f := range files {
			if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.Contains(to, "timerfd") {
				n++
			}
		}
		return n
	}
	before := timers()
	_, err := Local(t.Context(), twoOwners(t), Options{Link: &Link{Delay: time.Millisecond, Bandwidth: 1e8}})
	require.NoError(t, err)
	require.LessOrEqual(t, timers(), before)
}

func TestLinkNeedsServers(t *testing.T) {
	_, err := Local(t.Context(), twoOwners(t), Options{Engine: EngineClear, Link: &Link{}})
	require.EqualError(t, err, "got a link for engine clear, which has no servers to link")
}
