package archtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextRules(t *testing.T) {
	tests := []struct {
		name, line string
		want       []string
	}{
		{"clean", "see docs/architecture.md and https://example.org/root/x", nil},
		{"machine path", `open("/root/data.csv")`, []string{`a.md:2: machine path: "/root/d`}},
		{"registry", "set it to goproxy.example", []string{"a.md:2: registry host: goproxy."}},
		{"open end", "// TODO: later", []string{"a.md:2: open end: TODO"}},
		{"open end with its issue", "// TODO(#12): later", nil},
		{"carriage return", "line\r", []string{"a.md:2: carriage return: "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, v := range CheckText([]Text{{"a.md", []byte("first\n" + tt.line + "\nlast\n")}}, TextRules) {
				got = append(got, v.Where+": "+v.What)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// In a worktree .git is a file with the path of the repository.
func TestLoadTextWithoutVersionControl(t *testing.T) {
	for _, name := range []string{".git", ".git/config", "bin/out.txt"} {
		root := t.TempDir()
		write := func(name string) {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte("x"), 0o600))
		}
		write(name)
		write("a.md")
		texts, err := LoadText(root)
		require.NoError(t, err)
		require.Equal(t, []Text{{"a.md", []byte("x")}}, texts, name)
	}
}

func TestTextRuleSkipsItsFiles(t *testing.T) {
	require.Empty(t, CheckText([]Text{{"internal/archtest/text.go", []byte("TODO")}}, TextRules))
	require.Len(t, CheckText([]Text{{"internal/archtest/load.go", []byte("TODO")}}, TextRules), 1)
}
