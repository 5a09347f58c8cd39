package client_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestTemplateTakesTheColumnsOfATable(t *testing.T) {
	for _, c := range []struct{ name, csv, target, wantTarget, wantFeatures string }{
		{"last column", "a,b,c\n1,2,0\n3,4,1\n", "", "c", "\"a\", \"b\"\n"},
		{"known name", "\ufeffLabel,b,c\n1,2,0\n0,4,1\n", "", "Label", "\"b\", \"c\"\n"},
		{"asked for", "a,b,c\n1,2,0\n0,4,1\n", "a", "a", "\"b\", \"c\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := filepath.Join(t.TempDir(), "job.yaml")
			target, err := client.WriteTemplate(job, client.Template{Data: write(t, "x.csv", c.csv), Target: c.target})
			require.NoError(t, err)
			require.Equal(t, c.wantTarget, target)
			text, err := os.ReadFile(job)
			require.NoError(t, err)
			require.Contains(t, string(text), "\n  target: \""+c.wantTarget+"\"\n")
			require.Contains(t, string(text), "\n    "+c.wantFeatures)
		})
	}
}

func TestTemplateNeverOverwrites(t *testing.T) {
	job := write(t, "job.yaml", "mine")
	_, err := client.WriteTemplate(job, client.Template{})
	require.ErrorContains(t, err, "is there already")
	text, err := os.ReadFile(job)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
}

// A table that training would refuse is refused here, and no job is written.
func TestTemplateRefusesABadTable(t *testing.T) {
	job := filepath.Join(t.TempDir(), "job.yaml")
	for text, want := range map[string]string{
		"":                   "cannot read the header row",
		"a,b\n1,7\n":         "x.csv:2: column 2 \"b\"",
		"a,b,target\n1,,0\n": "missing cell",
	} {
		_, err := client.WriteTemplate(job, client.Template{Data: write(t, "x.csv", text)})
		require.ErrorContains(t, err, want)
		require.NoFileExists(t, job)
	}
	_, err := client.WriteTemplate(job, client.Template{Data: filepath.Join(t.TempDir(), "none.csv")})
	require.ErrorContains(t, err, "none.csv")
}
