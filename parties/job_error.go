package parties

import (
	"fmt"
	"strings"
)

// JobError is a mistake in a job file: where it stands, what was got and wanted.
type JobError struct {
	File         string // as given to LoadJob; "" for a job made in Go
	Line, Column int    // from 1; 0 when the mistake has no place of its own
	Msg          string
	Excerpt      string // the line with a caret below, or ""
	Hint         string // how to mend it, or ""
}

// Error gives file:line:column, the message and, below it, the excerpt.
func (e *JobError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Excerpt != "" {
		b.WriteString("\n" + e.Excerpt)
	}
	return b.String()
}

// Hints returns the advice for the user, if any.
func (e *JobError) Hints() []string {
	if e.Hint == "" {
		return nil
	}
	return []string{e.Hint}
}

// ErrorAt returns an error about the value at a path of the job, such as
// "data.owners[1].file": it points at the value in the job file, or at the
// nearest thing above it that the file has.
func (j *Job) ErrorAt(path, format string, args ...any) *JobError {
	path = strings.TrimPrefix(path, "$.") // as YAML paths begin
	return j.src.errorAt(path, fmt.Sprintf(format, args...))
}

// withHint adds advice to an error.
func (e *JobError) withHint(format string, args ...any) *JobError {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}
