package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// What a job that is over still has to say is shown: why it was cancelled, and that
// a server has lost what it had.
func TestStandingOfWhatIsOver(t *testing.T) {
	st := client.Status{State: client.StateCancelled, CancelledBy: "owner south", WaitingFor: "a new vote"}
	require.Equal(t, []string{"cancelled by owner south", "a new vote"}, standing(st))
	st = client.Status{State: client.StateDone, Done: []string{"train"}}
	require.Equal(t, []string{"done: train"}, standing(st))
	st.WaitingFor = "server 1 has lost phase train"
	require.Equal(t, []string{"done: train", "server 1 has lost phase train"}, standing(st))
}

// Status and watch say how slow the links are, a watch only once, and nobody when
// the job is over.
func TestLinksAreTold(t *testing.T) {
	var all [3]client.Status
	for i := range all {
		all[i] = client.Status{
			Server: i, State: client.StateRunning, Phase: "train", Network: &parties.Network{Delay: .02, Bandwidth: 12.5e6},
			Progress: &client.Progress{What: "training"},
		}
	}
	const line = "links: 20 ms, 100 Mbit/s\n"
	var out bytes.Buffer
	a := &app{stdout: &out}
	require.NoError(t, a.showStatus(all, false))
	require.Equal(t, 3, strings.Count(out.String(), "running: train, training\n  "+line))
	out.Reset()
	w := &watcher{app: a}
	for range 2 {
		for _, st := range all {
			w.tell(st)
		}
	}
	require.Equal(t, 1, strings.Count(out.String(), line))
	all[0].State = client.StateDone
	require.Empty(t, links(all[0]))
}
