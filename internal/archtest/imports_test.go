package archtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A ladder of three rungs, for synthetic violations.
var smallLadder = []Rung{
	{Package: "low", Libs: []string{"example.org/lib"}, Tests: []string{"beside"}, Reason: "low is low"},
	{Package: "mid", Module: []string{"low"}, Reason: "mid sees low"},
	{Package: "cmd/tool", Module: []string{"mid"}, Reason: "the tool sees mid"},
}

var smallDenied = []Denied{
	{Import: "unsafe", Allow: []string{"low"}, Tests: true, Reason: "no tricks"},
	{Import: "net/...", Deny: []string{"mid", "cmd"}, Allow: []string{"cmd/tool"}, Reason: "no network"},
	{Import: "math/rand", Reason: "v2 only"},
}

func TestCheckImports(t *testing.T) {
	tests := []struct {
		name string
		pkg  Package
		want []string
	}{
		{"own rung", Package{Path: "mid", Imports: []string{"fmt", Module + "/low"}}, nil},
		{"upward", Package{Path: "low", Imports: []string{Module + "/mid"}}, []string{"low: imports " + Module + "/mid (low is low)"}},
		{"over a rung", Package{Path: "cmd/tool", Imports: []string{Module + "/low"}}, []string{"cmd/tool: imports " + Module + "/low (the tool sees mid)"}},
		{"library", Package{Path: "low", Imports: []string{"example.org/lib/sub"}}, nil},
		{"library of another", Package{Path: "mid", Imports: []string{"example.org/lib"}}, []string{"mid: imports example.org/lib (mid sees low)"}},
		{"name that begins alike", Package{Path: "low", Imports: []string{"example.org/library"}}, []string{"low: imports example.org/library (low is low)"}},
		{"cgo", Package{Path: "low", Imports: []string{"C"}}, []string{"low: imports C (low is low)"}},
		{"unknown package", Package{Path: "new"}, []string{"new: is not in the ladder (add it to internal/archtest/ladder.go and docs/architecture.md)"}},
		{"unknown below a known", Package{Path: "low/new"}, []string{"low/new: is not in the ladder (add it to internal/archtest/ladder.go and docs/architecture.md)"}},
		{"denied to all but one", Package{Path: "mid", Imports: []string{"unsafe"}}, []string{"mid: imports unsafe (no tricks)"}},
		{"allowed to one", Package{Path: "low", Imports: []string{"unsafe"}}, nil},
		{"denied in tests too", Package{Path: "mid", TestImports: []string{"unsafe"}}, []string{"mid: imports unsafe in a test (no tricks)"}},
		{"denied to one", Package{Path: "mid", Imports: []string{"net/http"}}, []string{"mid: imports net/http (no network)"}},
		{"but for a part of it", Package{Path: "cmd/tool", Imports: []string{"net"}}, nil},
		{"not to another", Package{Path: "low", Imports: []string{"net"}}, nil},
		{"not in its tests", Package{Path: "mid", TestImports: []string{"net"}}, nil},
		{"a successor is another package", Package{Path: "mid", Imports: []string{"math/rand/v2"}}, nil},
		{"test library", Package{Path: "mid", TestImports: []string{"example.org/check"}}, nil},
		{"test library outside tests", Package{Path: "mid", Imports: []string{"example.org/check"}}, []string{"mid: imports example.org/check (mid sees low)"}},
		{"test bench", Package{Path: "low", TestImports: []string{Module + "/bench"}}, nil},
		{"test beside it", Package{Path: "low", TestImports: []string{Module + "/beside"}}, nil},
		{"beside it outside tests", Package{Path: "low", Imports: []string{Module + "/beside"}}, []string{"low: imports " + Module + "/beside (low is low)"}},
		{"outside test of itself", Package{Path: "low", TestImports: []string{Module + "/low"}}, nil},
		{"test of another", Package{Path: "low", TestImports: []string{Module + "/mid"}}, []string{"low: imports " + Module + "/mid in a test (low is low)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := CheckImports([]Package{tt.pkg}, smallLadder, []string{"bench", "example.org/check"}, smallDenied)
			require.Equal(t, tt.want, strs(got))
		})
	}
}

func TestCheckLadder(t *testing.T) {
	require.Empty(t, CheckLadder(smallLadder))
	upward := []Rung{{Package: "a", Module: []string{"b"}}, {Package: "b"}}
	require.Equal(t, []string{"a: b stands above it (the ladder goes upward)"}, strs(CheckLadder(upward)))
	twice := []Rung{{Package: "a"}, {Package: "a"}}
	require.Equal(t, []string{"a: stands twice (one row for one package)"}, strs(CheckLadder(twice)))
}

func TestCheckUnused(t *testing.T) {
	pkgs := []Package{
		{Path: "low", Imports: []string{"example.org/lib/sub"}, TestImports: []string{Module + "/beside"}},
		{Path: "mid", Imports: []string{"fmt"}, TestImports: []string{Module + "/low"}},
	}
	require.Equal(t, []string{
		"mid: does not use low (the ladder allows what is needed)",
		"cmd/tool: does not exist (the ladder shows what is there)",
	}, strs(CheckUnused(pkgs, smallLadder)))
}

func strs(vs []Violation) []string {
	var out []string
	for _, v := range vs {
		out = append(out, v.String())
	}
	return out
}
