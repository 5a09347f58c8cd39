package daemon

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// moment is one message of one server.
type moment struct {
	rogue   int
	session int32 // counts from 1; 0 for any
	those   func(transport.Tag) bool
	nth     int32
}

// inTraining is the 40th message that counts as a round: those of the first phase are
// fewer.
func inTraining(rogue int) moment { return moment{rogue: rogue, those: inPhase, nth: 40} }

// inMeasuring is the first ping, after two keys, two answers and what two servers are told
// of each other's.
func inMeasuring(rogue int) moment {
	return moment{rogue: rogue, session: 2, those: isMeasuring, nth: 7}
}

func inPhase(tag transport.Tag) bool     { return tag.Depth > 0 }
func isMeasuring(tag transport.Tag) bool { return tag.Depth == 0 && tag.Lane != doneLane }

// tampered has a server do something with one message.
func tampered(m moment, hook transport.Hook) func(int, *Config) {
	var sessions, sent atomic.Int32
	return func(server int, c *Config) {
		c.pace.pulse, c.pace.tell, c.pace.show = 20*time.Millisecond, 100*time.Millisecond, 300*time.Millisecond
		if server != m.rogue {
			return
		}
		c.tamper = func(conn transport.Conn) transport.Conn {
			session := sessions.Add(1)
			return transport.Inject(conn, func(from, to int, tag transport.Tag, words []uint64) transport.Fault {
				if (m.session == 0 || m.session == session) && m.those(tag) && sent.Add(1) == m.nth {
					return hook(from, to, tag, words)
				}
				return transport.Fault{}
			})
		}
	}
}

// untilReleased is a message that waits.
func untilReleased(release <-chan struct{}) transport.Hook {
	return func(int, int, transport.Tag, []uint64) transport.Fault {
		<-release
		return transport.Fault{}
	}
}

// TestStallIsNamed has a server stop in the middle, with its network alive: the
// others say for whom they wait. Then it goes on.
func TestStallIsNamed(t *testing.T) {
	for what, when := range map[string]func(int) moment{"training": inTraining, "measuring the links": inMeasuring} {
		for rogue := range 3 {
			t.Run(what+" "+serverNames[rogue], func(t *testing.T) {
				release := make(chan struct{})
				c := newConsort(t, tampered(when(rogue), untilReleased(release)))
				c.runToTraining()
				c.shareRows()
				begin := time.Now()
				for _, i := range []int{(rogue + 1) % 3, (rogue + 2) % 3} {
					s := c.untilThat(i, "name", func(s *partypb.JobStatus) bool {
						return strings.HasPrefix(s.GetWaitingFor(), serverName(rogue)+" at "+c.servers[rogue].address+", from which nothing has come for")
					})
					require.Equal(t, partypb.JobState_JOB_STATE_RUNNING, s.GetState())
					require.Equal(t, what, s.GetProgress().GetWhat())
				}
				require.Less(t, time.Since(begin), 10*time.Second)
				close(release)
				c.untilDone(parties.PhaseTrain)
			})
		}
	}
}

// TestStallEnds lets a server sleep longer than the others are willing to wait.
func TestStallEnds(t *testing.T) {
	for what, when := range map[string]func(int) moment{"training": inTraining, "measuring the links": inMeasuring} {
		t.Run(what, func(t *testing.T) {
			release := make(chan struct{})
			c := newConsort(t, tampered(when(1), untilReleased(release)), func(_ int, c *Config) {
				if what == "training" {
					c.pace.stall = time.Second
				} else {
					c.pace.measure = time.Second
				}
			})
			c.runToTraining()
			c.shareRows()
			for _, i := range []int{0, 2} {
				f := c.named(i, 1)
				require.Contains(t, f.GetReason(), "sent nothing for too long")
			}
			close(release)
			c.untilDone(parties.PhaseTrain)
		})
	}
}

// TestLostMessageEnds drops a message: nothing hangs, and the phase runs again.
func TestLostMessageEnds(t *testing.T) {
	for what, when := range map[string]func(int) moment{"training": inTraining, "measuring the links": inMeasuring} {
		t.Run(what, func(t *testing.T) {
			c := newConsort(t, tampered(when(2), func(int, int, transport.Tag, []uint64) transport.Fault {
				return transport.Fault{Drop: true}
			}), func(_ int, c *Config) {
				c.pace.deadlock = 2 * time.Second
				c.pace.show = 1500 * time.Millisecond // until then a server may just be slow to compute, which is told truly
			})
			c.runToTraining()
			c.shareRows()
			for i := range c.servers {
				require.Contains(t, c.named(i, -1).GetReason(), "a message between the servers was lost")
			}
			c.untilDone(parties.PhaseTrain)
		})
	}
}

// TestCulprit follows who waits for whom.
func TestCulprit(t *testing.T) {
	since := time.Now()
	d := &daemon{Config: Config{pace: usualPace()}}
	before, after := since.Add(time.Second), since.Add(2*time.Second)
	all := [3]time.Time{after, after, after}
	for _, try := range []struct {
		self  int
		waits [3][]uint32
		asked [3]time.Time
		want  int
		sure  bool
	}{
		{0, [3][]uint32{{1}, {}, {}}, all, 1, true},
		{0, [3][]uint32{{1}, {2}, {}}, all, 2, true},
		{0, [3][]uint32{{1}, {2}, {0}}, all, -1, false},
		{0, [3][]uint32{{1}, {0}, {}}, all, -1, false},
		{0, [3][]uint32{{1, 2}, {0, 2}, {1}}, all, -1, false},
		{2, [3][]uint32{{}, {0}, {1}}, all, 0, true},
		{1, [3][]uint32{{7}, {0}, {}}, all, -1, false},
		// What was asked before the silence was noticed says nothing.
		{0, [3][]uint32{{1}, {}, {}}, [3]time.Time{}, 1, false},
		{0, [3][]uint32{{1}, {}, {}}, [3]time.Time{after, before, after}, 1, false},
		{0, [3][]uint32{{1}, {2}, {}}, [3]time.Time{after, before, after}, 1, false},
		{0, [3][]uint32{{1}, {2}, {}}, [3]time.Time{after, after, before}, 2, false},
		{0, [3][]uint32{{1, 2}, {}, {}}, [3]time.Time{after, before, after}, 2, true},
		{0, [3][]uint32{{1, 2}, {0, 2}, {1}}, [3]time.Time{after, after, before}, 2, false},
	} {
		j := &job{d: d, self: try.self, asked: try.asked}
		for i := range j.peers {
			j.peers[i] = &partypb.PeerState{Progress: &partypb.Progress{WaitsFor: try.waits[i]}}
		}
		got, sure := j.culprit(try.waits[try.self], since)
		require.Equal(t, try.want, got, "%+v", try)
		require.Equal(t, try.sure, sure, "%+v", try)
	}
}

// TestSilenceIsTold says how sure a server is of whom it waits for.
func TestSilenceIsTold(t *testing.T) {
	spec := &parties.Job{Servers: []parties.Server{{Address: "a:1"}, {Address: "b:1"}, {Address: "c:1"}}}
	j := &job{d: &daemon{Config: Config{pace: usualPace()}}, spec: spec}
	p := &partypb.Progress{WaitsFor: []uint32{1}, QuietNanos: uint64(3 * time.Second)}
	require.Empty(t, j.silence(p))
	p.QuietNanos = uint64(4 * time.Second)
	require.Equal(t, "server 1 at b:1, or one that it waits for: nothing has come for 4s", j.silence(p))
	j.asked[1] = time.Now()
	require.Equal(t, "server 1 at b:1, from which nothing has come for 4s", j.silence(p))
	j.peers[1] = &partypb.PeerState{Progress: &partypb.Progress{WaitsFor: []uint32{0}}}
	require.Equal(t, "each other: no message has come for 4s", j.silence(p))
}
