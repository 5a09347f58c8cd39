package tensor

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Dense is a public array of float64 with a shape, stored row by row: in an
// m×n array element (i, j) is Data()[i*n+j].
//
// A Dense holds data that its holder may see: an owner's own table before it
// is shared, or a value after it is revealed. Copying a Dense copies the
// header only, both copies share their elements. The zero Dense has no axes
// and no elements.
//
// Misuse (a shape that does not fit, an index out of range) is a mistake in
// the calling program and panics with a message that names both sides.
type Dense struct {
	data  []float64
	shape []int
}

// NewDense returns an array of the given shape over data, which is not copied.
// It panics unless len(data) is the product of shape.
func NewDense(data []float64, shape ...int) Dense {
	if n := size(shape); n != len(data) {
		panic(fmt.Sprintf("tensor: got %d values, want %d for shape %s", len(data), n, ShapeString(shape)))
	}
	return Dense{data: data, shape: slices.Clone(shape)}
}

// Zeros returns a new array of the given shape with every element 0.
func Zeros(shape ...int) Dense {
	return NewDense(make([]float64, size(shape)), shape...)
}

// Shape returns a copy of the lengths of the axes, outermost first.
func (d Dense) Shape() []int { return slices.Clone(d.shape) }

// Dims returns the number of axes.
func (d Dense) Dims() int { return len(d.shape) }

// Len returns the number of elements.
func (d Dense) Len() int { return len(d.data) }

// Data returns the elements, row by row. It is not a copy: writing to it
// changes the array and all its views.
func (d Dense) Data() []float64 { return d.data }

// At returns the element at an index, one number per axis.
func (d Dense) At(index ...int) float64 {
	if len(index) != len(d.shape) {
		panic(fmt.Sprintf("tensor: got index %v with %d numbers, want %d for shape %s",
			index, len(index), len(d.shape), ShapeString(d.shape)))
	}
	at := 0
	for axis, i := range index {
		if i < 0 || i >= d.shape[axis] {
			panic(fmt.Sprintf("tensor: index %v is outside of shape %s", index, ShapeString(d.shape)))
		}
		at = at*d.shape[axis] + i
	}
	return d.data[at]
}

// Row returns element i of the first axis, with that axis gone: row i of a
// matrix as a vector. It is a view, it shares its elements with d.
func (d Dense) Row(i int) Dense {
	n, width := d.rows()
	if i < 0 || i >= n {
		panic(fmt.Sprintf("tensor: row %d is outside of shape %s", i, ShapeString(d.shape)))
	}
	return Dense{data: d.data[i*width : (i+1)*width : (i+1)*width], shape: d.shape[1:]} // a shape never changes
}

// Rows returns elements lo to hi-1 of the first axis. It is a view, it shares
// its elements with d.
func (d Dense) Rows(lo, hi int) Dense {
	n, width := d.rows()
	if lo < 0 || hi < lo || hi > n {
		panic(fmt.Sprintf("tensor: rows [%d, %d) are outside of shape %s", lo, hi, ShapeString(d.shape)))
	}
	shape := slices.Clone(d.shape)
	shape[0] = hi - lo
	return Dense{data: d.data[lo*width : hi*width : hi*width], shape: shape}
}

// Gather returns a copy of the listed elements of the first axis, in the order
// of the list; a row may be listed more than once.
func (d Dense) Gather(rows []int) Dense {
	n, width := d.rows()
	data := make([]float64, 0, len(rows)*width)
	for _, i := range rows {
		if i < 0 || i >= n {
			panic(fmt.Sprintf("tensor: row %d is outside of shape %s", i, ShapeString(d.shape)))
		}
		data = append(data, d.data[i*width:(i+1)*width]...)
	}
	shape := slices.Clone(d.shape)
	shape[0] = len(rows)
	return Dense{data: data, shape: shape}
}

// rows returns the length of the first axis and the number of elements below
// each of its indices.
func (d Dense) rows() (n, width int) {
	if len(d.shape) == 0 {
		panic("tensor: got an array without axes, want one with rows")
	}
	return d.shape[0], size(d.shape[1:])
}

// formatted is the largest number of elements that Format prints.
const formatted = 8

// Format prints the shape and the first few elements, as in
// "Dense(2×3)[1 2 3 4 5 6]". The verb is applied to each element; %v and %s
// print six significant digits.
func (d Dense) Format(s fmt.State, verb rune) {
	directive := "%.6g"
	if verb != 'v' && verb != 's' {
		directive = fmt.FormatString(s, verb)
	}
	words := make([]string, 0, formatted+1)
	for _, v := range d.data[:min(len(d.data), formatted)] {
		words = append(words, fmt.Sprintf(directive, v))
	}
	if len(d.data) > formatted {
		words = append(words, "…")
	}
	_, _ = io.WriteString(s, "Dense("+ShapeString(d.shape)+")["+strings.Join(words, " ")+"]")
}

// size returns the product of the axes.
func size(shape []int) int {
	n, ok := product(shape)
	if !ok {
		panic("tensor: no array has shape " + ShapeString(shape))
	}
	return n
}

// product is size, not ok if no array has this shape.
func product(shape []int) (n int, ok bool) {
	n = 1
	for _, axis := range shape {
		if axis < 0 || (axis > 0 && n > math.MaxInt/axis) {
			return 0, false
		}
		n *= axis
	}
	return n, true
}

// ShapeString writes a shape as all errors do, such as 1×28×28.
func ShapeString(shape []int) string {
	words := make([]string, len(shape))
	for i, axis := range shape {
		words[i] = fmt.Sprint(axis)
	}
	return strings.Join(words, "×")
}
