package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// SourceRule is a rule over single Go files.
type SourceRule struct {
	Name      string
	Reason    string
	Except    []string // trees or files it does not hold for
	Only      []string // trees it holds for; empty: all
	Tests     bool     // holds for test files too
	Generated bool     // holds for generated files too
	Check     func(File, report)
}

// report takes one finding at a position.
type report func(pos token.Pos, what string)

// SourceRules says what a file may contain.
var SourceRules = []SourceRule{
	{
		Name: "print", Except: []string{"cmd", "examples"}, Check: noPrinting,
		Reason: "only the command prints; all else returns values and errors",
	},
	{
		Name: "init", Tests: true, Check: noInit,
		Reason: "no hidden start-up work",
	},
	{
		Name: "length", Tests: true, Check: shortFile,
		Reason: "one idea per file",
	},
	{
		Name: "documented", Check: documented,
		Reason: "every exported name says what it is",
	},
	{
		Name: "no secret in data", Only: []string{"datasets"}, Tests: true, Check: noSecretTypes,
		Reason: "data sets are an owner's cleartext and cannot reach a share",
	},
	{
		Name: "masked", Only: []string{"internal/mpc"}, Tests: true, Check: noMasked,
		Except: []string{
			"internal/mpc/message.go", "internal/mpc/planes.go", "internal/mpc/reveal.go",
			"internal/mpc/leaf_round.go", "internal/mpc/leaf_table.go", "internal/mpc/narrow.go", "internal/mpc/bitdot.go",
			"internal/mpc/trunc.go", "internal/mpc/trunc_ot.go", "internal/mpc/trunc_two.go", "internal/mpc/wide.go",
		},
		Reason: "what may be sent is made in few places, each of which names its pad",
	},
	{
		Name: "goroutine", Only: []string{"internal/mpc", "tensor", "layers", "train"},
		Except: []string{"internal/mpc/par.go", "internal/mpc/run.go"}, Check: noGoroutine,
		Reason: "goroutines start only through Par, which carries a panic over and names the step",
	},
	{
		Name: "recover", Only: []string{"internal/mpc", "tensor", "layers", "train", "datasets", "fixedpoint"},
		Except: []string{"internal/mpc/par.go", "internal/mpc/run.go"}, Check: noRecover,
		Reason: "Run turns a failure into an error, Par carries it over; nothing else may swallow one",
	},
}

// maxLines is the longest a hand-written file may be.
const maxLines = 500

// CheckSource runs the rules over the files.
func CheckSource(files []File, rules []SourceRule) []Violation {
	var out []Violation
	for _, f := range files {
		for _, r := range rules {
			if r.covers(f) {
				r.Check(f, func(pos token.Pos, what string) {
					out = append(out, Violation{f.where(pos), r.Name + ": " + what, r.Reason})
				})
			}
		}
	}
	return out
}

func (r SourceRule) covers(f File) bool {
	if f.Test && !r.Tests || f.Generated && !r.Generated {
		return false
	}
	if len(r.Only) > 0 && !under(f.Package, r.Only...) {
		return false
	}
	return !under(f.Path, r.Except...)
}

func (f File) where(pos token.Pos) string {
	if !pos.IsValid() {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Fset.Position(pos).Line)
}

// selectors calls visit for every pkg.Name expression of f.
func selectors(f File, visit func(pkg, name string, pos token.Pos)) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				visit(id.Name, sel.Sel.Name, sel.Pos())
			}
		}
		return true
	})
}

// calls calls visit for every call of a plain, predeclared function name.
func calls(f File, visit func(name string, pos token.Pos)) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok {
				visit(id.Name, call.Pos())
			}
		}
		return true
	})
}

func noPrinting(f File, report report) {
	selectors(f, func(pkg, name string, pos token.Pos) {
		prints := pkg == "fmt" && strings.HasPrefix(name, "Print")
		stream := pkg == "os" && (name == "Stdout" || name == "Stderr")
		if prints || stream {
			report(pos, "uses "+pkg+"."+name)
		}
	})
	calls(f, func(name string, pos token.Pos) {
		if name == "print" || name == "println" {
			report(pos, "uses "+name)
		}
	})
}

func noInit(f File, report report) {
	for _, d := range f.AST.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			report(fn.Pos(), "has func init")
		}
	}
}

func shortFile(f File, report report) {
	if f.Lines > maxLines {
		report(token.NoPos, fmt.Sprintf("%d lines, %d allowed", f.Lines, maxLines))
	}
}

func noSecretTypes(f File, report report) {
	selectors(f, func(pkg, name string, pos token.Pos) {
		if pkg == "tensor" && (strings.HasPrefix(name, "Secret") || name == "Session") {
			report(pos, "uses tensor."+name)
		}
	})
}

func noMasked(f File, report report) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			if id, ok := lit.Type.(*ast.Ident); ok && id.Name == "masked" {
				report(lit.Pos(), "makes a masked")
			}
		}
		return true
	})
}

func noGoroutine(f File, report report) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			report(g.Pos(), "starts a goroutine")
		}
		return true
	})
}

func noRecover(f File, report report) {
	calls(f, func(name string, pos token.Pos) {
		if name == "recover" {
			report(pos, "recovers a panic")
		}
	})
}
