//go:build !purego

package ring

// matMulPart is dst += a product of the forms of [MatMulPart], as matMul goes about it.
func (t *tiling52) matMulPart(p product) {
	s := getScratch(3*t.blockK*t.width + 3*t.blockM*t.blockK)
	defer s.release()
	panel, left := s.words[:3*t.blockK*t.width], s.words[3*t.blockK*t.width:]
	for k := 0; k < p.x0.Cols; k += t.blockK {
		at := p.steps(k, min(k+t.blockK, p.x0.Cols))
		for i := 0; i < p.dst.Rows; i += t.blockM {
			rows := at.rows(i, min(i+t.blockM, p.dst.Rows))
			a := t.packLeftPart(left, &rows)
			for j := 0; j < p.dst.Cols; j += t.width {
				cols := rows.cols(j, min(j+t.width, p.dst.Cols))
				b := t.packRightPart(panel, &cols)
				t.multiply(cols.dst, &a, b, panel[len(panel)/3:], p.form)
			}
		}
	}
}

// packLeftPart prepares a block of the left factor.
func (t *tiling52) packLeftPart(buf []uint64, p *product) block52 {
	size := t.blockM * t.blockK
	d := Dense(buf[:p.x0.Rows*p.x0.Cols], p.x0.Rows, p.x0.Cols)
	b := block52{a: d, cross: buf[size : 2*size]}
	x0, x1 := t.contiguous(d, p.x0), t.contiguous(Dense(buf[2*size:][:len(d.Data)], d.Rows, d.Cols), p.x1)
	n := b.crossStride()
	for i := range d.Rows {
		row, cross := d.Data[i*d.Cols:][:d.Cols], b.cross[i*n:(i+1)*n]
		r0, r1 := x0.Data[i*x0.RowStride:][:d.Cols], x1.Data[i*x1.RowStride:][:d.Cols]
		if p.form == difference {
			subAVX512(row, r0, r1)
			crossRows52(cross, row)
		} else {
			halfRows52(row, cross, r0, r1)
		}
	}
	return b
}

// contiguous is m if its rows are contiguous, or else a copy in d.
func (t *tiling52) contiguous(d, m Matrix) Matrix {
	if m.ColStride == 1 {
		return m
	}
	t.copy(d, m)
	return d
}

// packRightPart prepares a panel of the right factor: the second third of buf has
// its cross words, and the last is working memory.
func (t *tiling52) packRightPart(buf []uint64, p *product) Matrix {
	size := t.blockK * t.width
	d := Matrix{Data: buf[:size], Rows: p.y0.Rows, Cols: p.y0.Cols, RowStride: t.width, ColStride: 1}
	second := d
	second.Data = buf[2*size:]
	y0, y1 := t.padded(d, p.y0), t.padded(second, p.y1)
	vectors := (d.Cols + t.lanes - 1) / t.lanes
	if p.form != difference {
		halfCols52(d.Rows, &d.Data[0], t.width, &buf[size], &y0.Data[0], y0.RowStride, &y1.Data[0], y1.RowStride, vectors)
		return d
	}
	for i := range d.Rows {
		subAVX512(d.Data[i*t.width:][:d.Cols], y1.Data[i*y1.RowStride:][:d.Cols], y0.Data[i*y0.RowStride:][:d.Cols])
	}
	crossCols52(d.Rows, &buf[size], &d.Data[0], t.width, vectors)
	return d
}

// padded is m if it has contiguous rows of whole registers, or else a copy in d.
func (t *tiling52) padded(d, m Matrix) Matrix {
	if m.ColStride == 1 && m.Cols%t.lanes == 0 {
		return m
	}
	t.copy(d, m)
	return d
}
