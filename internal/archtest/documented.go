package archtest

import (
	"go/ast"
	"go/token"
)

// documented reports exported declarations without a doc comment. A group of
// constants, variables or types may carry one comment for all.
func documented(f File, report report) {
	if f.AST.Name.Name == "main" {
		return
	}
	for _, d := range f.AST.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) && !interfaceMethod(d.Name.Name) {
				report(d.Pos(), d.Name.Name+" has no doc comment")
			}
		case *ast.GenDecl:
			documentedGroup(d, report)
		}
	}
}

func documentedGroup(d *ast.GenDecl, report report) {
	if d.Doc != nil || d.Tok == token.IMPORT {
		return
	}
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && s.Comment == nil {
				report(s.Pos(), s.Name.Name+" has no doc comment")
			}
		case *ast.ValueSpec:
			if s.Names[0].IsExported() && s.Doc == nil && s.Comment == nil {
				report(s.Pos(), s.Names[0].Name+" has no doc comment")
			}
		}
	}
}

// exportedReceiver reports whether fn is a function, or a method of an
// exported type.
func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// interfaceMethod lists methods whose meaning the standard library gives.
func interfaceMethod(name string) bool {
	switch name {
	case "Error", "Unwrap", "Is", "As", "String", "GoString", "Format", "LogValue", "Len", "Less", "Swap",
		"MarshalJSON", "MarshalText", "MarshalBinary", "MarshalYAML", "GobEncode",
		"UnmarshalJSON", "UnmarshalText", "UnmarshalBinary", "UnmarshalYAML", "GobDecode":
		return true
	}
	return false
}

// CheckPackageDocs returns the packages without a package comment.
func CheckPackageDocs(files []File) []Violation {
	has := map[string]bool{}
	for _, f := range files {
		if !f.Test {
			has[f.Package] = has[f.Package] || f.AST.Doc != nil
		}
	}
	var out []Violation
	for _, p := range Packages(files) {
		if ok, built := has[p.Path]; built && !ok {
			out = append(out, Violation{p.Path, "has no package comment", "a package says first what most people need"})
		}
	}
	return out
}
