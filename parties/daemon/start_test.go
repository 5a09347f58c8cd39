package daemon

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// startFrom adds start to the job.
func (c *consort) startFrom(format string, args ...any) {
	c.t.Helper()
	c.take(strings.Replace(string(c.text), `"train":`, `"start": `+fmt.Sprintf(format, args...)+`, "train":`, 1))
}

// A server opens a public model when it is handed in, and takes only the one that was
// agreed on.
func TestAnotherStartingModel(t *testing.T) {
	c := newConsort(t)
	result := c.inOneProcess(nil)
	dir := filepath.Join(t.TempDir(), "out")
	require.NoError(t, parties.WriteOutput(dir, c.job, result))
	c.start = filepath.Join(dir, parties.FileModel)
	text, err := os.ReadFile(c.start)
	require.NoError(t, err)
	c.startFrom(`{"sha256": "%x"}`, sha256.Sum256(text))
	c.approveAll()
	it, split := parties.Item{What: parties.ItemStartFile, Owner: "north"}, make([]byte, partypb.SplitSize)

	other := append([]byte(" "), text...)
	_, err = upload(t.Context(), c.at("north", 1), c.seal(1, it, split, other))
	refused(t, err, codes.InvalidArgument, fmt.Sprintf("start-file of owner north is of no use to server 1 of job trial: the file has the SHA-256 %x, and start.sha256 is %x",
		sha256.Sum256(other), sha256.Sum256(text)))
	_, err = upload(t.Context(), c.at("south", 1), c.seal(1, it, split, text))
	refused(t, err, codes.PermissionDenied, "is not owner \"north\"")
	state, err := upload(t.Context(), c.at("north", 1), c.seal(1, it, split, text))
	require.NoError(t, err)
	require.True(t, state.GetComplete())
}

// A server refuses as many weights of a secret model as the job does not take.
func TestStartingWeightsOfAnotherSize(t *testing.T) {
	c := newConsort(t)
	c.startFrom(`{"owner": "south"}`)
	c.approveAll()
	it, split := parties.Item{What: parties.ItemStart, Owner: "south"}, make([]byte, partypb.SplitSize)
	for i, want := range []string{"2 weights, and the job takes 3 (linear1)", ""} {
		n := 2 + i
		parts, err := mpc.Split(make([]uint64, n), strings.NewReader(strings.Repeat("seeds of a test ", 8)))
		require.NoError(t, err)
		plain, err := mpc.PackPart(parts[2])
		require.NoError(t, err)
		_, err = upload(t.Context(), c.at("south", 2), c.seal(2, it, split, plain))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		refused(t, err, codes.InvalidArgument, "start of owner south is of no use to server 2 of job trial: "+want)
	}
}

// A server looks for no file that a job names.
func TestJobThatNamesAFileOfTheServer(t *testing.T) {
	c := newConsort(t)
	t.Chdir(t.TempDir())
	c.startFrom(`{"file": "model.json", "sha256": %q}`, strings.Repeat("0", 64))
	require.NoError(t, os.WriteFile("model.json", []byte("not this"), 0o600))
	c.approve("alpha")
	for i := range c.servers {
		require.NotContains(t, c.servers[i].log.String(), "SHA-256")
	}
}
