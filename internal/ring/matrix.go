package ring

import "fmt"

// Matrix is a view of a slice as a Rows×Cols matrix: element (i, j) is
// Data[i*RowStride+j*ColStride]. Views share memory; nothing is copied.
type Matrix struct {
	Data                 []uint64
	Rows, Cols           int
	RowStride, ColStride int
}

// Dense is the row-major view of data, whose length must be rows*cols.
func Dense(data []uint64, rows, cols int) Matrix {
	if rows < 0 || cols < 0 || len(data) != rows*cols {
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

// check panics unless every element of the view lies in Data.
func (m Matrix) check(op, name string) {
	bad := m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0
	if !bad && !m.empty() {
		bad = (m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride >= len(m.Data)
	}
	if bad {
		panic(&ShapeError{
			Op:   op,
			Got:  fmt.Sprintf("%s with len(Data) = %d", name, len(m.Data)),
			Want: fmt.Sprintf("%s with strides %d, %d inside it", m.shape(), m.RowStride, m.ColStride),
		})
	}
}
