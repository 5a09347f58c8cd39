package archtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the module's folder: tests run in the folder of their package.
const root = "../.."

func TestLadder(t *testing.T) {
	require.Empty(t, CheckLadder(Ladder))
	pkgs := Packages(load(t))
	none(t, CheckImports(pkgs, Ladder, TestOnly, DeniedStd))
	none(t, CheckUnused(pkgs, Ladder))
}

func TestSource(t *testing.T) {
	files := load(t)
	none(t, CheckSource(files, SourceRules))
	none(t, CheckPackageDocs(files))
	none(t, CheckFunctionLength(files))
}

func TestText(t *testing.T) {
	none(t, CheckText(loadText(t), TextRules))
}

func TestDocs(t *testing.T) {
	texts := loadText(t)
	none(t, CheckLinks(root, texts))
	none(t, CheckCitations(load(t), texts, read(t, referencesFile)))
	none(t, CheckPackageTable(Ladder, read(t, "docs/architecture.md")))
}

// The README opens with two commands; .ci/run runs them word for word.
func TestDocsReadmeOpensWithTwoCommands(t *testing.T) {
	require.Equal(t, []string{
		"go run ./cmd/trainer run examples/heart/job.yaml",
		"go test ./...",
	}, FencedCommands(read(t, "README.md")))
	ci := read(t, ".ci/run")
	require.Contains(t, ci, ".ci/readme 'go test '")
	require.Contains(t, ci, ".ci/readme 'go run '")
	require.Contains(t, ci, "make check")
}

func load(t *testing.T) []File {
	t.Helper()
	files, err := Load(root)
	require.NoError(t, err)
	require.Greater(t, len(files), 10, "the loader found nothing to check")
	return files
}

func loadText(t *testing.T) []Text {
	t.Helper()
	texts, err := LoadText(root)
	require.NoError(t, err)
	require.Greater(t, len(texts), 10, "the loader found nothing to check")
	return texts
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

func none(t *testing.T, violations []Violation) {
	t.Helper()
	for _, v := range violations {
		t.Error(v)
	}
}
