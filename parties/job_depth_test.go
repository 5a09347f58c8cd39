package parties

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A job that is nested so deeply that the parser of YAML would take all memory for
// it is refused before that, whatever it is nested by.
func TestDeepJobsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"lists":           strings.Repeat("[", 100_000),
		"mappings":        strings.Repeat("{a: ", 50_000),
		"block lists":     strings.Repeat("- ", 50_000),
		"keys":            strings.Repeat("? ", 50_000),
		"behind a string": "name: don't\ndata: " + strings.Repeat("[", 100_000),
		"behind a tag":    strings.Repeat("!a [", 50_000),
		"over many lines": strings.Repeat("[\n", 50_000),
		"mixed":           strings.Repeat("[{a: ", 40_000),
		"closed in texts": strings.Repeat(`["]",`, 50_000),
		"closed in notes": strings.Repeat("[ # ]\n", 40_000),
		"lists of a tag":  "!!a " + strings.Repeat("- ", 50_000),
	} {
		_, err := ParseJob("job.yaml", []byte(text))
		var e *JobError
		require.True(t, errors.As(err, &e), name)
		require.Equal(t, "lists and mappings are nested too deeply for a job", e.Msg, name)
		require.Positive(t, e.Line, name)
	}
}

// Brackets in strings nest nothing.
func TestBracketsInNames(t *testing.T) {
	names := strings.Repeat(`"mass [kg", `, 100)
	_, err := ParseJob("job.yaml", []byte("name: x\ndata:\n  target: y\n  features: ["+names+`"b"]`+"\n"))
	require.ErrorContains(t, err, "in data.features twice")
}

// Brackets that do not match are no way around.
func TestBracketsThatDoNotMatch(t *testing.T) {
	for _, text := range []string{"{]", "[}", "] [", "a]: ["} {
		_, err := ParseJob("job.yaml", []byte(strings.Repeat(text, 50_000)))
		require.Error(t, err)
	}
}

// Nesting by columns alone is as deep as the root of the length.
func TestIndentedJobs(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "%*sa:\n", i, "")
	}
	_, err := ParseJob("job.yaml", []byte(b.String()))
	require.ErrorContains(t, err, `unknown key "a"`)
}

// A long list of features is looked at once, and so is a long list of owners.
func TestLongLists(t *testing.T) {
	j := NewJob()
	j.Name, j.Data.Target, j.Data.Owners = "x", "y", []Owner{{Name: "north", File: "n.csv"}}
	for i := range 200_000 {
		j.Data.Features = append(j.Data.Features, fmt.Sprint("f", i))
	}
	require.NoError(t, j.Check()) // by comparing each with all before it, this takes minutes
	j.Data.Features = append(j.Data.Features, "f7")
	require.ErrorContains(t, j.Check(), `feature "f7" is in data.features twice`)

	j.Data.Features = nil
	for i := range MaxOwners {
		j.Data.Owners = append(j.Data.Owners, Owner{Name: fmt.Sprint("o", i), File: "n.csv"})
	}
	require.ErrorContains(t, j.Check(), "data.owners has 1001 owners, want at most 1000")
}
