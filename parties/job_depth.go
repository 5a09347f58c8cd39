package parties

import "github.com/goccy/go-yaml/token"

// maxDepth is how deep lists and mappings of a job file may be nested, twice what
// any needs. The parser of YAML takes memory that grows with the square of it.
const maxDepth = 64

// checkDepth reports nesting that is too deep, before anything is parsed: brackets
// that are open, and marks of lists and keys on one line. It looks at what the
// parser gets, so brackets in strings and comments do not count. Other nesting
// takes as many columns as it is deep.
func checkDepth(src *source, tokens token.Tokens) error {
	open, line, marks := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, marks = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open = max(0, open-1)
		case token.SequenceEntryType, token.MappingKeyType:
			marks++
		}
		if open > maxDepth || marks > maxDepth {
			return &JobError{File: src.file, Line: line, Column: t.Position.Column, Msg: "lists and mappings are nested too deeply for a job"}
		}
	}
	return nil
}
