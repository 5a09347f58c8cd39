package tensor

import "fmt"

// maxDims is the largest number of dimensions of a Secret: batch, channel,
// height, width.
const maxDims = 4

// dims is a shape. It is a value: two shapes are equal if == says so, and
// passing one on allocates nothing.
type dims struct {
	size [maxDims]int
	n    int
}

func (s *Session) dims(op string, shape []int) dims {
	if len(shape) == 0 || len(shape) > maxDims {
		s.failf("%s: got a shape of %d dimensions, want 1 to %d", op, len(shape), maxDims)
	}
	if _, ok := product(shape); !ok {
		s.failf("%s: got shape %s, which no tensor has", op, ShapeString(shape))
	}
	d := dims{n: len(shape)}
	copy(d.size[:], shape)
	return d
}

func vector(n int) dims { return dims{[maxDims]int{n}, 1} }

func matrix(rows, cols int) dims { return dims{[maxDims]int{rows, cols}, 2} }

// list returns the sizes.
func (d dims) list() []int { return append([]int(nil), d.size[:d.n]...) }

// len returns the number of elements.
func (d dims) len() int {
	n := 1
	for _, v := range d.size[:d.n] {
		n *= v
	}
	return n
}

// width returns the number of elements of a row along the first dimension.
func (d dims) width() int { return d.withRows(1).len() }

// withRows returns the shape with another size of the first dimension.
func (d dims) withRows(rows int) dims {
	d.size[0] = rows
	return d
}

// isMatrix reports whether there are two dimensions.
func (d dims) isMatrix() bool { return d.n == 2 }

func (d dims) String() string { return ShapeString(d.size[:d.n]) }

var _ fmt.Stringer = dims{}
