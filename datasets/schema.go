package datasets

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Schema is what the tables of all owners must have in common: the names of
// the features in order, all of them numeric, and the name of the target.
type Schema struct {
	Features []string `json:"features"`
	Target   string   `json:"target"`
}

// Canonical returns bytes that are equal for equal schemas and different for
// different ones, to be hashed into the identity of a job: the text
// "trefoil-schema-v1", the number of features, the features in order and the
// target, each with its length before it (unsigned varints).
func (s Schema) Canonical() []byte {
	b := appendText(nil, "trefoil-schema-v1")
	b = binary.AppendUvarint(b, uint64(len(s.Features)))
	for _, name := range s.Features {
		b = appendText(b, name)
	}
	return appendText(b, s.Target)
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// SchemaError is the first difference between the schemas of two owners. It
// names columns and never values.
type SchemaError struct {
	A, B     string // the two owners
	Position int    // first place where the features differ, from 1; 0 for the target
	Msg      string // what differs
	Hint     string // how to mend it
}

// Error returns who differs, where and how to mend it.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("%s and %s have different columns: %s (%s)", e.A, e.B, e.Msg, e.Hint)
}

// Compare returns nil if the schemas are equal and otherwise a *SchemaError
// with the first difference. nameA and nameB are the owners; where one of them
// has to change its file, it is b.
func Compare(a, b Schema, nameA, nameB string) error {
	e := &SchemaError{A: nameA, B: nameB}
	if a.Target != b.Target {
		e.Msg = fmt.Sprintf("the target of %s is %q, of %s %q", nameA, a.Target, nameB, b.Target)
		e.Hint = "give both the same name"
		return e
	}
	at := firstDifference(a.Features, b.Features)
	if at < 0 {
		return nil
	}
	e.Position = at + 1
	e.describe(a.Features, b.Features, at)
	return e
}

// firstDifference returns the first place where two lists differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// describe fills in message and hint for lists that first differ at a place.
func (e *SchemaError) describe(a, b []string, at int) {
	lacking, surplus := firstMissing(a, b), firstMissing(b, a)
	switch {
	case lacking < 0 && surplus < 0:
		e.Msg = fmt.Sprintf("feature %d is %s at %s and %s at %s", e.Position, nameAt(a, at), e.A, nameAt(b, at), e.B)
		if len(a) == len(b) {
			e.Msg += "; only the order differs"
		}
		e.Hint = fmt.Sprintf("put the columns of %s in the order of %s", e.B, e.A)
	case surplus < 0:
		e.Msg = fmt.Sprintf("%s lacks feature %d of %s, %q", e.B, lacking+1, e.A, a[lacking])
		e.Hint = fmt.Sprintf("add it to %s or remove it from %s", e.B, e.A)
	case lacking < 0:
		e.Msg = fmt.Sprintf("%s lacks feature %d of %s, %q", e.A, surplus+1, e.B, b[surplus])
		e.Hint = fmt.Sprintf("remove it from %s or add it to %s", e.B, e.A)
	default:
		e.Msg = fmt.Sprintf("%s lacks feature %d of %s, %q, and %s lacks feature %d of %s, %q",
			e.B, lacking+1, e.A, a[lacking], e.A, surplus+1, e.B, b[surplus])
		e.Hint = "give the same columns the same names, in the same order"
	}
}

// firstMissing returns the place of the first name that others lack, or -1.
func firstMissing(names, others []string) int {
	return slices.IndexFunc(names, func(name string) bool { return !slices.Contains(others, name) })
}

// nameAt returns a quoted name, or a word for none behind the end of the list.
func nameAt(names []string, i int) string {
	if i >= len(names) {
		return "missing"
	}
	return fmt.Sprintf("%q", names[i])
}
