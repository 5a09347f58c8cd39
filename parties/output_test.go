package parties

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func listing(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func read(t *testing.T, path ...string) []byte {
	b, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return b
}

// checkOutput tells whether dir holds a whole output of the sample and nothing
// else.
func checkOutput(t *testing.T, dir string, j *Job) {
	require.Equal(t, slices.Sorted(slices.Values(outputFiles())), listing(t, dir))
	require.JSONEq(t, sampleJSON, string(read(t, dir, FileResult)))
	var whole struct{ Model, Metrics json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(sampleJSON), &whole))
	require.JSONEq(t, string(whole.Model), string(read(t, dir, FileModel)))
	require.JSONEq(t, string(whole.Metrics), string(read(t, dir, FileMetrics)))
	require.Equal(t, j.Hash(), sha256.Sum256(read(t, dir, FileJob)))
	lines := bytes.Split(bytes.TrimSpace(read(t, dir, FileAudit)), []byte("\n"))
	require.Len(t, lines, 1)
	require.JSONEq(t, `{"seq": 0, "what": "model/final", "to": ["north"], "step": "final", "values": 3, "round": 599}`, string(lines[0]))
}

func TestWriteOutputToANewFolder(t *testing.T) {
	home, j := t.TempDir(), parseJob(t, smallest)
	dir := filepath.Join(home, "runs", "first")
	require.NoError(t, CheckOutput(dir))
	require.Empty(t, listing(t, home), "checking leaves nothing behind")
	require.NoError(t, WriteOutput(dir, j, sample()))
	checkOutput(t, dir, j)
	require.Equal(t, []string{"first"}, listing(t, filepath.Join(home, "runs")))
}

func TestWriteOutputReplacesAnEarlierOne(t *testing.T) {
	dir, j := t.TempDir(), parseJob(t, smallest)
	other := sample()
	other.Audit = nil
	require.NoError(t, WriteOutput(dir, j, other), "an empty folder")
	require.Empty(t, read(t, dir, FileAudit))
	require.NoError(t, CheckOutput(dir))
	require.NoError(t, WriteOutput(dir, j, sample()))
	checkOutput(t, dir, j)
}

func TestWriteOutputFollowsALink(t *testing.T) {
	home, j := t.TempDir(), parseJob(t, smallest)
	target, link := filepath.Join(home, "target"), filepath.Join(home, "link")
	require.NoError(t, os.Mkdir(target, 0o700))
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	require.NoError(t, WriteOutput(link, j, sample()))
	checkOutput(t, target, j)
	require.NoError(t, os.RemoveAll(target))
	require.EqualError(t, CheckOutput(link), "output folder "+link+": is a link to nowhere, want a folder")
}

func TestWriteOutputLeavesOtherFilesAlone(t *testing.T) {
	dir, j := t.TempDir(), parseJob(t, smallest)
	note := filepath.Join(dir, "thesis.tex")
	require.NoError(t, os.WriteFile(note, []byte("dear"), 0o600))
	for _, err := range []error{CheckOutput(dir), WriteOutput(dir, j, sample())} {
		require.EqualError(t, err, "output folder "+dir+": holds thesis.tex, which is no output of a run")
	}
	require.Equal(t, []string{"thesis.tex"}, listing(t, dir))
	require.EqualError(t, CheckOutput(note), "output folder "+note+": is a file, want a folder")
	require.Error(t, CheckOutput(filepath.Join(note, "out")))

	named := t.TempDir() // a folder that has the name of one of our files
	require.NoError(t, os.Mkdir(filepath.Join(named, FileModel), 0o700))
	require.ErrorContains(t, CheckOutput(named), "holds model.json, which is no output of a run")
}

// Files with our names that no run wrote are left alone, too, beside an output or
// without one.
func TestWriteOutputLeavesForeignModelsAlone(t *testing.T) {
	j := parseJob(t, smallest)
	for name, c := range map[string]struct {
		file, text, want string
		beside           bool // an output
	}{
		"model":           {FileModel, `{"layers": 3}`, "holds model.json and no result.json, so no run wrote it", false},
		"job":             {FileJob, `{"name": "other"}`, "holds job.json and no result.json, so no run wrote it", false},
		"result":          {FileResult, `{"accuracy": 1}`, "holds a result.json that no run wrote", false},
		"text":            {FileResult, "fine", "holds a result.json that no run wrote", false},
		"model of others": {FileModel, `{"layers": 3}`, "holds a model.json that is not the model of its result.json", true},
		"no JSON":         {FileModel, "weights", "holds a model.json that is not the model of its result.json", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if c.beside {
				require.NoError(t, WriteOutput(dir, j, sample()))
			}
			path, before := filepath.Join(dir, c.file), listing(t, dir)
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			for _, err := range []error{CheckOutput(dir), WriteOutput(dir, j, sample())} {
				require.EqualError(t, err, "output folder "+dir+": "+c.want)
			}
			require.Equal(t, c.text, string(read(t, path)))
			require.Len(t, listing(t, dir), max(1, len(before)))
		})
	}
}

// An output without a model, or from which one was taken away, is one.
func TestWriteOutputReplacesOneWithoutModel(t *testing.T) {
	dir, j := t.TempDir(), parseJob(t, smallest)
	secret := sample()
	secret.Model = nil
	require.NoError(t, WriteOutput(dir, j, secret))
	require.NoError(t, WriteOutput(dir, j, sample()))
	require.NoError(t, os.Remove(filepath.Join(dir, FileModel)))
	require.NoError(t, WriteOutput(dir, j, sample()))
	checkOutput(t, dir, j)
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("needs a user who can be refused")
	}
	home := t.TempDir()
	require.NoError(t, os.Chmod(home, 0o500))
	require.ErrorContains(t, CheckOutput(filepath.Join(home, "out")), "cannot be written: permission denied")
}

// A result that has no JSON form is told, and the folder keeps what it had.
func TestWriteOutputIsAllOrNothing(t *testing.T) {
	home, j := t.TempDir(), parseJob(t, smallest)
	dir := filepath.Join(home, "out")
	broken := sample()
	broken.Model.Intercept = math.NaN()
	require.ErrorContains(t, WriteOutput(dir, j, broken), "unsupported value: NaN")
	require.Empty(t, listing(t, home))

	require.NoError(t, WriteOutput(dir, j, sample()))
	require.Error(t, WriteOutput(dir, j, broken))
	checkOutput(t, dir, j)
}

// What a killed run left behind does not stand in the way of the next.
func TestWriteOutputBesideALeftOver(t *testing.T) {
	dir, j := t.TempDir(), parseJob(t, smallest)
	left := filepath.Join(dir, ".trefoil-123")
	require.NoError(t, os.MkdirAll(prepared(left), 0o700))
	require.NoError(t, WriteOutput(dir, j, sample()))
	require.NoError(t, os.Remove(filepath.Join(dir, FileResult)))
	require.NoError(t, WriteOutput(dir, j, sample()), "killed as it moved files")
	require.NoError(t, os.RemoveAll(left))
	checkOutput(t, dir, j)
}
