package parties

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// source is the text of a job file and the place of each value in it.
type source struct {
	file  string
	lines []string
	at    map[string]place // by path, such as "train.batch"
}

// place is a line and a column in runes, both from 1.
type place struct{ line, column int }

func newSource(file, text string) *source {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return &source{file: file, lines: strings.Split(text, "\n"), at: map[string]place{}}
}

// note remembers where the value at path stands.
func (s *source) note(path string, n ast.Node) {
	s.at[path] = placeOf(n.GetToken())
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		s.at[path] = placeOf(m.Values[0].Key.GetToken())
	}
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

// errorAt is an error at the value of path, or of the nearest path above it.
func (s *source) errorAt(path, msg string) *JobError {
	if s == nil {
		return &JobError{Msg: msg}
	}
	for p := path; p != ""; p = parent(p) {
		if at, ok := s.at[p]; ok {
			return s.errorHere(at, msg)
		}
	}
	// What is missing altogether has no place: the top of the file stands for it.
	return &JobError{File: s.file, Line: 1, Column: 1, Msg: msg}
}

func (s *source) errorHere(at place, msg string) *JobError {
	if at.line < 1 {
		return &JobError{File: s.file, Msg: msg}
	}
	return &JobError{File: s.file, Line: at.line, Column: at.column, Msg: msg, Excerpt: s.excerpt(at)}
}

// parent cuts the last key or index off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// excerpt shows the line with a caret under the column.
func (s *source) excerpt(at place) string {
	if at.line < 1 || at.line > len(s.lines) {
		return ""
	}
	line, column := window(strings.Map(visible, s.lines[at.line-1]), at.column)
	return fmt.Sprintf("%5d | %s\n      | %s^", at.line, line, blank(line, column-1))
}

// visible keeps a file from sending commands to the terminal it is shown on.
func visible(r rune) rune {
	if r == '\t' || unicode.IsPrint(r) {
		return r
	}
	return '?'
}

// window cuts a long line to the part around the column.
func window(line string, column int) (string, int) {
	const width = 100
	r := []rune(line)
	if len(r) <= width {
		return line, column
	}
	from := min(max(column-width/2, 0), len(r)-width)
	return string(r[from : from+width]), column - from
}

// blank is white space as wide as the first n runes of line.
func blank(line string, n int) string {
	var b strings.Builder
	for ; n > 0; n-- {
		r, size := utf8.DecodeRuneInString(line)
		line = line[size:]
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
