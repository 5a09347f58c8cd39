//go:build !purego

package ring

// pack returns rows k to k1-1 and columns j to j1-1 of m.b+m.plus with
// contiguous rows, copied to buf unless they can be used where they are.
func (t *tiling) pack(buf []uint64, m *term, k, k1, j, j1 int) Matrix {
	b := m.b.rows(k, k1).cols(j, j1)
	if !m.sum && usable(m.b) && !(t.whole && b.Cols%t.lanes != 0) {
		return b
	}
	stride := (b.Cols + t.lanes - 1) / t.lanes * t.lanes
	d := Matrix{Data: buf, Rows: b.Rows, Cols: b.Cols, RowStride: stride, ColStride: 1}
	if !m.sum {
		t.take(d, b)
		return d
	}
	plus := m.plus.rows(k, k1).cols(j, j1)
	if b.ColStride == 1 && plus.ColStride == 1 {
		t.sums(b.Rows, &d.Data[0], &b.Data[0], b.RowStride, &plus.Data[0], plus.RowStride, b.Cols)
		return d
	}
	s := getScratch(len(buf))
	defer s.release()
	second := d
	second.Data = s.words
	t.take(d, b)
	t.take(second, plus)
	active().add(d.Data[:d.Rows*stride], d.Data[:d.Rows*stride], second.Data[:d.Rows*stride])
	return d
}

// take copies b to rows of whole registers.
func (t *tiling) take(d, b Matrix) {
	if b.ColStride == 1 {
		t.lines(b.Rows, &d.Data[0], &b.Data[0], b.RowStride, b.Cols)
		return
	}
	t.copy(d, b)
}

// usable reports whether packing b would cost more than it saves: its rows are
// contiguous, it stays in the second cache level and its rows do not fall on
// the same few cache lines.
func usable(b Matrix) bool {
	const words, page = 1 << 17, 512
	return b.ColStride == 1 && b.Rows*b.RowStride <= words && b.RowStride%page != 0
}

// copy packs b into d, turning blocks where the columns of b are contiguous.
func (t *tiling) copy(d, b Matrix) {
	if b.RowStride != 1 || b.ColStride == 1 {
		copyMatrix(d, b)
		return
	}
	rows, cols := b.Rows/t.lanes*t.lanes, b.Cols/t.lanes*t.lanes
	if rows > 0 {
		for j := 0; j < cols; j += t.lanes {
			t.turn(rows/t.lanes, &d.Data[j], d.RowStride, &b.Data[j*b.ColStride], b.ColStride)
		}
	}
	if rows < b.Rows {
		copyMatrix(d.rows(rows, b.Rows), b.rows(rows, b.Rows))
	}
	if rows > 0 && cols < b.Cols {
		copyMatrix(d.rows(0, rows).cols(cols, b.Cols), b.rows(0, rows).cols(cols, b.Cols))
	}
}
