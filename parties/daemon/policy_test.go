package daemon

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicyErrors(t *testing.T) {
	for text, want := range map[string]string{
		"ownrs: []":                                  `policy.yaml:1:1: unknown field "ownrs"`,
		"owners:\n  - {name: a, key: x}":             `policy.yaml:2: owners "a": key "x"`,
		"limits:\n  rows: many":                      "policy.yaml:2:9: ",
		"limits:\n  rows: -1":                        "policy.yaml:2: limits.rows is -1",
		"limits: {rows: 1}\nlimits: {rows: 2}":       "policy.yaml:2:1: ",
		"reveal:\n  - {what: model/final, to: you}":  "policy.yaml:2: reveal model/final: to is you, want all, owners or a list",
		"reveal:\n  - {what: model/final, to: [1]}":  "policy.yaml:2: reveal model/final: 1 in the list",
		"reveal:\n  - {what: model/final}":           "policy.yaml:2: reveal model/final: to is <nil>",
		"reveal:\n  - {what: model/final, to: [x]}":  "policy.yaml:2: reveal model/final: x is not in the list of owners of this policy",
		"models: [logistic]":                         `policy.yaml:1: model "logistic" is unknown, want one of logistic_regression, `,
		"reveal:\n  - {what: model/finale, to: all}": `policy.yaml:2: reveal "model/finale" is unknown, want one of model/final, `,
		"owners: [":       "policy.yaml:",
		"a: 1\n---\nb: 2": "policy.yaml: 2 YAML documents",
	} {
		_, err := ParsePolicy("policy.yaml", []byte(text))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
}

func TestEmptyPolicy(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n"} {
		p, err := ParsePolicy("policy.yaml", []byte(text))
		require.NoError(t, err)
		require.Equal(t, noPolicy().Limits, p.Limits)
	}
	_, err := LoadPolicy(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
