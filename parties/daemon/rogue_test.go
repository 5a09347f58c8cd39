package daemon

import (
	"bytes"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

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

// TestOwnFindingStays tells a server that has seen for itself how an attempt failed
// of another reason, and of reasons for other attempts.
func TestOwnFindingStays(t *testing.T) {
	c := newConsort(t, tampered(inTraining(0), func(int, int, transport.Tag, []uint64) transport.Fault {
		return transport.Fault{Close: errors.New("flood in the cellar")}
	}), func(_ int, c *Config) { c.pace.beat = time.Millisecond })
	c.runToTraining()
	c.shareRows()
	own := c.named(1, 0)
	require.Len(t, own.GetSession(), 32)
	tell := func(session []byte) *partypb.Failure {
		f := proto.Clone(own).(*partypb.Failure)
		f.Server, f.Reason, f.Session = 1, "connection lost", session
		_, err := c.peer("gamma", 1).Announce(t.Context(), &partypb.Announcement{
			JobHash: c.hash, What: &partypb.Announcement_Failure{Failure: f},
		})
		require.NoError(t, err)
		s, err := c.at("north", 1).Status(t.Context(), &partypb.JobRequest{JobHash: c.hash})
		require.NoError(t, err)
		return s.GetFailure()
	}
	s, err := c.at("north", 1).Status(t.Context(), &partypb.JobRequest{JobHash: c.hash})
	require.NoError(t, err)
	for what, session := range map[string][]byte{
		"the same attempt": own.GetSession(), "an earlier one": s.GetReports()[0].GetSession(), "none": nil,
	} {
		require.EqualValues(t, 0, tell(session).GetServer(), what)
	}
	f := tell(bytes.Repeat([]byte{1}, 32))
	require.EqualValues(t, 1, f.GetServer(), "an attempt that this server has not been in")
	require.Equal(t, "server 2", f.GetBy())
}

// rogueConn sends its nth message of the protocols in another way. Messages of
// depth 0 come before them.
type rogueConn struct {
	transport.Conn
	sent *atomic.Int32
	nth  int32
	send func(c transport.Conn, to int, tag transport.Tag, words []uint64) error
}

func (r rogueConn) Send(to int, tag transport.Tag, words []uint64) error {
	if tag.Depth > 0 && r.sent.Add(1) == r.nth {
		return r.send(r.Conn, to, tag, words)
	}
	return r.Conn.Send(to, tag, words)
}

// TestRubbishIsNamed has each server send something else than it should. All three
// name it, and none the server that got it.
func TestRubbishIsNamed(t *testing.T) {
	resized := func(change func([]uint64) []uint64) func(transport.Conn, int, transport.Tag, []uint64) error {
		return func(c transport.Conn, to int, tag transport.Tag, words []uint64) error {
			return c.Send(to, tag, change(words))
		}
	}
	for what, rubbish := range map[string]struct {
		send   func(transport.Conn, int, transport.Tag, []uint64) error
		reason string
	}{
		"ends": {func(c transport.Conn, _ int, _ transport.Tag, _ []uint64) error {
			c.Close(errors.New("flood in the cellar"))
			return errors.New("flood in the cellar")
		}, "flood in the cellar"},
		"short": {resized(func(w []uint64) []uint64 { return w[:len(w)-1] }), "sent a message of"},
		"empty": {resized(func(w []uint64) []uint64 { return w[:0] }), "sent a message of 0 words, want"},
		"long":  {resized(func(w []uint64) []uint64 { return append(slices.Clone(w), 1, 2, 3) }), "sent a message of"},
	} {
		for rogue := range 3 {
			t.Run(what+" "+serverNames[rogue], func(t *testing.T) {
				var sent atomic.Int32
				c := newConsort(t, func(server int, c *Config) {
					if server == rogue {
						c.tamper = func(conn transport.Conn) transport.Conn {
							return rogueConn{conn, &sent, 40, rubbish.send}
						}
					}
				})
				c.isNamedAndForgiven(rogue, rubbish.reason)
			})
		}
	}
}

// TestEndsAndNonsenseAreNamed has each server give up, or send impossible times
// while the links are measured.
func TestEndsAndNonsenseAreNamed(t *testing.T) {
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
				c.isNamedAndForgiven(rogue, try.reason)
			})
		}
	}
}

// isNamedAndForgiven runs a job to its training, in which all three servers name
// the rogue, and then to its end.
func (c *consort) isNamedAndForgiven(rogue int, reason string) {
	c.t.Helper()
	c.runToTraining()
	c.shareRows()
	for i := range c.servers {
		f := c.named(i, rogue)
		require.Contains(c.t, f.GetReason(), reason)
		c.until(i, partypb.JobState_JOB_STATE_HELD)
	}
	_, err := c.at("south", (rogue+1)%3).Retry(c.t.Context(), &partypb.JobRequest{JobHash: c.hash})
	require.NoError(c.t, err)
	c.untilDone(parties.PhaseTrain)
}

// TestPanicInAPhaseHoldsTheJob has each server run into a bug. It lives, all three
// name it, and the job waits until somebody retries.
func TestPanicInAPhaseHoldsTheJob(t *testing.T) {
	for rogue := range 3 {
		t.Run(serverNames[rogue], func(t *testing.T) {
			c := newConsort(t, tampered(inTraining(rogue), func(int, int, transport.Tag, []uint64) transport.Fault {
				panic("index out of range")
			}))
			c.runToTraining()
			c.shareRows()
			for i := range c.servers {
				require.Contains(t, c.named(i, rogue).GetReason(), "bug")
				c.until(i, partypb.JobState_JOB_STATE_HELD)
			}
			require.Contains(t, c.servers[rogue].log.String(), "msg=panic")
			require.NotContains(t, c.servers[rogue].log.String(), "index out of range")
			_, err := c.at("south", (rogue+1)%3).Retry(t.Context(), &partypb.JobRequest{JobHash: c.hash})
			require.NoError(t, err)
			c.untilDone(parties.PhaseTrain)
		})
	}
}
