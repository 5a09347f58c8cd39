package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is rows of cells.
type table [][]string

// String aligns the columns: the first on the left, the others on the right.
func (t table) String() string {
	widths := t.widths()
	var b strings.Builder
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			cell = printable(cell)
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString("  " + cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func (t table) widths() []int {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// printable keeps a column name from sending commands to the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}
