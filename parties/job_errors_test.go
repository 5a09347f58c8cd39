package parties

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite golden files")

const jobErrors = "testdata/job_errors.txtar"

// Every mistake is told with its exact text, place, excerpt and hint.
func TestJobErrors(t *testing.T) {
	archive, err := txtar.ParseFile(jobErrors)
	require.NoError(t, err)
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, out := archive.Files[i], &archive.Files[i+1]
		name := strings.TrimSuffix(in.Name, ".yaml")
		require.Equal(t, name+".err", out.Name)
		t.Run(name, func(t *testing.T) {
			got := explained(t, in.Data)
			if *update {
				out.Data = []byte(got)
			}
			require.Equal(t, string(out.Data), got)
		})
	}
	if *update {
		require.NoError(t, os.WriteFile(jobErrors, txtar.Format(archive), 0o666))
	}
}

// explained is what a user sees of the error of a job file.
func explained(t *testing.T, job []byte) string {
	j, err := ParseJob("job.yaml", job)
	require.Nil(t, j)
	var je *JobError
	require.True(t, errors.As(err, &je), "%v", err)
	require.Positive(t, je.Line)
	require.Positive(t, je.Column)
	lines := []string{je.Error()}
	for _, h := range je.Hints() {
		lines = append(lines, "hint: "+h)
	}
	return strings.Join(lines, "\n") + "\n"
}
