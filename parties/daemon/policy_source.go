package daemon

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// source knows where things stand in a YAML file.
type source struct {
	file string
	tree *ast.File // nil for a policy made in Go
}

// decode reads text strictly into v.
func decode(file string, text []byte, v any) (source, error) {
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return source{}, inFile(file, err)
	}
	s := source{file, tree}
	if len(tree.Docs) > 1 {
		return s, fmt.Errorf("%s: %d YAML documents, want one", file, len(tree.Docs))
	}
	if strings.TrimSpace(string(text)) == "" || len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return s, nil // an empty file says nothing
	}
	if err := yaml.UnmarshalWithOptions(text, v, yaml.Strict()); err != nil {
		return s, inFile(file, err)
	}
	return s, nil
}

// inFile puts an error of the YAML package, which is a line, a column, a text and
// an excerpt, into one line.
func inFile(file string, err error) error {
	text, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	if at, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "] "); ok && strings.HasPrefix(text, "[") {
		return fmt.Errorf("%s:%s: %s", file, at, rest)
	}
	return errors.New(file + ": " + text)
}

// place is the file and line of a path such as $.limits.rows, or of the longest
// part of it that is there.
func (s source) place(path string) string {
	if s.tree == nil {
		return "policy"
	}
	for path != "" && path != "$" {
		if n := s.node(path); n != nil {
			return fmt.Sprintf("%s:%d", s.file, n.GetToken().Position.Line)
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return s.file
}

func (s source) node(path string) ast.Node {
	p, err := yaml.PathString(path)
	if err != nil {
		return nil
	}
	n, err := p.FilterFile(s.tree)
	if err != nil || n == nil {
		return nil
	}
	return n
}
