package archtest

import (
	"fmt"
	"go/ast"
	"slices"
)

// longAllowed is how many lines a function may have, except for one in ten.
const longAllowed = 35

// CheckFunctionLength returns a violation if fewer than nine functions in ten
// of the hand-written code without tests have at most longAllowed lines.
func CheckFunctionLength(files []File) []Violation {
	var lines []int
	for _, f := range files {
		if f.Test || f.Generated {
			continue
		}
		for _, d := range f.AST.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				lines = append(lines, f.Fset.Position(fn.End()).Line-f.Fset.Position(fn.Pos()).Line+1)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	if p90 := lines[(len(lines)-1)*9/10]; p90 > longAllowed {
		return []Violation{{".", fmt.Sprintf("one function in ten has over %d lines", p90), "short functions can be read"}}
	}
	return nil
}
