package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// ownerVariable holds the order for an owner in a process of its own.
const ownerVariable = "TREFOIL_TEST_OWNER"

// ownerOrder is what a child does, and where it is killed.
type ownerOrder struct {
	Do, Job, Key, File string
	Dies               string // at what it tells, or at "sent ITEM SERVER"; empty: nowhere
}

// TestOwnerProcess is an owner when a test runs it as a child, and nothing else. It
// kills itself, as kill -9 does, at the place that it is told.
func TestOwnerProcess(t *testing.T) {
	text := os.Getenv(ownerVariable)
	if text == "" {
		t.Skip("only as a child of other tests")
	}
	var o ownerOrder
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	at := func(place string) {
		if o.Dies != "" && strings.HasPrefix(place, o.Dies) {
			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Kill())
			select {}
		}
	}
	c, err := client.Open(o.Job, o.Key)
	require.NoError(t, err)
	opt := client.Options{
		File: o.File, Tell: at,
		Sent: func(item string, server int, _, _ int64) { at(fmt.Sprintf("sent %s %d", item, server)) },
	}
	switch o.Do {
	case "approve":
		_, err = c.Approve(t.Context())
	case "share":
		_, err = c.Share(t.Context(), opt)
	case "fetch":
		_, err = c.Fetch(t.Context(), opt)
	}
	require.NoError(t, err)
}

// child prepares an owner in a process of its own.
func (w *world) child(do, owner, dies string) *exec.Cmd {
	text, err := json.Marshal(ownerOrder{do, w.path(w.job), w.path(owner + ".key"), w.path(owner + ".csv"), dies})
	require.NoError(w.t, err)
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	w.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestOwnerProcess$")
	cmd.Env = append(os.Environ(), ownerVariable+"="+string(text))
	return cmd
}

// dies runs an owner that is killed there.
func (w *world) dies(do, owner, there string) {
	w.t.Helper()
	begin := time.Now()
	out, err := w.child(do, owner, there).CombinedOutput()
	require.Less(w.t, time.Since(begin), 2*time.Minute, "it was to be killed at %q", there)
	require.Error(w.t, err, "it was to be killed at %q\n%s", there, out)
	require.NotContains(w.t, string(out), "FAIL", "it was to be killed at %q", there)
}

// lives runs an owner to the end.
func (w *world) lives(do, owner string) {
	w.t.Helper()
	out, err := w.child(do, owner, "").CombinedOutput()
	require.NoError(w.t, err, "%s", out)
}

// An owner that is killed while it uploads, while it waits, or between the steps,
// goes on with the same command, and nothing of what comes out differs.
func TestOwnerIsKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.approveAll()
	// Each item is killed on its way once: what was sent may have arrived.
	for _, place := range []string{"sent sums 0", "sums: handed in", "waiting for the standardiser"} {
		w.dies("share", "north", place)
	}
	south := make(chan error, 1)
	go func() {
		_, err := w.open("south").Share(t.Context(), w.options("south"))
		south <- err
	}()
	for _, place := range []string{"standardiser: got", "sent features 1", "features: handed in", "sent targets 0"} {
		w.dies("share", "north", place)
	}
	w.lives("share", "north")
	require.NoError(t, <-south)
	ledger := w.ledger("north")
	require.Len(t, ledger.Items, 3)
	require.NoError(t, w.open("north").CheckReceipts(ledger))

	for _, place := range []string{"standardiser: got", "model: got", "sent counts 1", "counts: handed in", "waiting for the metrics"} {
		w.dies("fetch", "north", place)
	}
	results := w.fetch()
	require.Equal(t, results["north"].Model, results["south"].Model)
	require.Equal(t, results["north"].Metrics.Test, results["south"].Metrics.Test)
	require.Equal(t, 20, results["north"].Cost.Steps, "training ran once")
	w.lives("fetch", "north")
}

// A party that is killed when some servers have its approval, and another does not
// answer, approves again.
func TestApprovalIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for ten seconds: so long does a call wait for an answer")
	}
	t.Parallel()
	w := newWorld(t, nil)
	for _, who := range []string{"server-0", "server-1", "server-2", "south"} {
		_, err := w.open(who).Approve(t.Context())
		require.NoError(t, err)
	}
	w.servers[2].stop()
	silent, err := net.Listen("tcp", w.servers[2].address) // takes connections, and says nothing
	require.NoError(t, err)
	cmd := w.child("approve", "north", "")
	require.NoError(t, cmd.Start())
	north := func(p parties.Party) bool { return p.Name == "north" }
	south := w.open("south")
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // server 2 does not answer
		defer cancel()
		st := south.Status(ctx)[0]
		return st.Err == nil && !slices.ContainsFunc(st.MissingApprovals, north)
	}, time.Minute, 50*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.NoError(t, silent.Close())

	w.servers[2] = w.serve(2, w.servers[2].address)
	w.lives("approve", "north")
	for _, st := range w.open("south").Status(t.Context()) {
		require.NoError(t, st.Err)
		require.Empty(t, st.MissingApprovals)
	}
	w.share()
}
