package daemon

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// TestLostPhaseIsNamed has a server lose its store when a phase is over: all three
// say so, before the server has the job again and after.
func TestLostPhaseIsNamed(t *testing.T) {
	for victim := range 3 {
		t.Run(serverNames[victim], func(t *testing.T) {
			t.Parallel()
			c := newConsort(t)
			c.runToTraining()
			c.servers[victim].end()
			require.NoError(t, os.Remove(c.servers[victim].config.Store))
			c.servers[victim].start()
			says := func(s *partypb.JobStatus) bool {
				return s.GetWaitingFor() == lostText(victim, "standardise")
			}
			for _, other := range []int{(victim + 1) % 3, (victim + 2) % 3} {
				c.untilThat(other, "what is lost", says)
			}
			c.approveAll()
			for i := range c.servers {
				c.untilThat(i, "what is lost", says)
			}
		})
	}
}

// TestPhaseIsNotLostWhile takes a job through its phases with a restart in between:
// nobody takes a server for one that has lost something.
func TestPhaseIsNotLostWhile(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	c.servers[1].end()
	c.servers[1].start()
	c.shareRows()
	c.untilDone("train")
	for i := range c.servers {
		require.NotContains(t, c.servers[i].log.String(), "phase lost")
	}
}
