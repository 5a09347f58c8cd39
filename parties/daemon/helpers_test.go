package daemon

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// long is how long tests wait for what must come, and tick how often they look.
const (
	long = 60 * time.Second
	tick = 5 * time.Millisecond
)

// keyOf is the key of somebody in these tests: always the same.
func keyOf(name string) identity.Key { return identity.FromSeed(sha256.Sum256([]byte(name))) }

var serverNames = [3]string{"alpha", "beta", "gamma"}

// swift are short times, so that tests need not wait.
func swift() pace {
	p := usualPace()
	p.probe, p.again, p.ask, p.beat = 100*time.Millisecond, 50*time.Millisecond, 10*time.Millisecond, 500*time.Millisecond
	p.call, p.setup, p.reserve = 2*time.Second, 3*time.Second, 2*time.Second
	p.strangers = 1000
	return p
}

// process is a server that can be stopped and started again.
type process struct {
	t       *testing.T
	config  Config
	address string
	http    net.Addr
	log     *logbook
	stop    context.CancelFunc
	done    chan error
}

// start runs a server on loopback, on the port that it had before.
func (p *process) start() {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up := make(chan [2]net.Addr, 1)
	c := p.config
	if p.address != "" {
		c.Listen = p.address
	}
	c.Ready = func(address, http net.Addr) { up <- [2]net.Addr{address, http} }
	p.stop, p.done = cancel, make(chan error, 1)
	go func() { p.done <- Run(ctx, c) }()
	select {
	case a := <-up:
		p.address, p.http = a[0].String(), a[1]
	case err := <-p.done:
		require.NoError(p.t, err)
		require.Fail(p.t, "server ended")
	case <-time.After(long):
		require.Fail(p.t, "server does not start")
	}
}

// end stops the server in order.
func (p *process) end() {
	p.t.Helper()
	if p.stop == nil {
		return
	}
	p.stop()
	select {
	case err := <-p.done:
		require.NoError(p.t, err)
	case <-time.After(long):
		require.Fail(p.t, "server does not end")
	}
	p.stop = nil
}

// logbook collects log lines.
type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.Write(p)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.String()
}

// consort are three servers, two owners and a job.
type consort struct {
	t       *testing.T
	servers [3]*process
	job     *parties.Job
	text    []byte // canonical
	hash    []byte
	files   map[string]string // of the owners
	start   string            // model that one of them hands in
	sides   map[string]*parties.OwnerSide
}

// newConsort starts three servers; change may alter the configuration of each.
func newConsort(t *testing.T, change ...func(server int, c *Config)) *consort {
	t.Helper()
	c := &consort{t: t, files: map[string]string{}}
	c.reset()
	dir := t.TempDir()
	for i, name := range serverNames {
		log := &logbook{}
		config := Config{
			Key: keyOf(name), Listen: "127.0.0.1:0", Store: filepath.Join(dir, name+".db"), HTTP: "127.0.0.1:0",
			Log: slog.New(slog.NewTextHandler(log, nil)), pace: swift(), Policy: policyOf(t, "owners: ["+known("north")+", "+known("south")+"]"),
		}
		for _, f := range change {
			f(i, &config)
		}
		c.servers[i] = &process{t: t, config: config, log: log}
		c.servers[i].start()
		t.Cleanup(c.servers[i].end)
	}
	c.write(dir)
	c.propose("epochs: 2, batch: 16")
	return c
}

// reset forgets what the owners have of a job.
func (c *consort) reset() { c.sides = map[string]*parties.OwnerSide{} }

// write writes the owners' files.
func (c *consort) write(dir string) {
	c.t.Helper()
	for i, owner := range []string{"north", "south"} {
		c.files[owner] = filepath.Join(dir, owner+".csv")
		require.NoError(c.t, os.WriteFile(c.files[owner], table(uint64(i), 40), 0o600))
	}
}

func known(name string) string {
	return fmt.Sprintf("{name: %s, key: %q}", name, keyOf(name).Fingerprint())
}

func policyOf(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := ParsePolicy("policy.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// table is a CSV file of two features and a target that depends on them.
func table(seed uint64, rows int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	var b bytes.Buffer
	b.WriteString("a,b,y\n")
	for range rows {
		x, z := r.NormFloat64(), r.NormFloat64()
		y := 0
		if x-z+0.3*r.NormFloat64() > 0 {
			y = 1
		}
		fmt.Fprintf(&b, "%.4f,%.4f,%d\n", x, z, y)
	}
	return b.Bytes()
}

// propose makes the job, with those settings of training.
func (c *consort) propose(train string) {
	c.t.Helper()
	var b strings.Builder
	b.WriteString("name: trial\ndata:\n  target: y\n  features: [a, b]\n  owners:\n")
	for _, o := range []string{"north", "south"} {
		fmt.Fprintf(&b, "    - {name: %s, key: %q, test_fraction: 0.25}\n", o, keyOf(o).Fingerprint())
	}
	fmt.Fprintf(&b, "model: logistic_regression\ntrain: {%s}\nservers:\n", train)
	for i, name := range serverNames {
		fmt.Fprintf(&b, "  - {id: %d, address: %q, key: %q}\n", i, c.servers[i].address, keyOf(name).Fingerprint())
	}
	c.take(b.String())
}

// take makes text the job.
func (c *consort) take(text string) {
	c.t.Helper()
	var err error
	c.job, err = parties.ParseJob("job.yaml", []byte(text))
	require.NoError(c.t, err)
	hash := c.job.Hash()
	c.text, c.hash = c.job.Canonical(), hash[:]
}

// at is what somebody calls on a server.
func (c *consort) at(who string, server int) partypb.ConsortiumClient {
	c.t.Helper()
	api, err := dialed(c.t, who, c.servers[server].address, serverNames[server])
	require.NoError(c.t, err, "server %d\n%s", server, c.servers[server].log)
	return api
}

func dialed(t *testing.T, who, address, server string) (partypb.ConsortiumClient, error) {
	t.Helper()
	conn, err := grpcnet.Dial(t.Context(), keyOf(who).Private(), grpcnet.Peer{Address: address, Key: keyOf(server).Public()})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	return partypb.NewConsortiumClient(conn), nil
}

// approval is that of a party.
func (c *consort) approval(who string) *partypb.Approval {
	c.t.Helper()
	a, err := parties.Approve(c.job, keyOf(who))
	require.NoError(c.t, err)
	return approvalMessage(a)
}

// approve has parties approve at all three servers.
func (c *consort) approve(who ...string) {
	c.t.Helper()
	for _, name := range who {
		for i := range c.servers {
			caller := name
			if strings.Contains("alpha beta gamma", name) {
				caller = "north" // passes it on
			}
			_, err := c.at(caller, i).Submit(c.t.Context(), &partypb.SubmitRequest{Job: c.text, Approvals: []*partypb.Approval{c.approval(name)}})
			require.NoError(c.t, err)
		}
	}
}

func (c *consort) approveAll() { c.approve("north", "south", "alpha", "beta", "gamma") }

// side is an owner's side of the job, with its rows.
func (c *consort) side(owner string) *parties.OwnerSide {
	c.t.Helper()
	if c.sides[owner] == nil {
		side, err := parties.NewOwnerSide(c.job, owner, parties.OwnerFiles{Rows: c.files[owner], Start: c.start}, func(string) {})
		require.NoError(c.t, err)
		c.sides[owner] = side
	}
	return c.sides[owner]
}

// until waits for a state of the job on a server.
func (c *consort) until(server int, state partypb.JobState) *partypb.JobStatus {
	c.t.Helper()
	return c.untilThat(server, stateWord(state), func(s *partypb.JobStatus) bool { return s.GetState() == state })
}

func (c *consort) untilThat(server int, what string, that func(*partypb.JobStatus) bool) *partypb.JobStatus {
	c.t.Helper()
	api := c.at("north", server)
	var last *partypb.JobStatus
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(tick) {
		s, err := api.Status(c.t.Context(), &partypb.JobRequest{JobHash: c.hash})
		if err == nil {
			if last = s; that(s) {
				return s
			}
		}
	}
	require.Failf(c.t, "state never came", "server %d: want %s, last %v\n%s", server, what, last, c.servers[server].log)
	return nil
}
