package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// Package is what the ladder needs to know of one package.
type Package struct {
	Path        string   // relative to the module; "." is the root
	Imports     []string // full import paths of the files that are built
	TestImports []string // of its test files, inside and outside the package
}

// CheckImports returns every import that the tables do not allow.
func CheckImports(pkgs []Package, ladder []Rung, testOnly []string, denied []Denied) []Violation {
	var out []Violation
	for _, p := range pkgs {
		rung, ok := find(ladder, p.Path)
		if !ok {
			out = append(out, Violation{p.Path, "is not in the ladder", "add it to internal/archtest/ladder.go and docs/architecture.md"})
			continue
		}
		out = append(out, checkFiles(p, p.Imports, rung, nil, denied, false)...)
		extra := slices.Concat([]string{p.Path}, rung.Tests, testOnly) // a test outside the package imports it
		out = append(out, checkFiles(p, p.TestImports, rung, extra, denied, true)...)
	}
	return out
}

func find(ladder []Rung, path string) (Rung, bool) {
	i := slices.IndexFunc(ladder, func(r Rung) bool { return r.Package == path })
	if i < 0 {
		return Rung{}, false
	}
	return ladder[i], true
}

func checkFiles(p Package, imports []string, rung Rung, extra []string, denied []Denied, test bool) []Violation {
	var out []Violation
	for _, imp := range imports {
		if !permitted(imp, rung, extra) {
			out = append(out, Violation{p.Path, "imports " + imp + inTest(test), rung.Reason})
		}
		for _, d := range denied {
			if d.refuses(imp, p.Path, test) {
				out = append(out, Violation{p.Path, "imports " + imp + inTest(test), d.Reason})
			}
		}
	}
	return out
}

// permitted reports whether imp is in the standard library, the rung or the
// extra list. C is cgo, and in none.
func permitted(imp string, rung Rung, extra []string) bool {
	if standard(imp) {
		return true
	}
	if rel, ok := strings.CutPrefix(imp, Module+"/"); ok {
		return slices.Contains(rung.Module, rel) || slices.Contains(extra, rel)
	}
	return under(imp, rung.Libs...) || under(imp, extra...)
}

func (d Denied) refuses(imp, path string, test bool) bool {
	if !d.covers(imp) || test && !d.Tests {
		return false
	}
	return (len(d.Deny) == 0 || under(path, d.Deny...)) && !under(path, d.Allow...)
}

func (d Denied) covers(imp string) bool {
	tree, ok := strings.CutSuffix(d.Import, "/...")
	return imp == tree || ok && under(imp, tree)
}

// standard reports whether imp is in the standard library: its first element
// has no dot.
func standard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return imp != "C" && !strings.Contains(first, ".")
}

func inTest(test bool) string {
	if test {
		return " in a test"
	}
	return ""
}

// CheckUnused returns what the ladder allows and no file uses: a row says what
// is, not what could be.
func CheckUnused(pkgs []Package, ladder []Rung) []Violation {
	var out []Violation
	for _, r := range ladder {
		i := slices.IndexFunc(pkgs, func(p Package) bool { return p.Path == r.Package })
		if i < 0 {
			out = append(out, Violation{r.Package, "does not exist", "the ladder shows what is there"})
			continue
		}
		out = append(out, unused(r.Package, slices.Concat(r.Module, r.Libs), pkgs[i].Imports)...)
		out = append(out, unused(r.Package, r.Tests, pkgs[i].TestImports)...)
	}
	return out
}

// unused returns what a row allows, packages of this module or libraries, and
// the imports do not have.
func unused(path string, allowed, imports []string) []Violation {
	var out []Violation
	for _, lib := range allowed {
		if !slices.ContainsFunc(imports, func(imp string) bool { return imp == Module+"/"+lib || under(imp, lib) }) {
			out = append(out, Violation{path, "does not use " + lib, "the ladder allows what is needed"})
		}
	}
	return out
}

// CheckLadder returns what is wrong with the table itself: a rung twice, an
// import of a package that has no rung, or a circle.
func CheckLadder(ladder []Rung) []Violation {
	var out []Violation
	done := map[string]bool{}
	for _, r := range ladder {
		for _, imp := range r.Module {
			if !done[imp] {
				out = append(out, Violation{r.Package, fmt.Sprintf("%s stands above it", imp), "the ladder goes upward"})
			}
		}
		if done[r.Package] {
			out = append(out, Violation{r.Package, "stands twice", "one row for one package"})
		}
		done[r.Package] = true
	}
	return out
}
