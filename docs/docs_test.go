// Package docs_test checks the job files that the documents show.
package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

// The job of docs/job.md spells out every default of the README's.
func TestDocsJobsMeanTheSame(t *testing.T) {
	small, full := job(t, "../README.md"), job(t, "job.md")
	require.Equal(t, string(small.Canonical()), string(full.Canonical()))
	require.Equal(t, small.Hash(), full.Hash())
}

// The job of docs/models.md is one, and no key of it is at its default in vain.
func TestDocsModels(t *testing.T) {
	j := job(t, "models.md")
	require.Equal(t, parties.NeuralNetwork, j.Model)
	require.Len(t, j.Layers, 8)
}

// job loads the one block of YAML in a document.
func job(t *testing.T, document string) *parties.Job {
	t.Helper()
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	blocks := strings.Split(string(text), "```yaml\n")
	require.Len(t, blocks, 2, "%s: want one block of YAML", document)
	block, _, _ := strings.Cut(blocks[1], "```")
	j, err := parties.ParseJob(document, []byte(block))
	require.NoError(t, err)
	return j
}
