package client_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

// locally trains on the rows of a world in this process, with more lines in the job,
// and returns the model and its file.
func (w *world) locally(more string) (*parties.Model, string) {
	w.t.Helper()
	var text strings.Builder
	text.WriteString("name: study\ndata:\n  target: y\n  owners:\n")
	for _, o := range []string{"north", "south"} {
		text.WriteString(fmt.Sprintf("    - {name: %s, file: %s.csv, test_fraction: 0.2}\n", o, o))
	}
	job, err := parties.ParseJob(w.path("local.yaml"), []byte(text.String()+more))
	require.NoError(w.t, err)
	r, err := parties.Local(w.t.Context(), job, parties.Options{Engine: parties.EngineClear})
	require.NoError(w.t, err)
	out := filepath.Join(w.t.TempDir(), "out")
	require.NoError(w.t, parties.WriteOutput(out, job, r))
	return r.Model, filepath.Join(out, parties.FileModel)
}

// starting adds start to a job.
func starting(start string) func(job string) string {
	return func(job string) string {
		return strings.Replace(job, "model: logistic_regression\n", "model: logistic_regression\nstart: "+start+"\n", 1)
	}
}

// shareFrom hands in what both owners have, north the model of the file, too.
func (w *world) shareFrom(file string) {
	w.both(func(o string) error {
		opt := w.options(o)
		if o == "north" {
			opt.Start = file
		}
		_, err := w.open(o).Share(w.t.Context(), opt)
		return err
	})
}

func hashOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// The servers go on from an owner's secret model, and from a public one that an owner
// hands in: in both cases as one process does.
func TestStartingModel(t *testing.T) {
	for name, secret := range map[string]bool{"secret": true, "public": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			_, file := w.locally("train: {epochs: 20}\n")
			want, _ := w.locally(fmt.Sprintf("start: {file: %q}\n", file))
			start := "{owner: north}"
			if !secret {
				start = fmt.Sprintf("{sha256: %q}", hashOf(t, file))
			}
			w.change(starting(start))
			w.approveAll()
			_, err := w.open("north").Share(t.Context(), w.options("north"))
			require.ErrorContains(t, err, "owner north hands in the model to start from, and no file is named")
			w.shareFrom(file)
			got := w.fetch()["south"].Model
			for i, c := range want.Standardised.Coefficients {
				require.InDelta(t, c, got.Standardised.Coefficients[i], .01)
			}
			require.InDelta(t, want.Standardised.Intercept, got.Standardised.Intercept, .01)
		})
	}
}

// A public model beside the job file is pinned when the job is read; another one is
// refused with both hashes by whoever reads the job with it, and by its owner.
func TestStartingModelThatChanged(t *testing.T) {
	w := newWorld(t, nil)
	_, file := w.locally("train: {epochs: 1}\n")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.path("model.json"), text, 0o600))
	agreed := hashOf(t, file)
	w.change(starting("{file: model.json}"))
	require.Equal(t, agreed, w.open("server-0").Job.Start.SHA256)

	require.NoError(t, os.WriteFile(w.path("other.json"), append(text, ' '), 0o600))
	opt := w.options("north")
	opt.Start = w.path("other.json")
	w.approveAll()
	_, err = w.open("north").Share(t.Context(), opt)
	require.ErrorContains(t, err, "other.json has the SHA-256 "+hashOf(t, opt.Start)+", and start.sha256 is "+agreed)

	require.NoError(t, os.Rename(w.path("other.json"), w.path("model.json")))
	_, err = w.open("server-1").Approve(t.Context())
	require.NoError(t, err, "without a hash in the file it is another job")
	changed := w.open("south")
	_, err = changed.Share(t.Context(), w.options("south"))
	require.ErrorContains(t, err, "owner south has not approved this job")
}

// An owner that brings a model which the job does not take is told so.
func TestModelThatIsNotTaken(t *testing.T) {
	w := newWorld(t, starting("{owner: north}"))
	_, file := w.locally("train: {epochs: 1}\n")
	w.approveAll()
	opt := w.options("south")
	opt.Start = file
	_, err := w.open("south").Share(t.Context(), opt)
	require.ErrorContains(t, err, "the job takes no model of owner south")
	_, err = w.open("south").Receipts("")
	require.ErrorContains(t, err, "there are no receipts", "nothing was handed in")
}

// Whoever handed in the model can fetch when it lies elsewhere now: others may wait for
// its counts. Another model is refused.
func TestStartingModelThatMoved(t *testing.T) {
	w := newWorld(t, starting("{owner: north}"))
	_, file := w.locally("train: {epochs: 5}\n")
	_, other := w.locally("train: {epochs: 1}\n")
	w.approveAll()
	w.shareFrom(file)
	opt := w.options("north")
	opt.Start = other
	_, err := w.open("north").Share(t.Context(), opt)
	require.ErrorContains(t, err, "the rows or the model to start from are not those of which parts have been handed in before: "+w.path("north.csv")+" or "+other)
	opt.Start, opt.NoWait = "", true
	require.NoError(t, os.Rename(file, file+".moved"))
	_, err = w.open("north").Fetch(t.Context(), opt)
	require.ErrorContains(t, err, file+" cannot be read")
	opt.Start = file + ".moved"
	result, err := w.open("north").Fetch(t.Context(), opt)
	require.NoError(t, err)
	require.NotNil(t, result.Model)
}

// Training waits for the model, and status says so.
func TestWaitingForTheStartingModel(t *testing.T) {
	w := newWorld(t, func(job string) string { return ranges(starting("{owner: north}")(job)) })
	w.approveAll()
	_, err := w.open("south").Share(t.Context(), w.options("south"))
	require.NoError(t, err)
	for _, st := range w.open("south").Status(t.Context()) {
		require.NoError(t, st.Err)
		require.Contains(t, st.MissingParts, parties.Item{What: parties.ItemStart, Owner: "north"})
	}
}
