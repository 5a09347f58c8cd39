package daemon

import (
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

func (c *consort) submit(who string, server int, job []byte, a ...*partypb.Approval) error {
	c.t.Helper()
	_, err := c.at(who, server).Submit(c.t.Context(), &partypb.SubmitRequest{Job: job, Approvals: a})
	return err
}

// TestNothingStartsWithoutAllApprovals leaves one out after the other.
func TestNothingStartsWithoutAllApprovals(t *testing.T) {
	c := newConsort(t)
	c.approve("north", "alpha", "beta", "gamma")
	s := c.until(0, partypb.JobState_JOB_STATE_PROPOSED)
	require.Equal(t, "approval of owner south", s.GetWaitingFor())
	c.share("north", parties.ItemSums)
	_, reply, err := c.begun("alpha", parties.PhaseStandardise)
	require.NoError(t, err)
	require.Contains(t, reply.GetRefusal().GetReasons()[0], "no approval of owner south")
	c.approve("south")
	require.Equal(t, "sums of south", c.until(2, partypb.JobState_JOB_STATE_WAITING).GetWaitingFor())
}

// TestChangedByte submits a job with approvals of another one.
func TestChangedByte(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	old := c.approval("north")
	c.propose("epochs: 3, batch: 16")
	for i := range c.servers {
		err := c.submit("north", i, c.text, old)
		refused(t, err, codes.PermissionDenied, "approval of owner north")
		require.ErrorContains(t, err, `is "\"epochs\": 3,", want "\"epochs\": 2,"`)
	}
	changed := []byte(strings.Replace(string(c.text), `"epochs": 3`, `"epochs":  3`, 1))
	refused(t, c.submit("north", 0, changed), codes.InvalidArgument, "not the job's canonical bytes")
}

// TestUnknownRevealTarget, a job with other holes, and other jobs that are none.
func TestJobThatIsNone(t *testing.T) {
	c := newConsort(t)
	text := string(c.text)
	for name, try := range map[string]struct{ old, new, text string }{
		"unknown reveal target": {`"to": "all"`, `"to": ["mallory"]`, "mallory"},
		"unknown reveal":        {`"metrics/test"`, `"data/rows"`, "data/rows"},
		"one key twice":         {keyOf("beta").Fingerprint(), keyOf("alpha").Fingerprint(), "same key"},
		"not this server":       {keyOf("alpha").Fingerprint(), keyOf("delta").Fingerprint(), "is not among the servers"},
		"unknown field":         {`"name": "trial"`, `"name": "trial", "backdoor": true`, "backdoor"},
		"no job":                {text, "{", ""},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.ReplaceAll(text, try.old, try.new)
			require.NotEqual(t, text, changed)
			refused(t, c.submit("north", 0, []byte(changed)), codes.InvalidArgument, try.text)
		})
	}
	refused(t, c.submit("north", 0, make([]byte, maxJobBytes+1)), codes.InvalidArgument, "want 1 to")
	refused(t, c.submit("north", 0, nil), codes.InvalidArgument, "job of 0 bytes")
	_, err := c.at("north", 0).Links(t.Context(), &partypb.LinksRequest{Job: make([]byte, maxJobBytes+1)})
	refused(t, err, codes.InvalidArgument, "want 1 to")
}

// TestPolicyRefuses submits a job that each policy is against, and looks for the
// line.
func TestPolicyRefuses(t *testing.T) {
	owners := "owners:\n  - " + known("north") + "\n  - " + known("south") + "\n"
	for name, try := range map[string]struct{ policy, text string }{
		"owner":    {"owners:\n  - " + known("north") + "\n", "policy.yaml:2: owner south"},
		"server":   {owners + "servers:\n  - " + known("beta") + "\n", "policy.yaml:5: server 2"},
		"model":    {owners + "models: [linear_regression]\n", "policy.yaml:4: the job trains model logistic_regression"},
		"reveal":   {owners + "reveal:\n  - {what: model/final, to: owners}\n", "policy.yaml:5: the job reveals metrics/test"},
		"audience": {owners + "reveal:\n  - {what: model/final, to: owners}\n  - {what: metrics/test, to: owners}\n  - {what: data/standardiser, to: owners}\n", "policy.yaml:6: the job reveals metrics/test to [all]"},
		"names":    {owners + "reveal:\n  - {what: model/final, to: [north]}\n", "policy.yaml:5: the job reveals model/final to [north south]"},
		"features": {owners + "limits:\n  features: 1\n", "policy.yaml:5: the job has 2 features"},
		"epochs":   {owners + "limits: {epochs: 1}\n", "policy.yaml:4: the job trains 2 epochs"},
		"owners":   {owners + "limits: {owners: 1}\n", "policy.yaml:4: the job has 2 owners"},
	} {
		t.Run(name, func(t *testing.T) {
			p := policyOf(t, try.policy)
			c := &consort{t: t}
			for i := range c.servers {
				c.servers[i] = &process{address: []string{"a:1", "b:1", "c:1"}[i]}
			}
			c.propose("epochs: 2, batch: 16")
			require.ErrorContains(t, p.Admit(c.job, keyOf("alpha").Public()), try.text)
		})
	}
}

// TestPolicyGoesByKeys lets the job call the owners by each other's names: a list
// of the policy means its own.
func TestPolicyGoesByKeys(t *testing.T) {
	p := policyOf(t, "owners:\n  - "+known("north")+"\n  - "+known("south")+"\nreveal:\n  - {what: model/final, to: [north]}\n")
	c := &consort{t: t}
	for i := range c.servers {
		c.servers[i] = &process{address: []string{"a:1", "b:1", "c:1"}[i]}
	}
	c.propose("epochs: 2, batch: 16")
	require.True(t, p.covers(p.Reveal[0], c.job, parties.Audience{"north"}))
	require.False(t, p.covers(p.Reveal[0], c.job, parties.Audience{"south"}))
	owners := c.job.Data.Owners
	owners[0].Key, owners[1].Key = owners[1].Key, owners[0].Key
	require.False(t, p.covers(p.Reveal[0], c.job, parties.Audience{"north"}))
	require.True(t, p.covers(p.Reveal[0], c.job, parties.Audience{"south"}))
}

// TestStepsBeyond64BitsAreLimited has more steps than an int64 counts.
func TestStepsBeyond64BitsAreLimited(t *testing.T) {
	p := policyOf(t, "limits: {steps: 1000}")
	job := parties.NewJob()
	job.Train.Batch = 1
	for epochs, ok := range map[int]bool{10: true, 11: false, 1 << 62: false, 1<<63 - 1: false} {
		job.Train.Epochs = epochs
		err := p.admitRows(job, 100)
		if ok {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "epochs of 100 steps of training, this server takes at most 1000 steps")
	}
}

// TestBatchBeyond64BitsIsLimited has a batch to which rows cannot be added in an int64:
// it is one of all rows.
func TestBatchBeyond64BitsIsLimited(t *testing.T) {
	job := parties.NewJob()
	job.Train.Batch, job.Train.Epochs = math.MaxInt, 11
	require.NoError(t, policyOf(t, "limits: {steps: 11}").admitRows(job, 100))
	require.ErrorContains(t, policyOf(t, "limits: {steps: 10}").admitRows(job, 100), "11 epochs of 1 steps of training")
}

// TestNoCallsBeforeApproval submits a job in which the address of a server is
// somebody else's: nothing knocks there until the operator has approved.
func TestNoCallsBeforeApproval(t *testing.T) {
	c := newConsort(t)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer door.Close()
	knocks := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := door.Accept()
			if err != nil {
				return
			}
			conn.Close()
			select {
			case knocks <- struct{}{}:
			default:
			}
		}
	}()
	c.servers[2].end()
	c.servers[2].address = door.Addr().String()
	c.propose("epochs: 2, batch: 16")
	require.NoError(t, c.submit("north", 0, c.text, c.approval("north"), c.approval("gamma")))
	select {
	case <-knocks:
		require.Fail(t, "a call before the operator has approved")
	case <-time.After(10 * swift().probe):
	}
	require.NoError(t, c.submit("alpha", 0, c.text, c.approval("alpha")))
	select {
	case <-knocks:
	case <-time.After(long):
		require.Fail(t, "no call after the operator has approved")
	}
}

// TestRowsAreLimited finds out at the start of the phase.
func TestRowsAreLimited(t *testing.T) {
	c := newConsort(t, func(server int, c *Config) {
		if server == 2 {
			c.Policy = policyOf(t, "limits: {rows: 50}\nowners: ["+known("north")+", "+known("south")+"]")
		}
	})
	c.runToTraining()
	c.shareRows()
	for i := range c.servers {
		require.Contains(t, c.named(i, 2).GetReason(), "policy.yaml:1: the owners have 61 training rows together, this server takes at most 50")
		c.until(i, partypb.JobState_JOB_STATE_HELD)
	}
}

// TestCancel ends a job on all servers, also while it runs.
func TestCancel(t *testing.T) {
	c := newConsort(t)
	c.propose(manySteps)
	c.runToTraining()
	c.shareRows()
	c.training(2, 3)
	s, err := c.at("south", 1).Cancel(t.Context(), &partypb.CancelRequest{JobHash: c.hash, Reason: "wrong file\x1b[2J"})
	require.NoError(t, err)
	require.Equal(t, partypb.JobState_JOB_STATE_CANCELLED, s.GetState())
	for i := range c.servers {
		s := c.until(i, partypb.JobState_JOB_STATE_CANCELLED)
		require.Contains(t, s.GetCancelledBy(), "owner south")
		require.Equal(t, "wrong file [2J", s.GetWaitingFor())
	}
	refused(t, c.submitPart("north"), codes.FailedPrecondition, "the job was cancelled by")
	_, err = c.at("south", 0).Retry(t.Context(), &partypb.JobRequest{JobHash: c.hash})
	refused(t, err, codes.FailedPrecondition, "is over")
}

func (c *consort) submitPart(owner string) error {
	p := c.cut(owner, parties.ItemSums)[0]
	_, err := uploadFrom(c.t.Context(), c.at(owner, 0), p, 0)
	return err
}

// TestCancelReachesWhoWasAway cancels while a server is down.
func TestCancelReachesWhoWasAway(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	c.servers[2].end()
	_, err := c.at("north", 0).Cancel(t.Context(), &partypb.CancelRequest{JobHash: c.hash, Reason: "no"})
	require.NoError(t, err)
	c.servers[2].start()
	c.until(2, partypb.JobState_JOB_STATE_CANCELLED)
}

// TestMissingServerIsNamed leaves a server out: the others say which, before
// anything runs.
func TestMissingServerIsNamed(t *testing.T) {
	for missing := range 3 {
		t.Run(serverNames[missing], func(t *testing.T) {
			c := newConsort(t)
			c.approveAll()
			for _, o := range []string{"north", "south"} {
				for i, p := range c.cut(o, parties.ItemSums) {
					if o == "south" && i == (missing+1)%3 {
						c.servers[missing].end() // before the phase can begin
					}
					if i == missing && o == "south" && missing != 0 {
						continue
					}
					_, err := upload(t.Context(), c.at(o, i), p)
					require.NoError(t, err)
				}
			}
			for _, i := range []int{(missing + 1) % 3, (missing + 2) % 3} {
				c.untilThat(i, "name", func(s *partypb.JobStatus) bool {
					return strings.Contains(s.GetWaitingFor(), serverName(missing)+" at "+c.servers[missing].address+": cannot be reached")
				})
			}
		})
	}
}
