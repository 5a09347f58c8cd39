//go:build !purego

package ring

// A partTile is a preparedTile that adds (a·b + up) >> half.
type partTile func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask, half, up uint64)

// whole are tiles that add all of a·b.
func whole(tiles [][]partTile) [][]preparedTile {
	out := make([][]preparedTile, len(tiles))
	for h, wide := range tiles {
		for _, tile := range wide {
			out[h] = append(out[h], func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask uint64) {
				tile(k, a, ars, ca, cars, b, brs, cb, c, crs, mask, 0, 0)
			})
		}
	}
	return out
}

// A partTiling does the forms of [MatMulPart], for any number of rows. It packs
// either factor, as a sum of 65 bits or as a difference.
type partTiling struct {
	*preparedTiling
	parts [][]partTile // as tiling.tiles
}

// matMul is dst += p.
func (t *partTiling) matMul(p product) {
	s := getScratch(3*t.blockK*t.width + 3*t.blockM*t.blockK)
	defer s.release()
	panel, left := s.words[:3*t.blockK*t.width], s.words[3*t.blockK*t.width:]
	for k := 0; k < p.x0.Cols; k += t.blockK {
		at := p.steps(k, min(k+t.blockK, p.x0.Cols))
		for i := 0; i < p.dst.Rows; i += t.blockM {
			rows := at.rows(i, min(i+t.blockM, p.dst.Rows))
			a := t.packLeft(left, &rows)
			for j := 0; j < p.dst.Cols; j += t.width {
				cols := rows.cols(j, min(j+t.width, p.dst.Cols))
				b := t.packRight(panel, &cols)
				t.panel(cols.dst, &a, b, panel[len(panel)/3:], p.form)
			}
		}
	}
}

// packLeft prepares a block of the left factor.
func (t *partTiling) packLeft(buf []uint64, p *product) preparedBlock {
	size := t.blockM * t.blockK
	d := Dense(buf[:p.x0.Rows*p.x0.Cols], p.x0.Rows, p.x0.Cols)
	n := t.leftLen(d.Cols)
	b := preparedBlock{a: d, made: buf[size : 2*size], stride: n}
	x0, x1 := t.contiguous(d, p.x0), t.contiguous(Dense(buf[2*size:][:len(d.Data)], d.Rows, d.Cols), p.x1)
	for i := range d.Rows {
		row, cross := d.Data[i*d.Cols:][:d.Cols], b.made[i*n:(i+1)*n]
		r0, r1 := x0.Data[i*x0.RowStride:][:d.Cols], x1.Data[i*x1.RowStride:][:d.Cols]
		if p.form == difference {
			subAVX512(row, r0, r1)
			t.left(cross, row)
		} else {
			halfRows52(row, cross, r0, r1)
		}
	}
	return b
}

// contiguous is m if its rows are contiguous, or else a copy in d.
func (t *partTiling) contiguous(d, m Matrix) Matrix {
	if m.ColStride == 1 {
		return m
	}
	t.copy(d, m)
	return d
}

// packRight prepares a panel of the right factor: the second third of buf has its
// cross words, and the last is working memory.
func (t *partTiling) packRight(buf []uint64, p *product) Matrix {
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
	t.right(d.Rows, &buf[size], &d.Data[0], t.width, vectors)
	return d
}

// padded is m if it has contiguous rows of whole registers, or else a copy in d.
func (t *partTiling) padded(d, m Matrix) Matrix {
	if m.ColStride == 1 && m.Cols%t.lanes == 0 {
		return m
	}
	t.copy(d, m)
	return d
}

// panel is c += a·b, or half of it, with c and b at most one tile wide.
func (t *partTiling) panel(c Matrix, a *preparedBlock, b Matrix, cross []uint64, f form) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	half, up := f.rounding()
	i := 0
	for h, rows := range t.rows {
		for tile := t.parts[h][v]; i+rows <= c.Rows; i += rows {
			tile(b.Rows, &a.a.Data[i*a.a.RowStride], a.a.RowStride, &a.made[i*a.stride], a.stride, &b.Data[0], b.RowStride, &cross[0],
				&c.Data[i*c.RowStride], c.RowStride, mask, half, up)
		}
	}
}
