package daemon

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// TestAuditOfAPhaseThatFailed cancels a training after its first check: what was
// opened stands in the audit log of every server.
func TestAuditOfAPhaseThatFailed(t *testing.T) {
	c := newConsort(t)
	c.propose(manySteps)
	c.runToTraining()
	c.shareRows()
	c.untilThat(1, "trains on after a check", func(s *partypb.JobStatus) bool { return s.GetProgress().GetEpoch() >= 5 })
	_, err := c.at("south", 1).Cancel(t.Context(), &partypb.CancelRequest{JobHash: c.hash, Reason: "enough"})
	require.NoError(t, err)
	for i := range c.servers {
		s := c.until(i, partypb.JobState_JOB_STATE_CANCELLED)
		require.Len(t, s.GetReports(), 1, "the training is not done")
		log, err := c.at("north", i).Audit(t.Context(), &partypb.JobRequest{JobHash: c.hash})
		require.NoError(t, err)
		var text strings.Builder
		for _, l := range log.GetLines() {
			text.WriteString(l.GetText() + "\n")
			require.NotZero(t, l.GetUnixNanos())
		}
		require.Contains(t, text.String(), "attempt 1 at standardise, session ")
		require.Contains(t, text.String(), "opens data/standardiser, ")
		require.Contains(t, text.String(), "opens train/overflow, 1 values, to [all] at epoch ")
	}
}

// TestForget removes a job that is over, for the server's own operator alone.
func TestForget(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	request := &partypb.JobRequest{JobHash: c.hash}
	forget := func(who string) error {
		_, err := c.at(who, 0).Forget(t.Context(), request)
		return err
	}
	refused(t, forget("alpha"), codes.FailedPrecondition, "job trial is not over: cancel it first")
	_, err := c.at("north", 0).Cancel(t.Context(), &partypb.CancelRequest{JobHash: c.hash, Reason: "done with it"})
	require.NoError(t, err)
	refused(t, forget("north"), codes.PermissionDenied, "is not that of this server")
	refused(t, forget("beta"), codes.PermissionDenied, "is not that of this server")
	require.NoError(t, forget("alpha"))
	_, err = c.at("alpha", 0).Status(t.Context(), request)
	refused(t, err, codes.NotFound, "is not on this server")
	refused(t, forget("alpha"), codes.NotFound, "is not on this server")
	c.servers[0].end()
	c.servers[0].start()
	_, err = c.at("alpha", 0).Status(t.Context(), request)
	refused(t, err, codes.NotFound, "is not on this server")
	c.until(1, partypb.JobState_JOB_STATE_CANCELLED) // it stays on the others
}

// oldApproval is that of a program of another version, which its key has signed.
func (c *consort) oldApproval(who string) *partypb.Approval {
	a := c.approval(who)
	a.WireVersion++
	var b bytes.Buffer
	hash := c.job.Hash()
	for _, field := range [][]byte{hash[:], binary.BigEndian.AppendUint32(nil, a.WireVersion), []byte(a.Role), []byte(a.Name), a.HpkeKey} {
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field))))
		b.Write(field)
	}
	a.Signature = keyOf(who).Sign("trefoil approval v1", b.Bytes())
	return a
}

// TestAnotherWireVersion approves with a program of another version.
func TestAnotherWireVersion(t *testing.T) {
	c := newConsort(t)
	refused(t, c.submit("north", 0, c.text, c.oldApproval("north")), codes.PermissionDenied, "owner north approved with a program of wire version ")
}

// TestApprovalsFromBeforeAnUpgrade puts one of another version into the store: it
// does not count, and a new one takes its place.
func TestApprovalsFromBeforeAnUpgrade(t *testing.T) {
	c := newConsort(t)
	c.approve("south", "alpha", "beta", "gamma")
	text, err := proto.Marshal(c.oldApproval("north"))
	require.NoError(t, err)
	c.servers[0].end()
	s, err := store.Open(c.servers[0].config.Store, store.Options{})
	require.NoError(t, err)
	require.NoError(t, s.AddApproval(t.Context(), store.ID(c.hash), signer(parties.Party{Role: parties.RoleOwner, Name: "north"}), text, func([]byte) bool { return false }))
	require.NoError(t, s.Close())
	c.servers[0].start()
	missing := c.until(0, partypb.JobState_JOB_STATE_PROPOSED).GetMissingApprovals()
	require.Len(t, missing, 1)
	require.Equal(t, "north", missing[0].GetName())
	c.approve("north")
	c.until(0, partypb.JobState_JOB_STATE_WAITING)
}

// TestTwoVersionsOfAJob brings a job of which another version is here. Whoever is
// of both is told the difference; nobody else is.
func TestTwoVersionsOfAJob(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	c.propose("epochs: 3, batch: 16")
	info, err := c.at("alpha", 0).Submit(t.Context(), &partypb.SubmitRequest{Job: c.text, Approvals: []*partypb.Approval{c.approval("alpha")}})
	require.NoError(t, err)
	require.Contains(t, info.GetWarning(), `another job trial is here`)
	require.Contains(t, info.GetWarning(), `is "\"epochs\": 3,", want "\"epochs\": 2,"`)
}

// TestPhaseIsNotRunAgainForEver has a server say again and again that it has not
// noted the end of the training.
func TestPhaseIsNotRunAgainForEver(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
	for range maxDone - 1 {
		c.forgetEnd(2, parties.PhaseTrain)
		c.untilDone(parties.PhaseTrain)
	}
	models, told := 0, false
	log, err := c.at("north", 0).Audit(t.Context(), &partypb.JobRequest{JobHash: c.hash})
	require.NoError(t, err)
	for _, l := range log.GetLines() {
		if strings.Contains(l.GetText(), "opens "+parties.RevealModel) {
			models++
		}
		told = told || l.GetText() == "phase train, which is done here, runs again: a server did not finish it, says server 2"
	}
	require.Equal(t, maxDone, models)
	require.True(t, told)
	_, reply, err := c.begun("alpha", parties.PhaseTrain)
	require.NoError(t, err)
	require.Contains(t, reply.GetRefusal().GetReasons(), "phase train is done here, 3 times: it is not run again")
}

// forgetEnd takes from a server's store that a phase is done.
func (c *consort) forgetEnd(server int, phase string) {
	c.t.Helper()
	p := c.servers[server]
	p.end()
	s, err := store.Open(p.config.Store, store.Options{})
	require.NoError(c.t, err)
	_, err = s.AgainPhase(c.t.Context(), store.ID(c.hash), phase, "x")
	require.NoError(c.t, err)
	require.NoError(c.t, s.Close())
	p.start()
}
