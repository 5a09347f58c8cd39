//go:build !purego

package ring

// quarters cuts a matrix of even sides.
func (m Matrix) quarters() (m11, m12, m21, m22 Matrix) {
	r, c := m.Rows/2, m.Cols/2
	top, bottom := m.rows(0, r), m.rows(r, m.Rows)
	return top.cols(0, c), top.cols(c, m.Cols), bottom.cols(0, c), bottom.cols(c, m.Cols)
}

// like lays a matrix of the shape of m over the start of buf, in columns where m
// has its elements in columns.
func like(m Matrix, buf []uint64) Matrix {
	buf = buf[:m.Rows*m.Cols]
	if m.RowStride == 1 && m.ColStride != 1 {
		return Dense(buf, m.Cols, m.Rows).T()
	}
	return Dense(buf, m.Rows, m.Cols)
}

// combine is dst = op(x, y), element by element. The rows or the columns of dst
// are contiguous.
func combine(dst, x, y Matrix, op func(dst, x, y []uint64)) {
	if dst.ColStride != 1 {
		dst, x, y = dst.T(), x.T(), y.T()
	}
	s := getScratch(2 * dst.Cols)
	defer s.release()
	for i := range dst.Rows {
		op(dst.Data[i*dst.RowStride:][:dst.Cols], x.row(i, s.words[:dst.Cols]), y.row(i, s.words[dst.Cols:]))
	}
}

// row is row i of m, copied to buf unless its elements follow each other.
func (m Matrix) row(i int, buf []uint64) []uint64 {
	if m.ColStride == 1 {
		return m.Data[i*m.RowStride:][:m.Cols]
	}
	gather(buf, m.rows(i, i+1).T())
	return buf
}
