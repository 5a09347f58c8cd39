package daemon

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// TestWholeJob takes a job through all its phases and compares the model with that
// of a run in one process.
func TestWholeJob(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemModel)
		c.share(o, parties.ItemCounts)
	}
	for i := range c.servers {
		s := c.until(i, partypb.JobState_JOB_STATE_DONE)
		require.Len(t, s.GetReports(), 3)
		require.Equal(t, s.GetReports()[1].GetSession(), c.until(0, partypb.JobState_JOB_STATE_DONE).GetReports()[1].GetSession())
		require.NotZero(t, s.GetReports()[1].GetRounds())
	}
	got := c.side("north").Result(c.reports())
	require.Positive(t, got.Cost.Network.Delay)
	want := c.inOneProcess(linkOf(*got.Cost.Network)) // near, unless this machine is overloaded
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemMetrics)
		got := c.side(o).Result(c.reports())
		require.InDeltaSlice(t, want.Model.Coefficients, got.Model.Coefficients, 1e-3, "but for roundings")
		require.InDelta(t, want.Model.Intercept, got.Model.Intercept, 1e-3)
		require.Equal(t, want.Metrics.Test.Rows, got.Metrics.Test.Rows)
		require.Equal(t, want.Cost.Rounds, got.Cost.Rounds)
		require.Equal(t, want.Cost.BytesSent, got.Cost.BytesSent)
		require.Equal(t, want.Audit, got.Audit)
	}
}

// inOneProcess runs the same job without servers, over a link if it is not nil.
func (c *consort) inOneProcess(link *parties.Link) *parties.Result {
	c.t.Helper()
	var text strings.Builder
	text.WriteString("name: trial\ndata:\n  target: y\n  owners:\n")
	for _, o := range []string{"north", "south"} {
		text.WriteString(fmt.Sprintf("    - {name: %s, file: %q, test_fraction: 0.25}\n", o, c.files[o]))
	}
	job, err := parties.ParseJob("job.yaml", []byte(text.String()+"model: logistic_regression\ntrain: {epochs: 2, batch: 16}\n"))
	require.NoError(c.t, err)
	r, err := parties.Local(c.t.Context(), job, parties.Options{Link: link})
	require.NoError(c.t, err)
	return r
}

// reports are those of the three servers.
func (c *consort) reports() (all [3][]*parties.PhaseReport) {
	c.t.Helper()
	for i := range all {
		for _, m := range c.until(i, partypb.JobState_JOB_STATE_DONE).GetReports() {
			p := &parties.PhaseReport{Phase: m.GetPhase(), Rounds: int(m.GetRounds()), BytesSent: int64(m.GetBytesSent()), Steps: int(m.GetSteps())}
			if n := m.GetNetwork(); n != nil {
				p.Network = &parties.Network{Delay: float64(n.GetDelayNanos()) / 1e9, Bandwidth: float64(n.GetBytesPerSecond())}
			}
			for _, o := range m.GetOpenings() {
				p.Audit = append(p.Audit, parties.AuditEntry{
					Seq: int(o.GetSeq()), What: o.GetWhat(), To: o.GetTo(), Step: o.GetStep(), Values: int(o.GetValues()), Round: int(o.GetRound()),
				})
			}
			all[i] = append(all[i], p)
		}
	}
	return all
}
