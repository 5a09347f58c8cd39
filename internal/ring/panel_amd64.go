//go:build !purego

package ring

// pack returns a panel of the right operand with contiguous rows: b itself where
// it may be used in place, or else a copy in buf in rows of whole registers.
func (t *tiling) pack(buf []uint64, b Matrix, inPlace bool) Matrix {
	if inPlace && !(t.whole && b.Cols%t.lanes != 0) {
		return b
	}
	stride := (b.Cols + t.lanes - 1) / t.lanes * t.lanes
	d := Matrix{Data: buf, Rows: b.Rows, Cols: b.Cols, RowStride: stride, ColStride: 1}
	if b.ColStride == 1 {
		t.lines(b.Rows, &d.Data[0], &b.Data[0], b.RowStride, b.Cols)
	} else {
		t.copy(d, b)
	}
	return d
}

// usable reports whether packing a right operand would cost more than it saves: its
// rows are contiguous, it stays in the second cache level and its rows do not fall on
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
