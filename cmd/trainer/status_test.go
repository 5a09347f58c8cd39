package main

import (
	"testing"

	"github.com/stretchr/testify/require"

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
