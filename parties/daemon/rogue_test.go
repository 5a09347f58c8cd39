package daemon

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// peer is what a server calls on another one.
func (c *consort) peer(who string, server int) partypb.PeerClient {
	c.t.Helper()
	conn, err := grpcnet.Dial(c.t.Context(), keyOf(who).Private(), grpcnet.Peer{Address: c.servers[server].address, Key: keyOf(serverNames[server]).Public()})
	require.NoError(c.t, err)
	c.t.Cleanup(func() { conn.Close() })
	return partypb.NewPeerClient(conn)
}

// begun proposes a phase as who and returns the stream and the answer.
func (c *consort) begun(who, phase string) (st beginClient, reply *partypb.BeginReply, err error) {
	c.t.Helper()
	st, err = c.peer(who, 1).Begin(c.t.Context())
	require.NoError(c.t, err)
	p := &partypb.BeginProposal{JobHash: c.hash, Phase: phase, WireVersion: parties.WireVersion}
	for _, o := range []string{"north", "south"} {
		for _, what := range []string{parties.ItemSums, parties.ItemFeatures, parties.ItemTargets} {
			state, err := c.at(o, 1).UploadState(c.t.Context(), &partypb.UploadStateRequest{JobHash: c.hash, Item: &partypb.Item{What: what, Owner: o}})
			require.NoError(c.t, err)
			p.Parts = append(p.Parts, &partypb.PartName{Item: &partypb.Item{What: what, Owner: o}, Split: state.GetHead().GetSplit()})
		}
	}
	_ = st.Send(&partypb.BeginRequest{Message: &partypb.BeginRequest_Proposal{Proposal: p}}) // errors come with the reply
	reply, err = st.Recv()
	return st, reply, err
}

type beginClient = interface {
	Send(*partypb.BeginRequest) error
	Recv() (*partypb.BeginReply, error)
}

// TestReplayedSession proposes a phase that is done and starts it with the nonces
// of its old session.
func TestReplayedSession(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	st, reply, err := c.begun("alpha", parties.PhaseStandardise)
	require.NoError(t, err)
	require.Len(t, reply.GetReady().GetNonce(), nonceSize)
	old := &partypb.BeginStart{Nonces: [][]byte{make([]byte, nonceSize), make([]byte, nonceSize), make([]byte, nonceSize)}}
	require.NoError(t, st.Send(&partypb.BeginRequest{Message: &partypb.BeginRequest_Start{Start: old}}))
	_, err = st.Recv()
	refused(t, err, codes.InvalidArgument, "is not the one that it gave")
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
}

// TestBeginIsForServerZero proposes as everybody else.
func TestBeginIsForServerZero(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	for who, code := range map[string]codes.Code{
		"gamma": codes.PermissionDenied, "north": codes.PermissionDenied, "mallory": codes.PermissionDenied,
	} {
		_, _, err := c.begun(who, parties.PhaseStandardise)
		refused(t, err, code, "")
	}
	_, reply, err := c.begun("alpha", parties.PhaseStandardise)
	require.NoError(t, err)
	require.Contains(t, reply.GetRefusal().GetReasons()[0], "no sums of north")
	_, reply, err = c.begun("alpha", "lunch")
	require.NoError(t, err)
	require.Contains(t, reply.GetRefusal().GetReasons()[0], "no phase \"lunch\"")
}

// TestBeginThatHangsUp agrees on a phase and goes away: the server is free again.
func TestBeginThatHangsUp(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.pace.reserve = time.Second })
	c.runToTraining()
	_, reply, err := c.begun("alpha", parties.PhaseStandardise)
	require.NoError(t, err)
	require.NotNil(t, reply.GetReady())
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
}

// TestAnnounceIsForServers tells of a failure and a cancellation as an owner.
func TestAnnounceIsForServers(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	for _, who := range []string{"north", "beta", "mallory"} {
		_, err := c.peer(who, 1).Announce(t.Context(), &partypb.Announcement{JobHash: c.hash, What: &partypb.Announcement_Cancel{}})
		refused(t, err, codes.PermissionDenied, "")
	}
}

// TestRubbishIsNamed has each server send something else than it should.
func TestRubbishIsNamed(t *testing.T) {
	ends := func(_, _ int, _ transport.Tag, _ []uint64) transport.Fault {
		return transport.Fault{Close: errors.New("flood in the cellar")}
	}
	nonsense := func(_, _ int, _ transport.Tag, words []uint64) transport.Fault {
		words[0] = 1 << 63
		return transport.Fault{}
	}
	for what, try := range map[string]struct {
		when   func(rogue int) moment
		hook   transport.Hook
		reason string
	}{
		"ends":                     {inTraining, ends, "flood in the cellar"},
		"ends while measuring":     {inMeasuring, ends, "flood in the cellar"},
		"nonsense while measuring": {inMeasuring, nonsense, "measuring the links: got "},
	} {
		for rogue := range 3 {
			t.Run(what+" "+serverNames[rogue], func(t *testing.T) {
				c := newConsort(t, tampered(try.when(rogue), try.hook))
				c.runToTraining()
				c.shareRows()
				for i := range c.servers {
					f := c.named(i, rogue)
					require.Contains(t, f.GetReason(), try.reason)
					c.until(i, partypb.JobState_JOB_STATE_HELD)
				}
				_, err := c.at("south", (rogue+1)%3).Retry(t.Context(), &partypb.JobRequest{JobHash: c.hash})
				require.NoError(t, err)
				c.untilDone(parties.PhaseTrain)
			})
		}
	}
}
