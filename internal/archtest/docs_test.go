package archtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckLinks(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "docs"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "README.md"), nil, 0o600))
	text := Text{"docs/a.md", []byte("[up](../README.md#top) [here](#x) [site](https://example.org/a) [gone](b.md)")}
	require.Equal(t, []string{"docs/a.md: links to b.md, which does not exist (a link leads somewhere)"},
		strs(CheckLinks(root, []Text{text})))
	require.Empty(t, CheckLinks(root, []Text{{"a.go", []byte("[x](gone.md)")}}))
}

func TestCheckCitations(t *testing.T) {
	code := parse(t, "a/a.go", "// F is [ABY3, §5.1] after [New25] and [Uint64]; see [Party].\nfunc F() {}")
	texts := []Text{{"docs/a.md", []byte("as in [AFLNO16]")}}
	refs := "* **[ABY3]** A.\n* **[AFLNO16]** B.\n* **[Old10]** C.\n"
	require.Equal(t, []string{
		"a/a.go:2: cites [New25] (docs/references.md does not define it)",
		"docs/references.md: [Old10] is cited nowhere (the list holds what is used)",
	}, strs(CheckCitations([]File{code}, texts, refs)))
}

func TestCheckPackageTable(t *testing.T) {
	require.Empty(t, CheckPackageTable([]Rung{{Package: "a"}}, "| `a` | first |"))
	require.Len(t, CheckPackageTable([]Rung{{Package: "a"}}, "| a/b |"), 1)
}

func TestFencedCommands(t *testing.T) {
	require.Equal(t, []string{"one", "two x"}, FencedCommands("# T\n```sh\none\n\ntwo x   # why\n```\n```\nthree\n```\n"))
	require.Empty(t, FencedCommands("no block"))
}
