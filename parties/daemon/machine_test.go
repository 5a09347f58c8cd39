package daemon

import (
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// TestDiskFullWhileUploading gives a server a store that cannot grow, and later
// room again.
func TestDiskFullWhileUploading(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no limit on files to fill a disk with")
	}
	t.Parallel()
	c, children := newChildren(t)
	children[1].kill()
	children[1].order.FileLimit = 1 << 20
	children[1].start()
	c.propose("epochs: 1, batch: 16")
	c.approveAll()
	big := c.seal(1, sumsOfNorth, make([]byte, partypb.SplitSize), make([]byte, 4<<20))
	_, err := upload(t.Context(), c.at("north", 1), big)
	refused(t, err, codes.Unavailable, "the disk of this server is full: its operator has to make room")
	t.Log(err)
	require.Eventually(t, func() bool { return strings.Contains(children[1].log.String(), "beta.db") }, long, tick, "the log comes through a pipe")
	require.NotContains(t, err.Error(), "beta.db")
	c.share("south", parties.ItemSums) // small things still go in

	children[1].kill()
	children[1].order.FileLimit = 0
	children[1].start()
	c.share("north", parties.ItemSums)
	c.untilDone(parties.PhaseStandardise)
}

// TestTwoServersWithOneKey runs a second server with the key of server 1. It is in
// no session, and the job runs with the one at the job's address.
func TestTwoServersWithOneKey(t *testing.T) {
	c := newConsort(t)
	config := c.servers[1].config
	config.Store += ".second"
	second := &process{t: t, config: config, log: &logbook{}}
	second.start()
	t.Cleanup(second.end)
	first := c.servers[1]
	c.approveAll()
	c.servers[1] = second
	c.approveAll()
	s := c.untilThat(1, "peers", func(s *partypb.JobStatus) bool { return len(s.GetPeers()) == 2 })
	require.Equal(t, partypb.JobState_JOB_STATE_WAITING, s.GetState())
	c.share("north", parties.ItemSums)
	c.share("south", parties.ItemSums) // to the wrong one
	s = c.untilThat(0, "what server 1 lacks", func(s *partypb.JobStatus) bool {
		return s.GetWaitingFor() == "server 1 lacks sums of north, sums of south" // and nobody else
	})
	require.Equal(t, partypb.JobState_JOB_STATE_READY, s.GetState())
	c.servers[1] = first
	for _, o := range []string{"north", "south"} {
		for i, p := range c.cutAs(o, parties.ItemSums, "again") {
			p.head.Replace = true
			_, err := uploadFrom(t.Context(), c.at(o, i), p, 0)
			require.NoError(t, err)
		}
	}
	c.untilDone(parties.PhaseStandardise)
}

// TestOneStoreTwoServers starts a server on the store of another that runs.
func TestOneStoreTwoServers(t *testing.T) {
	c := newConsort(t)
	config := c.servers[1].config
	require.ErrorIs(t, Run(t.Context(), config), store.ErrLocked)
	config.Key, config.Store = keyOf("delta"), c.servers[0].config.Store
	require.Error(t, Run(t.Context(), config))
	config.Store, config.Listen = t.TempDir()+"/new.db", c.servers[1].address
	err := Run(t.Context(), config)
	require.ErrorContains(t, err, "listen on "+c.servers[1].address)
	config.Listen, config.HTTP = "127.0.0.1:0", c.servers[1].address
	require.ErrorContains(t, Run(t.Context(), config), "listen on "+c.servers[1].address)
}

func TestConfigErrors(t *testing.T) {
	for want, c := range map[string]Config{
		"without a key":       {Listen: ":0", Store: "x"},
		"without an address":  {Key: keyOf("alpha"), Store: "x"},
		"without a file":      {Key: keyOf("alpha"), Listen: ":0"},
		"no such file or dir": {Key: keyOf("alpha"), Listen: ":0", Store: t.TempDir() + "/none/x.db"},
	} {
		if want == "no such file or dir" && runtime.GOOS == "windows" {
			continue
		}
		require.ErrorContains(t, Run(t.Context(), c), want)
	}
}

// TestPartsOfTwoCuttings replaces a part on one server only: the servers find that
// before they begin.
func TestPartsOfTwoCuttings(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	c.share("north", parties.ItemSums)
	south := c.cut("south", parties.ItemSums)
	for i := range c.servers {
		if i == 2 { // from another cutting, and so with another name
			again := c.cutAs("south", parties.ItemSums, "another")
			south[i] = again[i]
		}
		_, err := upload(t.Context(), c.at("south", i), south[i])
		require.NoError(t, err)
	}
	c.untilThat(0, "who has to mend it", func(s *partypb.JobStatus) bool {
		return s.GetWaitingFor() == "server 2 at "+c.servers[2].address+": the sums of south here do not belong to those on server 0: their owner has to share them again, replacing them"
	})
	for i, p := range c.cutAs("south", parties.ItemSums, "third") {
		p.head.Replace = true
		_, err := uploadFrom(t.Context(), c.at("south", i), p, 0)
		require.NoError(t, err)
	}
	c.untilDone(parties.PhaseStandardise)
}

// TestPanicIsCaught ends in an error, and the server lives.
func TestPanicIsCaught(t *testing.T) {
	log := &logbook{}
	d := &daemon{Config: Config{Log: slog.New(Guarded(slog.NewTextHandler(log, nil)))}}
	var err error
	func() {
		defer d.caught("Hello", &err)
		panic(errors.New("secret 42"))
	}()
	refused(t, err, codes.Internal, "this server has a bug")
	require.NotContains(t, log.String(), "secret 42")
	require.Contains(t, log.String(), "TestPanicIsCaught")
}

// TestWatchersAreBounded, and a watch that nobody reads does not hold the server up.
func TestWatchersAreBounded(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.Policy.Limits.Watchers = 1 })
	c.approveAll()
	st, err := c.at("north", 0).Watch(t.Context(), &partypb.JobRequest{JobHash: c.hash})
	require.NoError(t, err)
	_, err = st.Recv()
	require.NoError(t, err)
	refused(t, first(c.at("south", 0).Watch(t.Context(), &partypb.JobRequest{JobHash: c.hash})), codes.ResourceExhausted, "1 watch already")
	c.servers[0].end()
	for err == nil {
		_, err = st.Recv()
	}
	require.Equal(t, codes.Unavailable, status.Code(err))
}

// TestIdleUploadEnds opens an upload and sends nothing more.
func TestIdleUploadEnds(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.pace.idle = 100e6 })
	c.approveAll()
	st, err := c.at("north", 0).Upload(t.Context())
	require.NoError(t, err)
	p := c.cut("north", parties.ItemSums)[0]
	require.NoError(t, st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Head{Head: p.head}}))
	var out partypb.UploadStateReply
	refused(t, st.RecvMsg(&out), codes.DeadlineExceeded, "nothing came or went for 100ms")
}

// TestTooManyJobs fills a server with jobs.
func TestTooManyJobs(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.Policy.Limits.Jobs = 1 })
	c.approve("north")
	c.propose("epochs: 7, batch: 16")
	refused(t, c.submit("north", 0, c.text), codes.ResourceExhausted, "want at most 1")
}
