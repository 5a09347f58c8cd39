// Package archtest keeps the shape of the repository: which package may import
// which (the ladder of docs/architecture.md), and what a source file may
// contain. It has no user but its own tests, which `go test ./...` and
// `make arch` run over the whole module.
//
// The rules are two tables, [Ladder] and [SourceRules], each row with its
// reason. A package that is not in the ladder is a violation: whoever adds one
// says there what it may import, and draws it in docs/architecture.md.
package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the import path of the repository's root.
const Module = "github.com/trefoil-ml/trefoil"

// Violation is one broken rule: where, what, and why the rule is there.
type Violation struct {
	Where  string // package or file:line, relative to the root
	What   string
	Reason string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s (%s)", v.Where, v.What, v.Reason)
}

// under reports whether path is one of the trees, or inside one.
func under(path string, trees ...string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool {
		return path == tree || strings.HasPrefix(path, tree+"/")
	})
}
