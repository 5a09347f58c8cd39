package datasets

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxCell is the largest magnitude that a cell may have. Up to it, the exact
// sums of MaxRows rows and of their squares fit in 192 bits, see Sums.
const MaxCell = 1e12

// complaint is what is wrong with a cell.
type complaint struct{ msg, hint string }

// parseCell returns the number in a cell: decimal digits with an optional
// sign, point and exponent, nothing else.
func parseCell(cell string) (float64, *complaint) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return 0, &complaint{"missing cell, want a number", "fill it in or remove the row"}
	}
	v, err := strconv.ParseFloat(cell, 64)
	switch {
	case err == nil && math.IsNaN(v), err == nil && math.IsInf(v, 0):
		return 0, &complaint{"got " + quote(cell) + ", want a finite number", "fill it in or remove the row"}
	case strings.Trim(cell, "0123456789+-.eE") != "", err != nil && !isRange(v):
		return 0, notNumber(cell)
	case math.Abs(v) > MaxCell:
		return 0, &complaint{
			fmt.Sprintf("got %s, want a magnitude of at most %g", quote(cell), MaxCell),
			"state the column in a larger unit",
		}
	}
	return v, nil
}

// isRange reports whether ParseFloat failed with a value beyond float64, for
// which it returns an infinity.
func isRange(v float64) bool { return math.IsInf(v, 0) }

func notNumber(cell string) *complaint {
	c := &complaint{"got " + quote(cell) + ", want a number", "fill in a number or remove the row"}
	if strings.Count(cell, ",") == 1 {
		if _, wrong := parseCell(strings.Replace(cell, ",", ".", 1)); wrong == nil {
			c.hint = "write the decimal fraction with a point"
		}
	}
	return c
}

// checkTarget returns a complaint unless v is a class number, where one is wanted.
func (in *reader) checkTarget(v float64, cell string) *complaint {
	if in.classes == 0 || v == math.Trunc(v) && v >= 0 && v < float64(in.classes) {
		return nil
	}
	want := "0 or 1"
	if in.classes != 2 {
		want = fmt.Sprintf("a class number from 0 to %d", in.classes-1)
	}
	return &complaint{"got " + quote(strings.TrimSpace(cell)) + ", want " + want, "recode the target column"}
}

// quote quotes a cell for a message, cut to 32 characters.
func quote(cell string) string {
	const most = 32
	if utf8.RuneCountInString(cell) > most {
		cell = string([]rune(cell)[:most]) + "…"
	}
	return strconv.Quote(cell)
}
