package ring

import (
	"fmt"
	"math/bits"
	"slices"
)

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

// wantArea panics unless the slice called name has as many elements as the
// product of the sizes, which rule describes.
func wantArea(op, name string, got int, rule string, sizes ...int) {
	if want, fits := area(sizes...); !fits || got != want {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("len(%s) = %d", name, got),
			Want: fmt.Sprintf("%v = %s", slices.Clone(sizes), rule), // so that sizes stays on the stack
		})
	}
}

// area is the product of sizes, none negative, and whether it fits an int.
func area(sizes ...int) (n int, fits bool) {
	n = 1
	for _, s := range sizes {
		high, low := bits.Mul64(uint64(n), uint64(s))
		if n = int(low); high != 0 || n < 0 {
			return 0, false
		}
	}
	return n, true
}
