package datasets

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Table is a table of numbers with a target column, n rows and d features.
type Table struct {
	Source   string       // file name, for messages
	Features []string     // names of the columns of X, in file order
	Target   string       // name of the target column
	X        tensor.Dense // n×d features, in the units of the file
	Y        tensor.Dense // n targets: 0 or 1, a class number (Classes) or any (RealTarget)

	lines   []int // row i begins on this line of the file, from 1
	columns []int // feature j is this column of the file, from 1
}

// Rows returns the number of rows n.
func (t *Table) Rows() int { return t.Y.Len() }

// Schema returns the names that all owners of a job must agree on.
func (t *Table) Schema() Schema { return Schema{Features: t.Features, Target: t.Target} }

// Take returns the listed rows, from 0, in the order of the list. The new
// table has its own numbers; Where still names their places in the file.
func (t *Table) Take(rows []int) *Table {
	part := *t
	part.X, part.Y = t.X.Gather(rows), t.Y.Gather(rows)
	part.lines = nil
	if t.lines != nil {
		part.lines = make([]int, len(rows))
		for i, row := range rows {
			part.lines[i] = t.lines[row]
		}
	}
	return &part
}

// Where returns the place of feature j of row i in the file, such as
// `north.csv:12: column 3 "glucose"`. A table that was not read from a file
// has rows in place of lines.
func (t *Table) Where(i, j int) string { return t.errorAt(i, j, "", "").place() }

// errorAt returns an error about feature j of row i.
func (t *Table) errorAt(i, j int, msg, hint string) *ParseError {
	e := &ParseError{File: t.Source, Column: j + 1, Name: t.Features[j], Msg: msg, Hint: hint}
	if t.lines == nil {
		e.File = fmt.Sprintf("%s, row %d", t.Source, i+1)
		return e
	}
	e.Line, e.Column = t.lines[i], t.columns[j]
	return e
}
