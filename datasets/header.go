package datasets

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readHeader reads the names of the columns and finds the target among them.
func (in *reader) readHeader() error {
	record, err := in.csv.Read()
	if err == io.EOF {
		return in.errorf(0, "the file is empty, want a header row and data rows", "")
	}
	if err != nil {
		return in.syntaxError(err)
	}
	line, _ := in.csv.FieldPos(0)
	for _, cell := range record {
		in.header = append(in.header, strings.Clone(strings.TrimSpace(cell)))
	}
	if err := in.checkNames(line); err != nil {
		return err
	}
	in.targetCol = slices.Index(in.header, in.target)
	if in.targetCol < 0 {
		return in.noTarget(line)
	}
	if len(in.header) == 1 {
		return in.errorf(line, "the target is the only column, want features beside it", "")
	}
	return nil
}

// checkNames refuses columns that could not be told apart or printed.
func (in *reader) checkNames(line int) error {
	first := make(map[string]int, len(in.header))
	for i, name := range in.header {
		e := &ParseError{File: in.source, Line: line, Column: i + 1}
		before, twice := first[name]
		switch {
		case name == "":
			e.Msg, e.Hint = "the column has no name", "name it in the header, or remove it if it only numbers the rows"
		case !utf8.ValidString(name):
			e.Msg, e.Hint = "the name is not UTF-8", "save the file again with the encoding UTF-8"
		case strings.ContainsFunc(name, unicode.IsControl):
			e.Msg, e.Hint = fmt.Sprintf("the name %s has control characters", quote(name)), "keep it to one line of text"
		case twice:
			e.Name, e.Msg, e.Hint = name, fmt.Sprintf("column %d has the same name", before+1), "rename or remove one of them"
		default:
			first[name] = i
			continue
		}
		return e
	}
	return in.checkNumbers(line)
}

// checkNumbers refuses a header that is a row of numbers: the file has none.
func (in *reader) checkNumbers(line int) error {
	for _, name := range in.header {
		if _, complaint := parseCell(name); complaint != nil {
			return nil
		}
	}
	return in.errorf(line, "the first line has numbers only, want a header row",
		"put the names of the columns on a line above")
}

// noTarget says that the target column is missing and which one comes nearest.
func (in *reader) noTarget(line int) error {
	hint := "columns: " + abbreviate(in.header)
	if name, ok := nearest(in.target, in.header); ok {
		hint = fmt.Sprintf("did you mean %q?", name)
	} else if c, ok := in.otherComma(); ok {
		hint = fmt.Sprintf("cells seem to be separated by %q, want %q", c, in.comma)
	}
	return in.errorf(line, fmt.Sprintf("no column is named %q, which is to be the target", in.target), hint)
}

// otherComma guesses another separator from a header of one cell.
func (in *reader) otherComma() (rune, bool) {
	if len(in.header) != 1 {
		return 0, false
	}
	for _, c := range ";\t|," {
		if c != in.comma && strings.ContainsRune(in.header[0], c) {
			return c, true
		}
	}
	return 0, false
}

// abbreviate lists at most ten names.
func abbreviate(names []string) string {
	const most = 10
	list := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		list += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return list
}
