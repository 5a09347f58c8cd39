package mpc_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts compares who sends how many words to whom in which round with
// testdata. A change there is a change of the protocol: two servers of different
// versions could not talk.
func TestTranscripts(t *testing.T) {
	var want []string
	for _, r := range protocols() {
		name := filepath.Join("testdata", r.file()+".golden")
		want = append(want, name)
		t.Run(r.name, func(t *testing.T) {
			trace := new(mpc.Trace)
			r.session(t, 65, trace)
			if *update {
				require.NoError(t, os.WriteFile(name, []byte(trace.String()), 0o644))
			}
			golden, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, string(golden), trace.String(), "go test -update rewrites testdata")
		})
	}
	have, err := filepath.Glob(filepath.Join("testdata", "*.golden"))
	require.NoError(t, err)
	require.ElementsMatch(t, want, have, "a transcript for each protocol and no other")
}
