package datasets

import (
	"fmt"
	"strings"
)

// ParseError says what is wrong with a file, where, and how to mend it. Msg
// may quote a cell of the file: show it to the owner of the file only.
type ParseError struct {
	File   string // as it was opened
	Line   int    // from 1; 0 if the error is about the file as a whole
	Column int    // from 1; 0 if the error is about the line as a whole
	Name   string // name of the column, if it has one
	Msg    string // what was got and what was wanted
	Hint   string // how to mend it; may be empty
	Err    error  // what caused it, such as fs.ErrNotExist; may be nil
}

// Error returns place, message and hint on one line, such as
//
//	north.csv:12: column 3 "glucose": missing cell, want a number (fill it in or remove the row)
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString(e.place())
	b.WriteString(": ")
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the cause, if there is one.
func (e *ParseError) Unwrap() error { return e.Err }

func (e *ParseError) place() string {
	place := e.File
	if e.Line > 0 {
		place += fmt.Sprintf(":%d", e.Line)
	}
	if e.Column > 0 {
		place += fmt.Sprintf(": column %d", e.Column)
		if e.Name != "" {
			place += fmt.Sprintf(" %q", e.Name)
		}
	}
	return place
}
