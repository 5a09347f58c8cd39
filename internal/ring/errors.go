package ring

import "fmt"

// ShapeError is the panic value of every function of this package when its
// arguments do not fit together. Got and Want describe the two shapes.
type ShapeError struct {
	Op   string // the function, as in "MatMulAdd"
	Got  string // what was passed
	Want string // what would have fitted
}

// Error says what was got and what was wanted.
func (e *ShapeError) Error() string {
	return fmt.Sprintf("ring: %s: got %s, want %s", e.Op, e.Got, e.Want)
}

// sameLen panics unless the vector called name is as long as dst.
func sameLen(op string, dst []uint64, name string, x []uint64) {
	if len(x) != len(dst) {
		panic(lengthError(op, name, len(x), len(dst)))
	}
}

func lengthError(op, name string, got, want int) *ShapeError {
	return &ShapeError{
		Op:   op,
		Got:  fmt.Sprintf("len(%s) = %d", name, got),
		Want: fmt.Sprintf("%d as in dst", want),
	}
}

// wantLen panics unless the slice called name has the length that rule gives.
func wantLen(op, name string, got, want int, rule string) {
	if got != want {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("len(%s) = %d", name, got),
			Want: fmt.Sprintf("%d = %s", want, rule),
		})
	}
}

// wantRange panics unless lo <= got <= hi.
func wantRange(op, name string, got, lo, hi int) {
	if got < lo || got > hi {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("%s = %d", name, got),
			Want: fmt.Sprintf("%d to %d", lo, hi),
		})
	}
}
