package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// File is one parsed Go file of the module, whatever its build tags.
type File struct {
	Path      string // relative to the root, with slashes
	Package   string // folder, relative to the root
	Test      bool
	Generated bool
	Lines     int
	Fset      *token.FileSet
	AST       *ast.File
}

// Load parses every Go file of the module under root. Build tags are ignored,
// so that a rule holds for all platforms and variants. Folders that the go
// command skips, and other modules, are skipped.
func Load(root string) ([]File, error) {
	var files []File
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(root, name)
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := Parse(fset, filepath.ToSlash(rel), src)
		files = append(files, f)
		return err
	})
	return files, err
}

// skipFolder returns fs.SkipDir for what `go list ./...` leaves out.
func skipFolder(root, name string) error {
	base := filepath.Base(name)
	if name == root {
		return nil
	}
	if strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".") || base == "testdata" {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// Parse reads one file; name is relative to the root, with slashes.
func Parse(fset *token.FileSet, name string, src []byte) (File, error) {
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return File{}, err
	}
	return File{
		Path:      name,
		Package:   path.Dir(name),
		Test:      strings.HasSuffix(name, "_test.go"),
		Generated: ast.IsGenerated(f),
		Lines:     strings.Count(string(src), "\n"),
		Fset:      fset,
		AST:       f,
	}, nil
}

// Packages groups the imports of the files by package.
func Packages(files []File) []Package {
	byPath := map[string]*Package{}
	var order []string
	for _, f := range files {
		p := byPath[f.Package]
		if p == nil {
			p = &Package{Path: f.Package}
			byPath[f.Package] = p
			order = append(order, f.Package)
		}
		p.add(f)
	}
	slices.Sort(order)
	out := make([]Package, len(order))
	for i, name := range order {
		out[i] = *byPath[name]
	}
	return out
}

func (p *Package) add(f File) {
	list := &p.Imports
	if f.Test {
		list = &p.TestImports
	}
	for _, spec := range f.AST.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err == nil && !slices.Contains(*list, imp) {
			*list = append(*list, imp)
		}
	}
}
