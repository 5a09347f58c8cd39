package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// standardised has everybody approve, south share, and north up to where its sums
// are used and the features are not handed in. It returns north's ledger.
func (w *world) standardised() *client.Ledger {
	w.approveAll()
	south := make(chan error, 1)
	go func() {
		_, err := w.open("south").Share(w.t.Context(), w.options("south"))
		south <- err
	}()
	ctx, cancel := context.WithCancelCause(w.t.Context())
	opt := w.options("north")
	opt.Sent = func(item string, _ int, _, _ int64) {
		if item == "features" {
			cancel(errors.New("enough"))
		}
	}
	_, err := w.open("north").Share(ctx, opt)
	require.Error(w.t, err)
	require.NoError(w.t, <-south)
	return w.ledger("north")
}

// ledger is what an owner has on its disk.
func (w *world) ledger(owner string) *client.Ledger {
	files, err := filepath.Glob(w.path("study-" + owner + "-*/receipts.json"))
	require.NoError(w.t, err)
	require.Len(w.t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(w.t, err)
	l := &client.Ledger{}
	require.NoError(w.t, json.Unmarshal(text, l))
	return l
}

// What a phase has used is not replaced, and does not keep an owner from replacing
// what training has yet to use.
func TestReplaceBetweenPhases(t *testing.T) {
	w := newWorld(t, nil)
	before := w.standardised()
	opt := w.options("north")
	opt.Replace = true
	c := w.open("north")
	after, err := c.Share(t.Context(), opt)
	require.NoError(t, err)
	require.Equal(t, before.Items["sums"], after.Items["sums"], "used already")
	require.NotEqual(t, before.Items["features"].Split, after.Items["features"].Split)
	require.NoError(t, c.CheckReceipts(after))
	require.NotNil(t, w.fetch()["north"].Model)

	again, err := c.Share(t.Context(), opt)
	require.NoError(t, err, "all is used by now")
	require.Equal(t, after.Items["features"], again.Items["features"])
	require.NoError(t, c.CheckReceipts(again))
}

// Receipts that are lost between the phases are given again.
func TestLostReceiptsBetweenPhases(t *testing.T) {
	for _, replace := range []bool{false, true} {
		w := newWorld(t, nil)
		before := w.standardised()
		dirs, err := filepath.Glob(w.path("study-north-*"))
		require.NoError(t, err)
		require.NoError(t, os.RemoveAll(dirs[0]))
		opt := w.options("north")
		opt.Replace = replace
		c := w.open("north")
		after, err := c.Share(t.Context(), opt)
		if !replace && err != nil { // a part of the features has got there
			require.ErrorContains(t, err, "parts of features are at the servers")
			opt.Replace = true
			after, err = c.Share(t.Context(), opt)
		}
		require.NoError(t, err)
		require.Equal(t, before.Items["sums"], after.Items["sums"])
		require.NoError(t, c.CheckReceipts(after))
		require.NotNil(t, w.fetch()["north"].Model)
	}
}

// A replacement that no server can be told of leaves the ledger as it was; one that
// was broken off goes on with the parts that were cut.
func TestReplacementThatBreaksOff(t *testing.T) {
	w := newWorld(t, ranges)
	w.approveAll()
	c := w.open("north")
	_, err := c.Share(t.Context(), w.options("north"))
	require.NoError(t, err)
	before := w.ledger("north")

	ctx, cancel := context.WithCancelCause(t.Context())
	opt := w.options("north")
	opt.Replace = true
	opt.Sent = func(string, int, int64, int64) { cancel(errors.New("enough")); time.Sleep(time.Second) }
	_, err = c.Share(ctx, opt)
	require.Error(t, err)
	left := w.ledger("north").Items["features"]
	if next := left.Next; next != nil {
		require.Equal(t, before.Items["features"].Parts, left.Parts, "no server has taken the new parts")
		left = next
	}
	opt.Sent = nil
	after, err := c.Share(t.Context(), opt)
	require.NoError(t, err)
	require.Equal(t, left.Split, after.Items["features"].Split, "the cutting that was begun")
	require.NoError(t, c.CheckReceipts(after))
	files, err := os.ReadDir(after.Dir())
	require.NoError(t, err)
	require.Len(t, files, 1)
	_, err = w.open("south").Share(t.Context(), w.options("south"))
	require.NoError(t, err)
	require.NotNil(t, w.fetch()["north"].Model)
}

// A server that has lost a phase which is over ends what its owners wait for, with
// that reason.
func TestServerThatLostAPhase(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	w.share()
	w.fetch()
	w.servers[1].stop()
	require.NoError(t, os.Remove(w.path("server-1.db")))
	w.servers[1] = w.serve(1, w.servers[1].address)
	const lost = "server 1 has lost phase standardise, which is over at server 0: run the job again under another name"
	look := func() {
		_, err := w.open("north").Share(t.Context(), w.options("north"))
		require.ErrorContains(t, err, lost)
		_, err = w.open("north").Fetch(t.Context(), client.Options{Tell: w.options("north").Tell})
		require.ErrorContains(t, err, lost)
	}
	look() // it does not know the job
	_, err := w.open("server-1").Approve(t.Context())
	require.NoError(t, err)
	look() // it waits for sums
}
