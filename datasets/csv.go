package datasets

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Option changes how a CSV file is read.
type Option func(*reader)

// Classes accepts the class numbers 0 to k-1 as target instead of 0 and 1.
func Classes(k int) Option { return func(r *reader) { r.classes = k } }

// RealTarget accepts any number up to MaxCell as target, for regression.
func RealTarget() Option { return func(r *reader) { r.classes = 0 } }

// Comma sets the character between cells instead of ','.
func Comma(c rune) Option { return func(r *reader) { r.comma = c } }

// OpenCSV reads the CSV file at path, see ReadCSV. If there is no such file
// the error wraps fs.ErrNotExist.
func OpenCSV(path, target string, options ...Option) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		msg := "cannot be opened: " + cause(err).Error()
		return nil, &ParseError{File: path, Msg: msg, Err: err}
	}
	defer f.Close() // only read from, nothing to lose
	return ReadCSV(f, path, target, options...)
}

// cause returns the error below the path that os puts before it.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// ReadCSV reads a table from r: a header row with the names of the columns,
// then rows of decimal numbers, in UTF-8. The column named target becomes Y,
// every other column a feature, in file order. source names the file in
// messages.
//
// It is strict, a file with a doubtful cell is refused: a missing cell, a word
// among numbers, NaN or Inf, a number beyond MaxCell, a row with more or fewer
// cells than the header, a target that is no class (unless RealTarget is given), columns without a name or
// with the same name. Every error is a *ParseError. A byte-order mark, CRLF,
// quoted cells, spaces around cells and empty lines are accepted.
//
// Rows are read one by one, memory is needed for the numbers only.
func ReadCSV(r io.Reader, source, target string, options ...Option) (*Table, error) {
	in := &reader{source: source, target: target, classes: 2, comma: ','}
	for _, option := range options {
		option(in)
	}
	if err := in.open(r); err != nil {
		return nil, err
	}
	if err := in.readHeader(); err != nil {
		return nil, err
	}
	if err := in.readRows(); err != nil {
		return nil, err
	}
	return in.table(), nil
}

// reader is the state of reading one file.
type reader struct {
	source, target string
	classes        int // 0: the target is any number
	comma          rune

	csv       *csv.Reader
	header    []string // all columns in file order
	targetCol int      // place of the target in header
	x, y      []float64
	lines     []int
}

// open puts the CSV reader behind r, without its byte-order mark.
func (in *reader) open(r io.Reader) error {
	b := bufio.NewReader(r)
	mark, _ := b.Peek(3) // an error shows again in the first read
	switch {
	case len(mark) >= 3 && string(mark) == "\xef\xbb\xbf":
		_, _ = b.Discard(3)
	case len(mark) >= 2 && (string(mark[:2]) == "\xff\xfe" || string(mark[:2]) == "\xfe\xff"):
		return in.errorf(1, "the file is UTF-16, want UTF-8", "save it again with the encoding UTF-8")
	}
	in.csv = csv.NewReader(b)
	in.csv.Comma = in.comma
	in.csv.FieldsPerRecord = -1 // counted in readRow, with a better message
	in.csv.ReuseRecord = true
	return nil
}

// readRows reads everything behind the header.
func (in *reader) readRows() error {
	for {
		record, err := in.csv.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return in.syntaxError(err)
		}
		if err := in.readRow(record); err != nil {
			return err
		}
	}
	if len(in.y) == 0 {
		return in.errorf(0, "no rows below the header, want at least one", "add the data rows")
	}
	return nil
}

func (in *reader) readRow(record []string) error {
	line, _ := in.csv.FieldPos(0)
	if len(record) != len(in.header) {
		return in.errorf(line, fmt.Sprintf("%d cells, want %d as in the header", len(record), len(in.header)),
			"a cell is missing or there is a stray separator")
	}
	for i, cell := range record {
		v, complaint := parseCell(cell)
		if i == in.targetCol && complaint == nil {
			complaint = in.checkTarget(v, cell)
		}
		if complaint != nil {
			at, _ := in.csv.FieldPos(i)
			return &ParseError{
				File: in.source, Line: at, Column: i + 1, Name: in.header[i],
				Msg: complaint.msg, Hint: complaint.hint,
			}
		}
		if i == in.targetCol {
			in.y = append(in.y, v)
		} else {
			in.x = append(in.x, v)
		}
	}
	in.lines = append(in.lines, line)
	return nil
}

func (in *reader) table() *Table {
	columns := make([]int, len(in.header))
	for i := range columns {
		columns[i] = i + 1
	}
	n, d := len(in.y), len(in.header)-1
	return &Table{
		Source: in.source, Target: in.target,
		Features: slices.Delete(slices.Clone(in.header), in.targetCol, in.targetCol+1),
		X:        tensor.NewDense(in.x, n, d), Y: tensor.NewDense(in.y, n),
		lines: in.lines, columns: slices.Delete(columns, in.targetCol, in.targetCol+1),
	}
}

// errorf returns an error about a line, or about the file if line is 0.
func (in *reader) errorf(line int, msg, hint string) error {
	return &ParseError{File: in.source, Line: line, Msg: msg, Hint: hint}
}

// syntaxError turns an error of the CSV reader into one that names the file.
func (in *reader) syntaxError(err error) error {
	e, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return &ParseError{File: in.source, Msg: "cannot be read: " + cause(err).Error(), Err: err}
	}
	msg, hint := e.Err.Error(), ""
	switch {
	case errors.Is(e.Err, csv.ErrBareQuote):
		msg, hint = `a " inside a cell that does not begin with one`, `remove it, or quote the cell and double the "`
	case errors.Is(e.Err, csv.ErrQuote):
		msg, hint = `a quoted cell is not closed properly`, `close it with " before the next separator`
	}
	return &ParseError{File: in.source, Line: e.StartLine, Msg: msg, Hint: hint, Err: err}
}
