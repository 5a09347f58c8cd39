package ring

import (
	"fmt"
	"math/bits"
)

// Matrix is a view of a slice as a Rows×Cols matrix: element (i, j) is
// Data[i*RowStride+j*ColStride]. Views share memory; nothing is copied.
type Matrix struct {
	Data                 []uint64
	Rows, Cols           int
	RowStride, ColStride int
}

// Dense is the row-major view of data, whose length must be rows*cols.
func Dense(data []uint64, rows, cols int) Matrix {
	if n, fits := area(max(rows, 0), max(cols, 0)); min(rows, cols) < 0 || !fits || len(data) != n {
		panic(&ShapeError{
			Op:   "Dense",
			Got:  fmt.Sprintf("len(data) = %d", len(data)),
			Want: fmt.Sprintf("rows*cols = %d×%d", rows, cols),
		})
	}
	return Matrix{Data: data, Rows: rows, Cols: cols, RowStride: cols, ColStride: 1}
}

// T is the transposed view.
func (m Matrix) T() Matrix {
	m.Rows, m.Cols = m.Cols, m.Rows
	m.RowStride, m.ColStride = m.ColStride, m.RowStride
	return m
}

// shape is "3×4" for messages.
func (m Matrix) shape() string { return fmt.Sprintf("%d×%d", m.Rows, m.Cols) }

// empty reports whether there is no element.
func (m Matrix) empty() bool { return m.Rows == 0 || m.Cols == 0 }

// rows is the view of rows i to j-1.
func (m Matrix) rows(i, j int) Matrix {
	m.Rows = j - i
	m.Data = m.Data[i*m.RowStride:]
	return m
}

// cols is the view of columns i to j-1.
func (m Matrix) cols(i, j int) Matrix { return m.T().rows(i, j).T() }

// inside reports whether the last element of a view with some lies in Data. A
// stride may be anything, so the sum need not fit an int.
func (m Matrix) inside() bool {
	high, down := bits.Mul64(uint64(m.Rows-1), uint64(m.RowStride))
	high2, across := bits.Mul64(uint64(m.Cols-1), uint64(m.ColStride))
	last, carry := bits.Add64(down, across, 0)
	return high|high2|carry == 0 && last < uint64(len(m.Data))
}

// check panics unless every element of the view lies in Data.
func (m Matrix) check(op, name string) {
	bad := m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0
	if !bad && !m.empty() {
		bad = !m.inside()
	}
	if bad {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("%s with len(Data) = %d", name, len(m.Data)),
			Want: fmt.Sprintf("%s with strides %d, %d inside it", m.shape(), m.RowStride, m.ColStride),
		})
	}
}

// checkDistinct panics if two elements of a destination are one word.
func (m Matrix) checkDistinct(op string) {
	if !m.distinct() {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("%s with strides %d, %d as dst", m.shape(), m.RowStride, m.ColStride),
			Want: "elements in places of their own",
		})
	}
}

// distinct reports that no two elements are one word, as those are that are di rows
// and dj columns apart with di·RowStride = dj·ColStride.
func (m Matrix) distinct() bool {
	g, r := m.RowStride, m.ColStride
	for r != 0 {
		g, r = r, g%r
	}
	if g == 0 {
		return max(m.Rows, m.Cols) <= 1 || m.empty()
	}
	return m.ColStride/g >= m.Rows || m.RowStride/g >= m.Cols
}
