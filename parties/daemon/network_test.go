package daemon

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// finished takes the job to its end and returns what it took.
func (c *consort) finished() parties.Cost {
	c.t.Helper()
	c.runToTraining()
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemModel)
		c.share(o, parties.ItemCounts)
	}
	for i := range c.servers {
		c.until(i, partypb.JobState_JOB_STATE_DONE)
	}
	return c.side("north").Result(c.reports()).Cost
}

// TestFarServersTakeFewerRounds has every message take 2 ms: the servers find that
// out and choose the protocols that they would choose for such a link in one
// process. All three report the same link.
func TestFarServersTakeFewerRounds(t *testing.T) {
	const delay = 2 * time.Millisecond
	c := newConsort(t, func(_ int, c *Config) {
		c.tamper = func(conn transport.Conn) transport.Conn {
			return transport.Inject(conn, func(int, int, transport.Tag, []uint64) transport.Fault { return transport.Fault{Delay: delay} })
		}
	})
	got := c.finished()
	require.NotNil(t, got.Network)
	require.GreaterOrEqual(t, got.Network.Delay, delay.Seconds(), "no message is early")
	near := c.inOneProcess(nil).Cost
	require.Less(t, got.Rounds, near.Rounds)
	told := c.inOneProcess(linkOf(*got.Network)).Cost
	require.Equal(t, told.Rounds, got.Rounds)
	require.Equal(t, told.BytesSent, got.BytesSent)
	for i := range c.servers {
		s := c.until(i, partypb.JobState_JOB_STATE_DONE)
		require.EqualValues(t, 1e9*got.Network.Delay, s.GetNetwork().GetDelayNanos())
		require.NotZero(t, s.GetNetwork().GetBytesPerSecond())
		for _, r := range s.GetReports() {
			require.NotZero(t, r.GetNetwork().GetDelayNanos(), "each phase measures")
		}
	}
}

// linkOf is a link to emulate for which servers choose the same protocols; nil for
// near ones.
func linkOf(n parties.Network) *parties.Link {
	if n.Bandwidth == 0 {
		return nil
	}
	return &parties.Link{Delay: time.Duration(n.Delay * 1e9), Bandwidth: n.Bandwidth}
}
