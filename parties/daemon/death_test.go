package daemon

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// manySteps is a training of some seconds.
const manySteps = "epochs: 60, batch: 2"

// training waits until a server reports that many steps.
func (c *consort) training(server int, steps uint64) {
	c.t.Helper()
	c.untilThat(server, "training", func(s *partypb.JobStatus) bool { return s.GetProgress().GetStep() >= steps })
}

// named watches a job on a server until it names a failure of another one, for 10
// seconds at most.
func (c *consort) named(server, culprit int) *partypb.Failure {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	st, err := c.at("south", server).Watch(ctx, &partypb.JobRequest{JobHash: c.hash})
	require.NoError(c.t, err)
	var last *partypb.JobStatus
	for {
		s, err := st.Recv()
		require.NoError(c.t, err, "server %d, last %v\n%s", server, last, c.servers[server].log)
		if strings.Contains(s.GetWaitingFor(), "from which nothing has come") {
			require.True(c.t, strings.HasPrefix(s.GetWaitingFor(), serverName(culprit)), s.GetWaitingFor())
		}
		if f := s.GetFailure(); f != nil {
			require.EqualValues(c.t, culprit, f.GetServer(), "%v", f)
			return f
		}
		last = s
	}
}

// onlyNamed watches a job on a server until the training is done, with no failure
// of another one than culprit.
func (c *consort) onlyNamed(server, culprit int) {
	ctx, cancel := context.WithTimeout(c.t.Context(), long)
	defer cancel()
	st, err := c.at("south", server).Watch(ctx, &partypb.JobRequest{JobHash: c.hash})
	for err == nil {
		var s *partypb.JobStatus
		if s, err = st.Recv(); s.GetFailure() != nil {
			assert.EqualValues(c.t, culprit, s.GetFailure().GetServer(), "server %d: %v", server, s.GetFailure())
		}
		if slices.Contains(s.GetPhasesDone(), parties.PhaseTrain) {
			return
		}
	}
	assert.NoError(c.t, err, "server %d\n%s", server, c.servers[server].log)
}

// TestKilledServerIsNamedAndMissed kills each server in the middle of the training
// with the others watching, and starts it again.
func TestKilledServerIsNamedAndMissed(t *testing.T) {
	for victim := range 3 {
		t.Run(serverNames[victim], func(t *testing.T) {
			t.Parallel()
			c, children := newChildren(t)
			c.propose(manySteps)
			c.runToTraining()
			c.shareRows()
			others := [2]int{(victim + 1) % 3, (victim + 2) % 3}
			c.training(others[0], 5)
			children[victim].kill()
			for _, server := range others {
				f := c.named(server, victim)
				require.Equal(t, parties.PhaseTrain, f.GetPhase())
				require.Contains(t, f.GetStep(), "after step")
				require.Contains(t, f.GetReason(), "connection lost")
				t.Logf("server %d says: server %d, %s: %s", server, f.GetServer(), f.GetStep(), f.GetReason())
			}
			children[victim].start()
			c.untilDone(parties.PhaseTrain)
			for _, o := range []string{"north", "south"} {
				c.accept(o, parties.ItemModel)
			}
		})
	}
}

// TestFrozenServerIsNamed stops each server without ending it: it stays silent, with
// its connections open. Nobody else is named before, and nobody after it wakes.
func TestFrozenServerIsNamed(t *testing.T) {
	for victim := range 3 {
		t.Run(serverNames[victim], func(t *testing.T) {
			t.Parallel()
			c, children := newChildren(t)
			c.propose(manySteps)
			c.runToTraining()
			c.shareRows()
			others := [2]int{(victim + 1) % 3, (victim + 2) % 3}
			c.training(others[0], 5)
			children[victim].freeze()
			bothAt(others, func(server int) {
				f := c.named(server, victim)
				t.Logf("server %d says: server %d, %s: %s", server, f.GetServer(), f.GetStep(), f.GetReason())
			})
			children[victim].thaw()
			bothAt(others, func(server int) { c.onlyNamed(server, victim) })
		})
	}
}

// bothAt does something for two servers at once.
func bothAt(servers [2]int, f func(server int)) {
	var wg sync.WaitGroup
	for _, server := range servers {
		wg.Go(func() { f(server) })
	}
	wg.Wait()
}

// TestKillAtEveryStep kills one server after another, each at another step of the
// path, and the job comes to its end.
func TestKillAtEveryStep(t *testing.T) {
	t.Parallel()
	c, children := newChildren(t)
	c.propose("epochs: 2, batch: 16")
	again := func(server int) {
		children[server].kill()
		children[server].start()
	}
	c.approve("north", "alpha", "beta", "gamma")
	again(0)
	c.approve("south")
	again(1)
	c.share("north", parties.ItemSums)
	again(2)
	parts := c.cut("south", parties.ItemSums)
	for i, p := range parts {
		again(i)
		_, err := upload(t.Context(), c.at("south", i), p)
		require.NoError(t, err)
	}
	again(0) // before, in or after the first phase
	c.untilDone(parties.PhaseStandardise)
	again(1)
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemStandardiser)
	}
	c.share("south", parties.ItemFeatures, parties.ItemTargets)
	again(2)
	c.share("north", parties.ItemTargets, parties.ItemFeatures)
	again(1)
	c.untilDone(parties.PhaseTrain)
	again(0)
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemModel)
		c.share(o, parties.ItemCounts)
	}
	again(2)
	for i := range c.servers {
		c.until(i, partypb.JobState_JOB_STATE_DONE)
	}
	c.accept("north", parties.ItemMetrics)
}
