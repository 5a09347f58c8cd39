package client_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// Both owners get the same model, their own quality, and the metrics of all; and
// again when they fetch again, also when the servers were started anew.
func TestConsortium(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	w.share()
	first := w.fetch()
	require.Equal(t, first["north"].Model, first["south"].Model)
	require.Len(t, first["north"].Model.Coefficients, 2)
	require.Greater(t, first["north"].Metrics.Test.Accuracy, 0.8)
	require.Equal(t, first["north"].Metrics.Test, first["south"].Metrics.Test)
	require.NotNil(t, first["north"].Metrics.Owners["north"].Alone)
	require.Equal(t, 20, first["north"].Cost.Steps, "10 epochs of two steps")
	require.Len(t, first["north"].Audit, 4)
	for i, s := range w.servers {
		s.stop()
		w.servers[i] = w.serve(i, s.address)
	}
	second := w.fetch()
	for _, o := range []string{"north", "south"} {
		require.Equal(t, first[o].Model, second[o].Model)
		require.Equal(t, first[o].Metrics, second[o].Metrics)
	}
}

// fetch is done by both owners at once, since each waits for the other's counts.
func (w *world) fetch() map[string]*parties.Result {
	var mu sync.Mutex
	results := map[string]*parties.Result{}
	w.both(func(o string) error {
		r, err := w.open(o).Fetch(w.t.Context(), client.Options{Tell: w.options(o).Tell})
		mu.Lock()
		defer mu.Unlock()
		results[o] = r
		return err
	})
	return results
}

// ranges is a job whose rows can be shared without waiting for another owner.
func ranges(job string) string {
	return strings.Replace(job, "standardise: joint", "standardise: ranges\n  ranges: {a: [0, 10], b: [-400, 400]}", 1)
}

// A share that is interrupted goes on with the same parts.
func TestShareGoesOn(t *testing.T) {
	w := newWorld(t, ranges)
	w.approveAll()
	ctx, cancel := context.WithCancelCause(t.Context())
	opt := w.options("north")
	enough := errors.New("enough")
	opt.Sent = func(string, int, int64, int64) { cancel(enough) }
	c := w.open("north")
	_, err := c.Share(ctx, opt)
	require.Error(t, err)

	opt.Sent = nil
	ledger, err := c.Share(t.Context(), opt)
	require.NoError(t, err)
	require.NoError(t, c.CheckReceipts(ledger))
	again, err := c.Share(t.Context(), opt)
	require.NoError(t, err)
	require.Equal(t, ledger.Items, again.Items)
	files, err := os.ReadDir(ledger.Dir())
	require.NoError(t, err)
	require.Len(t, files, 1, "sealed parts are removed once the servers have them")
}

// A receipt holds for the part it was given for only.
func TestForgedReceipt(t *testing.T) {
	w := newWorld(t, ranges)
	w.approveAll()
	c := w.open("north")
	ledger, err := c.Share(t.Context(), w.options("north"))
	require.NoError(t, err)
	require.NoError(t, c.CheckReceipts(ledger))
	ledger.Items["targets"].Parts[1].Length++
	require.ErrorContains(t, c.CheckReceipts(ledger), "receipt of server 1 for targets")
}

// Rows that have changed since they were shared are not mixed with those that
// were.
func TestChangedRows(t *testing.T) {
	w := newWorld(t, ranges)
	w.approveAll()
	c := w.open("north")
	_, err := c.Share(t.Context(), w.options("north"))
	require.NoError(t, err)
	w.table("north", 161, 1)
	_, err = c.Share(t.Context(), w.options("north"))
	require.ErrorContains(t, err, "north.csv has changed, or it is another file")
}

// An owner that has lost its receipts is not let hand in a second cutting unless
// it says so.
func TestLostReceipts(t *testing.T) {
	w := newWorld(t, ranges)
	w.approveAll()
	c := w.open("north")
	ledger, err := c.Share(t.Context(), w.options("north"))
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(ledger.Dir()))
	_, err = c.Share(t.Context(), w.options("north"))
	require.ErrorContains(t, err, "receipts.json is not here")
	opt := w.options("north")
	opt.Replace = true
	again, err := c.Share(t.Context(), opt)
	require.NoError(t, err)
	require.NotEqual(t, ledger.Items["features"].Split, again.Items["features"].Split)
	_, err = w.open("south").Share(t.Context(), w.options("south"))
	require.NoError(t, err)
	require.NotNil(t, w.fetch()["north"].Model)
}

// Before anything can be handed in, everybody has to have approved.
func TestSharingTooEarly(t *testing.T) {
	w := newWorld(t, ranges)
	_, err := w.open("north").Share(t.Context(), w.options("north"))
	require.ErrorContains(t, err, "owner north has not approved this job")
	_, err = w.open("server-0").Share(t.Context(), w.options("north"))
	require.ErrorContains(t, err, "the key is that of server 0, and only an owner has rows")
}

// An owner's approval that no server takes is an error; the operators come first.
func TestApprovalOfAStranger(t *testing.T) {
	w := newWorld(t, ranges)
	_, err := w.open("north").Approve(t.Context())
	require.ErrorContains(t, err, "is the first to approve the job")
	done, err := w.open("server-1").Approve(t.Context())
	require.NoError(t, err)
	require.Len(t, done.Untold, 2)
	require.Len(t, done.Missing, 4)
}

// A key that the job does not name opens nothing.
func TestKeyOfAnotherJob(t *testing.T) {
	w := newWorld(t, ranges)
	w.keygen("stranger")
	_, err := client.Open(w.path(w.job), w.path("stranger.key"))
	require.ErrorContains(t, err, "is of no owner and no server of job study")
	c, err := client.OpenAnybody(w.path(w.job), w.path("stranger.key"))
	require.NoError(t, err)
	defer c.Close()
	for _, st := range c.Status(t.Context()) {
		require.ErrorContains(t, st.Err, "is not known to this server")
	}
}

// A cancelled job says so to whoever waits, and why.
func TestCancelled(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	shared, waits := make(chan error, 1), make(chan struct{})
	var once sync.Once
	opt := w.options("north")
	opt.Tell = func(text string) {
		if strings.HasPrefix(text, "waiting for") {
			once.Do(func() { close(waits) })
		}
	}
	go func() {
		_, err := w.open("north").Share(t.Context(), opt)
		shared <- err
	}()
	select {
	case <-waits:
	case err := <-shared:
		require.NoError(t, err)
	}
	all, err := w.open("south").Cancel(t.Context(), "a new vote")
	require.NoError(t, err)
	for _, st := range all {
		require.Equal(t, client.StateCancelled, st.State, st.Error)
		require.Equal(t, "a new vote", st.WaitingFor)
	}
	err = <-shared
	require.ErrorContains(t, err, "the job was cancelled by owner south")
	require.ErrorContains(t, err, ": a new vote")
}
